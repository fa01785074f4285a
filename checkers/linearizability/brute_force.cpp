#include "checkers/linearizability/brute_force.hpp"

#include <algorithm>

namespace eris::checkers::linearizability {

namespace {

/// Tries to place the calls that are left, one after the other.
bool place(const SequentialObject& object, std::vector<TimedCall> left, const model::Value& state) {
  const bool all_optional = std::all_of(left.begin(), left.end(), [](const TimedCall& call) {
    return call.completed == model::never;
  });
  if (all_optional) return true;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const bool must_wait = std::any_of(left.begin(), left.end(), [&](const TimedCall& other) {
      return other.completed < left[i].invoked;
    });
    if (must_wait) continue;
    // Of calls that are alike in everything it does not matter which one comes first.
    const auto here = left.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(left.begin(), here, left[i]) != here) continue;
    const auto after = object.step(state, left[i].call);
    if (!after) continue;
    std::vector<TimedCall> rest = left;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    if (place(object, std::move(rest), *after)) return true;
  }
  return false;
}

}  // namespace

bool brute_force_linearizable(const SequentialObject& object, std::span<const TimedCall> calls,
                              const std::vector<model::Value>& initial_states) {
  return std::any_of(initial_states.begin(), initial_states.end(), [&](const model::Value& state) {
    return place(object, std::vector<TimedCall>(calls.begin(), calls.end()), state);
  });
}

}  // namespace eris::checkers::linearizability
