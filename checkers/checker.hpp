// Checker: judges a history. Pure: the same history gives the same result, whenever and wherever
// it is checked, unless a budget runs out (then the verdict is `unknown`, never `valid`).
// Thread rule: check() may be called from many threads. Includes no OS, thread or clock header;
// threads and time come in through CheckContext.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"

namespace eris::checkers {

/// Calls body(0) … body(count − 1), perhaps at the same time, and returns when all have returned.
using ParallelFor =
    std::function<void(std::size_t count, const std::function<void(std::size_t)>& body)>;

/// What a check may use.
struct CheckContext {
  /// True once the time budget is used up. Called often, from any thread; must be cheap.
  std::function<bool()> out_of_time = [] { return false; };
  /// For the checker's own memory, beyond the history, of all threads together.
  std::uint64_t memory_budget_bytes = 2ull << 30;
  /// How many bodies run at the same time.
  std::size_t threads = 1;
  ParallelFor parallel_for = [](std::size_t count, const std::function<void(std::size_t)>& body) {
    for (std::size_t i = 0; i < count; ++i) body(i);
  };
};

/// What each of so many bodies may use where they run at the same time: they share the memory.
[[nodiscard]] CheckContext share_of(const CheckContext& context, std::size_t bodies);

class Checker {
 public:
  virtual ~Checker() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual model::CheckResult check(const model::History& history,
                                                 const CheckContext& context) const = 0;
};

/// Runs a checker; one that throws gives `unknown` with the reason, so that the verdicts of the
/// others are not lost.
[[nodiscard]] model::CheckResult check_guarded(const Checker& checker,
                                               const model::History& history,
                                               const CheckContext& context);

}  // namespace eris::checkers
