// Trial: one simulated run and what the checkers made of it, cut down to what the verbs count that
// do thousands of them (sim, shrink, prove). What a trial showed is seen in full by doing it again.
// Thread rule: try_plan() may be called from many threads; trials share nothing.
#pragma once

#include <compare>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/model/plan.hpp"
#include "harness/model/verdict.hpp"

namespace eris::cli {

/// What makes two findings the same one: who found it, and what. Not where, when or on which seed.
struct FindingKind {
  std::string checker;
  std::string anomaly;
  auto operator<=>(const FindingKind&) const = default;
};

/// "linearizability: stale read".
[[nodiscard]] std::string to_text(const FindingKind& kind);

/// Ascending, without repeats.
[[nodiscard]] std::vector<FindingKind> kinds_of(const model::Judgement& judgement);

struct Trial {
  model::Verdict verdict = model::Verdict::unknown;
  std::vector<FindingKind> kinds;  ///< ascending, without repeats
  std::string reason;              ///< of the worst verdict, where that is not valid
  std::uint64_t operations = 0;
  base::Instant virtual_time{};  ///< how long the run lasted, for its nodes
  base::Instant found_at{};      ///< when the first witness was complete; 0 where nothing was found
  base::Duration processor{};    ///< what it cost this thread

  [[nodiscard]] bool shows(const FindingKind& kind) const;
};

/// A system as the plan wants it, in virtual time. Errors: usage, where it has no pure core, does
/// not know the workload's functions, or its options contradict each other.
[[nodiscard]] base::Result<std::shared_ptr<const adapters::System>> prepare_simulation(
    const model::Plan& plan);

/// Runs and judges. A run that could not be made is `unknown`, with the reason: the plan is known
/// to be good, so it is the system that did not come up. `interrupted` may be empty.
[[nodiscard]] Trial try_plan(const model::Plan& plan, const adapters::System& system,
                             std::function<bool()> interrupted);

}  // namespace eris::cli
