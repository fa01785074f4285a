#include "checkers/objects/counter.hpp"

#include <fmt/format.h>

namespace eris::checkers {

using model::Value;
namespace function = model::function;

std::optional<Value> Counter::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  if (call.function == function::read) {
    const bool zero = call.result.is_nil() && state == Value(0);
    return zero ? state : if_answered(call, state, state);
  }
  std::int64_t sum = 0;
  if (__builtin_add_overflow(state.integer(), call.argument.integer(), &sum)) return std::nullopt;
  return if_told(call, call.function == function::fetch_add ? state : Value(sum), Value(sum));
}

Shape Counter::shape(const Call& call) const {
  const bool count = call.result.is_nil() || call.result.is_integer();
  if (call.function == function::read) {
    if (call.answer != Answer::known) return {ShapeKind::nothing};
    if (!count) return {ShapeKind::impossible};
    return {ShapeKind::read, call.result.is_nil() ? Value(0) : call.result};
  }
  if (call.function != function::increment && call.function != function::fetch_add)
    return {ShapeKind::malformed};
  if (!call.argument.is_integer()) return {ShapeKind::malformed};
  if (call.answer == Answer::refused) return {ShapeKind::nothing};
  return {count ? ShapeKind::effect : ShapeKind::malformed};
}

std::string Counter::describe(const Value& state) const {
  return fmt::format("the count is {}", to_text(state));
}

}  // namespace eris::checkers
