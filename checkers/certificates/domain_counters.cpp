// Counters: while a key is only counted up, a bystander's increment leaves a count of which only
// the least that it can be is known.
#include <map>

#include "checkers/certificates/domain.hpp"

namespace eris::checkers::certificates {

namespace {

using model::Value;

std::optional<std::int64_t> sum(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

class CounterDomain : public Domain {
 public:
  CounterDomain(const SequentialObject& object, std::span<const Timed> bystanders)
      : may_be_absent_(object.initial().is_nil()) {
    for (const Timed& bystander : bystanders) crowd_.add(bystander.invoked, bystander.completed);
  }

  State initial() override { return number({may_be_absent_ ? Kind::absent : Kind::exactly, 0}); }

  std::optional<State> after(State state, const Deed& pick) override {
    const Count count = counts_[state];
    switch (pick.shape.kind) {
      case ShapeKind::read:
        return seen(count, pick.shape.first);
      case ShapeKind::differs:
        return count.kind != Kind::at_least && value_of(count) == pick.shape.first
                   ? std::nullopt
                   : std::optional(state);
      case ShapeKind::effect:
        return incremented(count, pick.call);
      default:
        return std::nullopt;
    }
  }

  void drift(State state, Place place, std::vector<State>& to) override {
    const Count count = counts_[state];
    if (count.kind == Kind::at_least || !crowd_.may_stand_at(place)) return;
    if (const auto least = sum(count.least, 1)) to.push_back(number({Kind::at_least, *least}));
  }

 private:
  enum class Kind : std::uint8_t { absent, exactly, at_least };
  struct Count {
    Kind kind = Kind::absent;
    std::int64_t least = 0;
    auto operator<=>(const Count&) const = default;
  };

  static Value value_of(const Count& count) {
    return count.kind == Kind::absent ? Value() : Value(count.least);
  }

  State number(const Count& count) {
    const auto [found, is_new] = numbers_.try_emplace(count, static_cast<State>(counts_.size()));
    if (is_new) counts_.push_back(count);
    return found->second;
  }

  std::optional<State> seen(const Count& count, const Value& value) {
    if (count.kind == Kind::at_least && value.is_integer() && value.integer() >= count.least)
      return number({Kind::exactly, value.integer()});
    if (count.kind == Kind::at_least || value_of(count) != value) return std::nullopt;
    return number(count);
  }

  std::optional<State> incremented(const Count& count, const Call& call) {
    const auto least = sum(count.least, call.argument.integer());
    if (!least) return std::nullopt;
    const bool told = call.answer == Answer::known && !call.result.is_nil();
    const Kind kind = count.kind == Kind::at_least ? Kind::at_least : Kind::exactly;
    if (!told) return number({kind, *least});
    const auto now = told_by(call);
    if (!now || *now < *least || (kind == Kind::exactly && *now != *least)) return std::nullopt;
    return number({Kind::exactly, *now});
  }

  /// The count after the call: fetch-and-add tells the one before it.
  static std::optional<std::int64_t> told_by(const Call& call) {
    if (!call.result.is_integer()) return std::nullopt;
    const bool before = call.function == model::function::fetch_add;
    return sum(call.result.integer(), before ? call.argument.integer() : 0);
  }

  bool may_be_absent_;
  Crowd crowd_;
  std::vector<Count> counts_;  ///< by state
  std::map<Count, State> numbers_;
};

}  // namespace

std::unique_ptr<Domain> make_counter_domain(const SequentialObject& object,
                                            std::span<const Timed> bystanders) {
  return std::make_unique<CounterDomain>(object, bystanders);
}

}  // namespace eris::checkers::certificates
