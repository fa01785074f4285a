#include "checkers/objects/register.hpp"

#include "harness/base/assert.hpp"

namespace eris::checkers {

using model::Value;

namespace {

Shape cas_shape(const Call& call) {
  if (!call.argument.is_list() || call.argument.list().size() != 2) return {ShapeKind::malformed};
  const Value& expected = call.argument.list()[0];
  const Value& replacement = call.argument.list()[1];
  if (call.answer == Answer::refused) {
    if (call.result.is_nil()) return {ShapeKind::differs, expected};
    if (call.result == expected) return {ShapeKind::impossible};
    return {ShapeKind::read, call.result};
  }
  if (expected != replacement) return {ShapeKind::swap, expected, replacement};
  // Replacing a value by itself changes nothing: acknowledged it is a read, else it tells nothing.
  if (call.answer == Answer::unknown) return {ShapeKind::nothing};
  return {ShapeKind::read, expected};
}

}  // namespace

std::optional<Value> apply_shape(const Shape& shape, const Value& state) {
  switch (shape.kind) {
    case ShapeKind::nothing:
      return state;
    case ShapeKind::malformed:
    case ShapeKind::impossible:
      return std::nullopt;
    case ShapeKind::read:
      return state == shape.first ? std::optional(state) : std::nullopt;
    case ShapeKind::differs:
      return state != shape.first ? std::optional(state) : std::nullopt;
    case ShapeKind::write:
      return shape.first;
    case ShapeKind::swap:
      return state == shape.first ? std::optional(shape.second) : std::nullopt;
    case ShapeKind::observe:
    case ShapeKind::effect:
      break;
  }
  ERIS_ASSERT(false, "a shape that only the object can interpret");
  return std::nullopt;
}

std::optional<Value> Register::step(const Value& state, const Call& call) const {
  return apply_shape(Register::shape(call), state);
}

Shape Register::shape(const Call& call) const {
  namespace function = model::function;
  if (call.function == function::read) {
    if (call.answer != Answer::known) return {ShapeKind::nothing};
    return {ShapeKind::read, call.result};
  }
  if (call.function == function::write) {
    if (call.answer == Answer::refused) return {ShapeKind::nothing};
    return {ShapeKind::write, call.argument};
  }
  if (call.function == function::cas) return cas_shape(call);
  return {ShapeKind::malformed};
}

}  // namespace eris::checkers
