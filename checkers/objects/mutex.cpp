#include "checkers/objects/mutex.hpp"

#include <fmt/format.h>

namespace eris::checkers {

using model::Value;
namespace function = model::function;

Value value_of(base::ProcessId process) {
  return Value(static_cast<std::int64_t>(process.value));
}

std::optional<Value> Mutex::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  const Value caller = value_of(call.caller);
  if (call.function == function::acquire)
    return state.is_nil() ? std::optional(caller) : std::nullopt;
  return state == caller ? std::optional(Value()) : std::nullopt;
}

Shape Mutex::shape(const Call& call) const {
  if (call.function != function::acquire && call.function != function::release)
    return {ShapeKind::malformed};
  if (call.answer == Answer::refused) return {ShapeKind::nothing};
  const Value caller = value_of(call.caller);
  if (call.function == function::acquire) return {ShapeKind::swap, Value(), caller};
  return {ShapeKind::swap, caller, Value()};
}

std::string Mutex::describe(const Value& state) const {
  return state.is_nil() ? "the lock is free"
                        : fmt::format("process {} holds the lock", to_text(state));
}

}  // namespace eris::checkers
