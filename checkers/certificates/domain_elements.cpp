// Elements: of queues, stacks, priority queues, sets and ids only those elements are followed that
// the picks are about.
//
// Why that is sound: a queue of which all other elements are left out is a queue still, and what it
// was asked about these elements it answers alike: the oldest of all is the oldest of them, an
// empty one holds none of them. So are a stack, a priority queue, a set, and the ids that were
// given. Operations on other elements do nothing to what is left; a removal of unknown outcome may
// have taken one of them, or another.
#include <functional>
#include <iterator>
#include <map>
#include <tuple>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "checkers/certificates/domain.hpp"

namespace eris::checkers::certificates {

namespace {

using model::Value;
namespace function = model::function;
using Values = boost::unordered_flat_set<Value, std::hash<Value>>;

bool shows_all(const Call& call) {
  return call.function == function::read && call.answer == Answer::known;
}

bool takes(const Call& call) {
  return call.function == function::dequeue || call.function == function::pop ||
         call.function == function::extract || call.function == function::generate;
}

/// The one element that a call is about; nil where it is about none, all, or an unknown one.
Value element_of(const Call& call) {
  if (!takes(call)) return call.argument;
  return call.answer == Answer::known ? call.result : Value();
}

class ElementDomain : public Domain {
 public:
  ElementDomain(const SequentialObject& object, std::span<const Timed> picks,
                std::span<const Timed> bystanders)
      : object_(object) {
    for (const Timed& pick : picks)
      if (const Value element = element_of(pick.deed.call); !element.is_nil())
        followed_.insert(element);
    if (std::ranges::any_of(picks, [](const Timed& pick) { return shows_all(pick.deed.call); }))
      follow_shown(picks, bystanders);
    size_max_ = std::max(picks.size(), followed_.size());
    for (const Timed& bystander : bystanders) {
      const Call& call = bystander.deed.call;
      if (!concerns(call)) continue;
      Others& others = others_[{call.function, call.argument, call.result, call.answer}];
      others.call = call;
      others.crowd.add(bystander.invoked, bystander.completed);
    }
  }

  State initial() override { return number(object_.initial()); }

  /// A removal of unknown outcome that is placed took one of these; if it took another, it need not
  /// be placed.
  std::optional<State> after(State state, const Deed& pick) override {
    if (pick.shape.kind == ShapeKind::impossible) return std::nullopt;
    if (state == anything || !concerns(pick.call)) return state;
    return stepped(state, shows_all(pick.call) ? as_far_as_followed(pick.call) : pick.call);
  }

  void drift(State state, Place place, std::vector<State>& to) override {
    if (state == anything) return;
    for (const auto& [key, others] : others_) {
      if (!others.crowd.may_stand_at(place)) continue;
      const auto next = stepped(state, others.call);
      if (next && *next != state) to.push_back(*next);
    }
  }

 private:
  /// Bystanders that do the same.
  struct Others {
    Call call;
    Crowd crowd;
  };
  static constexpr State anything = 0xffffffff;  ///< more elements than are followed

  /// Of what one read shows and the next does not, and of what nobody added, one element each: more
  /// of them would say the same.
  void follow_shown(std::span<const Timed> picks, std::span<const Timed> bystanders) {
    Values added;
    for (const std::span<const Timed> some : {picks, bystanders})
      for (const Timed& timed : some)
        if (timed.deed.call.function == function::add) added.insert(timed.deed.call.argument);
    const auto follow_one = [&](Value::Elements shown, auto&& is_strange) {
      const auto found = std::ranges::find_if(shown, is_strange);
      if (found != shown.end()) followed_.insert(*found);
    };
    Value::Elements last;
    for (const Timed& pick : picks) {
      if (!shows_all(pick.deed.call) || !pick.deed.shape.first.is_list()) continue;
      const Value::Elements shown = pick.deed.shape.first.list();  // sorted
      const auto is_in = [](Value::Elements sorted) {
        return [=](const Value& element) { return std::ranges::binary_search(sorted, element); };
      };
      follow_one(shown, [&](const Value& element) { return !added.contains(element); });
      follow_one(shown, std::not_fn(is_in(last)));
      follow_one(last, std::not_fn(is_in(shown)));
      last = shown;
    }
  }

  [[nodiscard]] bool concerns(const Call& call) const {
    const Value element = element_of(call);
    return element.is_nil() || followed_.contains(element);
  }

  [[nodiscard]] Call as_far_as_followed(Call read) const {
    if (!read.result.is_list()) return read;
    Value::List seen;
    std::ranges::copy_if(read.result.list(), std::back_inserter(seen),
                         [&](const Value& element) { return followed_.contains(element); });
    read.result = Value(std::move(seen));
    return read;
  }

  std::optional<State> stepped(State state, const Call& call) {
    const Value before = states_[state];
    const auto next = object_.step(before, call);
    return next ? std::optional(number(*next)) : std::nullopt;
  }

  State number(const Value& value) {
    if (value.list().size() > size_max_) return anything;
    const auto [found, is_new] = numbers_.try_emplace(value, static_cast<State>(states_.size()));
    if (is_new) states_.push_back(value);
    return found->second;
  }

  const SequentialObject& object_;
  std::size_t size_max_ = 0;
  Values followed_;
  std::vector<Value> states_;
  boost::unordered_flat_map<Value, State, std::hash<Value>> numbers_;
  std::map<std::tuple<model::Function, Value, Value, Answer>, Others> others_;
};

}  // namespace

std::unique_ptr<Domain> make_element_domain(const SequentialObject& object,
                                            std::span<const Timed> picks,
                                            std::span<const Timed> bystanders) {
  return std::make_unique<ElementDomain>(object, picks, bystanders);
}

}  // namespace eris::checkers::certificates
