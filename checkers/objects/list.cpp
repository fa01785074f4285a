#include "checkers/objects/list.hpp"

namespace eris::checkers {

using model::Value;
namespace function = model::function;

namespace {

Value list_of(const Value& value) {
  return value.is_nil() ? Value(Value::List{}) : value;
}

}  // namespace

Value List::initial() const {
  return Value(Value::List{});
}

std::optional<Value> List::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  if (call.function == function::read) {
    if (call.answer == Answer::known && list_of(call.result) != state) return std::nullopt;
    return state;
  }
  Value::List longer;
  longer.reserve(state.list().size() + 1);
  longer.assign(state.list().begin(), state.list().end());
  longer.push_back(call.argument);
  return Value(std::move(longer));
}

Shape List::shape(const Call& call) const {
  if (call.function == function::read) {
    if (call.answer != Answer::known) return {ShapeKind::nothing};
    if (!call.result.is_nil() && !call.result.is_list()) return {ShapeKind::impossible};
    return {ShapeKind::read, list_of(call.result)};
  }
  if (call.function != function::append) return {ShapeKind::malformed};
  return {call.answer == Answer::refused ? ShapeKind::nothing : ShapeKind::effect};
}

std::string List::describe(const Value& state) const {
  return describe_elements("list", state);
}

}  // namespace eris::checkers
