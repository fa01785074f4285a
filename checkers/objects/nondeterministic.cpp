#include "checkers/objects/nondeterministic.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace eris::checkers {

using model::Value;

namespace {

Value set_of(Value::List states) {
  std::ranges::sort(states);
  const auto doubles = std::ranges::unique(states);
  states.erase(doubles.begin(), doubles.end());
  return Value(std::move(states));
}

}  // namespace

Value Powerset::initial() const {
  return set_of(object_->initial_states());
}

std::optional<Value> Powerset::step(const Value& state, const Call& call) const {
  Value::List after;
  for (const Value& possible : state.list()) {
    Value::List next = object_->steps(possible, call);
    after.insert(after.end(), next.begin(), next.end());
  }
  if (after.empty()) return std::nullopt;
  return set_of(std::move(after));
}

std::string Powerset::describe(const Value& state) const {
  const Value::Elements states = state.list();
  if (states.size() == 1) return fmt::format("the value is {}", to_text(states.front()));
  return fmt::format("the value is one of {}", to_text(state));
}

}  // namespace eris::checkers
