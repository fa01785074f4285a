#include "checkers/objects/fenced_lock.hpp"

#include <limits>

#include <fmt/format.h>

#include "checkers/objects/mutex.hpp"

namespace eris::checkers {

using model::Value;
namespace function = model::function;

namespace {

struct State {
  Value holder;
  Value token;
  bool exact = false;
};

State parse(const Value& state) {
  return {state.list()[0], state.list()[1], state.list()[2].boolean()};
}

Value to_value(State state) {
  return Value(Value::List{std::move(state.holder), std::move(state.token), Value(state.exact)});
}

std::optional<Value> acquired(const State& before, const Call& call) {
  if (!before.holder.is_nil()) return std::nullopt;
  const Value holder = value_of(call.caller);
  const bool told = call.answer == Answer::known && !call.result.is_nil();
  if (told) {
    if (!before.token.is_nil() && call.result <= before.token) return std::nullopt;
    return to_value({holder, call.result, true});
  }
  if (before.token.is_nil()) return to_value({holder, {}, false});
  if (before.token.integer() == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return to_value({holder, Value(before.token.integer() + 1), false});
}

std::optional<Value> released(const State& before, const Call& call) {
  if (before.holder != value_of(call.caller)) return std::nullopt;
  State after{{}, before.token, false};
  if (call.argument.is_nil()) return to_value(after);
  const bool fits = before.exact ? call.argument == before.token
                                 : before.token.is_nil() || call.argument >= before.token;
  if (!fits) return std::nullopt;
  after.token = call.argument;
  return to_value(after);
}

}  // namespace

Value FencedLock::initial() const {
  return to_value({});
}

std::optional<Value> FencedLock::step(const Value& state, const Call& call) const {
  if (call.answer == Answer::refused) return state;
  return call.function == function::acquire ? acquired(parse(state), call)
                                            : released(parse(state), call);
}

Shape FencedLock::shape(const Call& call) const {
  const bool acquires = call.function == function::acquire;
  if (!acquires && call.function != function::release) return {ShapeKind::malformed};
  if (call.answer == Answer::refused) return {ShapeKind::nothing};
  const Value& token = acquires ? call.result : call.argument;
  return {token.is_nil() || token.is_integer() ? ShapeKind::effect : ShapeKind::malformed};
}

std::string FencedLock::describe(const Value& state) const {
  const State now = parse(state);
  return now.holder.is_nil() ? "the lock is free"
                             : fmt::format("process {} holds the lock", to_text(now.holder));
}

}  // namespace eris::checkers
