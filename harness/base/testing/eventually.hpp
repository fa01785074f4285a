// eventually(): how tests wait for what another thread or process does. A sleep of fixed length is
// too short on a busy machine and too long on every other.
// Thread rule: the condition is asked on the caller's thread.
#pragma once

#include <chrono>
#include <concepts>
#include <thread>

namespace eris::base::testing {

/// Asks again every 2 ms until the condition holds; false when it never did within the deadline.
/// It is asked at least once.
template <std::predicate Condition>
[[nodiscard]] bool eventually(Condition condition,
                              std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace eris::base::testing
