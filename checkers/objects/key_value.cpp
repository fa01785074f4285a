#include "checkers/objects/key_value.hpp"

namespace eris::checkers {

using model::Value;

namespace {

std::optional<Value> append(const Value& state, const Value& element) {
  if (!state.is_nil() && !state.is_list()) return std::nullopt;
  Value::List list;
  if (state.is_list()) {
    list.reserve(state.list().size() + 1);
    list.assign(state.list().begin(), state.list().end());
  }
  list.push_back(element);
  return Value(std::move(list));
}

std::optional<Value> increment(const Value& state, const Call& call) {
  if (!state.is_nil() && !state.is_integer()) return std::nullopt;
  std::int64_t sum = 0;
  if (__builtin_add_overflow(state.is_nil() ? 0 : state.integer(), call.argument.integer(), &sum))
    return std::nullopt;
  if (call.answer == Answer::known && !call.result.is_nil() && call.result != Value(sum))
    return std::nullopt;
  return Value(sum);
}

}  // namespace

std::optional<Value> KeyValue::step(const Value& state, const Call& call) const {
  const Shape known = shape(call);
  if (known.kind != ShapeKind::effect) return apply_shape(known, state);
  return call.function == model::function::append ? append(state, call.argument)
                                                  : increment(state, call);
}

Shape KeyValue::shape(const Call& call) const {
  namespace function = model::function;
  const bool refused = call.answer == Answer::refused;
  if (call.function == function::remove)
    return refused ? Shape{ShapeKind::nothing} : Shape{ShapeKind::write, Value()};
  if (call.function == function::append) return {refused ? ShapeKind::nothing : ShapeKind::effect};
  if (call.function == function::increment) {
    if (!call.argument.is_integer()) return {ShapeKind::malformed};
    return {refused ? ShapeKind::nothing : ShapeKind::effect};
  }
  return Register::shape(call);
}

}  // namespace eris::checkers
