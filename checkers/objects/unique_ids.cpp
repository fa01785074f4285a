#include "checkers/objects/unique_ids.hpp"

#include <algorithm>

namespace eris::checkers {

using model::Value;

Value UniqueIds::initial() const {
  return Value(Value::List{});
}

std::optional<Value> UniqueIds::step(const Value& state, const Call& call) const {
  if (call.answer != Answer::known) return state;
  Value::List given = copy_of(state.list());
  const auto place = std::ranges::lower_bound(given, call.result);
  if (place != given.end() && *place == call.result) return std::nullopt;
  given.insert(place, call.result);
  return Value(std::move(given));
}

Shape UniqueIds::shape(const Call& call) const {
  if (call.function != model::function::generate) return {ShapeKind::malformed};
  return {call.answer == Answer::known ? ShapeKind::effect : ShapeKind::nothing};
}

std::string UniqueIds::describe(const Value& state) const {
  return state.list().empty() ? "no id has been given"
                              : describe_elements("list of ids given", state);
}

}  // namespace eris::checkers
