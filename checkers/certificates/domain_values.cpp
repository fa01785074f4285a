// Values: of a bystander's write it matters only whether a pick asks for what it wrote; of its swap
// also whether a pick asks for what it found.
#include <functional>
#include <map>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/certificates/domain.hpp"

namespace eris::checkers::certificates {

namespace {

using model::Value;

class ValueDomain : public Domain {
 public:
  ValueDomain(const SequentialObject& object, std::span<const Timed> picks,
              std::span<const Timed> bystanders)
      : object_(object), counts_(&object == find_object("key-value")) {
    for (const Timed& pick : picks)
      if (asks(pick.deed)) number(pick.deed.shape.first);
    asked_end_ = static_cast<State>(first_value + values_.size());
    for (const Timed& bystander : bystanders)
      crowds_[change_by(bystander.deed)].add(bystander.invoked, bystander.completed);
  }

  State initial() override { return number(object_.initial()); }

  std::optional<State> after(State state, const Deed& pick) override {
    const Shape& shape = pick.shape;
    if (state != other && state != anything) {
      const Value before = values_[state - first_value];
      const auto next = object_.step(before, pick.call);
      return next ? std::optional(number(*next)) : std::nullopt;
    }
    switch (shape.kind) {
      case ShapeKind::read:
        return state == anything ? std::optional(number(shape.first)) : std::nullopt;
      case ShapeKind::swap:
        return state == anything ? std::optional(number(shape.second)) : std::nullopt;
      case ShapeKind::write:
        return number(shape.first);
      case ShapeKind::differs:
      case ShapeKind::observe:
        return state;
      case ShapeKind::effect:
        return after_effect(pick.call);
      default:
        return std::nullopt;
    }
  }

  void drift(State state, Place place, std::vector<State>& to) override {
    if (state == anything) return;
    const auto unknown = crowds_.find({anything, anything});
    if (unknown != crowds_.end() && unknown->second.may_stand_at(place)) {
      to.push_back(anything);
      return;
    }
    for (const auto& [change, crowd] : crowds_)
      if (change.left != state && may_find(state, change.found) && crowd.may_stand_at(place))
        to.push_back(change.left);
  }

 private:
  static constexpr State other = 0;     ///< a value that no pick asks for
  static constexpr State anything = 1;  ///< any value, asked for or not
  static constexpr State first_value = 2;

  /// What a bystander finds, or anything where that does not matter, and what it leaves.
  struct Change {
    State found = anything;
    State left = anything;
    auto operator<=>(const Change&) const = default;
  };

  static bool asks(const Deed& deed) {
    return deed.shape.kind == ShapeKind::read || deed.shape.kind == ShapeKind::swap ||
           deed.shape.kind == ShapeKind::differs;
  }

  State number(const Value& value) {
    const auto [found, is_new] =
        numbers_.try_emplace(value, static_cast<State>(first_value + values_.size()));
    if (is_new) values_.push_back(value);
    return found->second;
  }

  [[nodiscard]] Change change_by(const Deed& bystander) const {
    const Shape& shape = bystander.shape;
    if (shape.kind == ShapeKind::write) return {anything, asked(shape.first)};
    if (shape.kind == ShapeKind::swap) return {asked(shape.first), asked(shape.second)};
    return {anything, anything};
  }

  [[nodiscard]] State asked(const Value& value) const {
    const auto found = numbers_.find(value);
    return found == numbers_.end() ? other : found->second;
  }

  /// Values that picks leave and none asks for have names too, and none that a bystander's has.
  [[nodiscard]] bool may_find(State state, State found) const {
    return found == anything || found == state || (found == other && state >= asked_end_);
  }

  /// Of a value that is not known. Who is told the sum knows it then.
  State after_effect(const Call& call) {
    const bool told = counts_ && call.function == model::function::increment &&
                      call.answer == Answer::known && call.result.is_integer();
    return told ? number(call.result) : anything;
  }

  const SequentialObject& object_;
  bool counts_;
  std::vector<Value> values_;
  boost::unordered_flat_map<Value, State, std::hash<Value>> numbers_;
  State asked_end_ = first_value;  ///< names of values that picks ask for are below it
  std::map<Change, Crowd> crowds_;
};

}  // namespace

std::unique_ptr<Domain> make_value_domain(const SequentialObject& object,
                                          std::span<const Timed> picks,
                                          std::span<const Timed> bystanders) {
  return std::make_unique<ValueDomain>(object, picks, bystanders);
}

}  // namespace eris::checkers::certificates
