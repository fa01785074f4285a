// Plan shrinking: the smallest plan that can be found which still shows a finding in virtual time.
//
// Invariant: deterministic, whatever the number of jobs: the first reduction that shows the finding
// is taken, in the order in which they are proposed and, for each, of the seeds that are tried.
// Thread rule: called from the main thread; uses threads of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "adapters/adapter.hpp"
#include "harness/base/result.hpp"
#include "harness/cli/trial.hpp"
#include "harness/model/plan.hpp"
#include "harness/shrink/plan_reductions.hpp"

namespace eris::cli {

struct ShrinkingOptions {
  unsigned jobs = 1;
  /// Tried for a reduction that gives the run another course, beside its own.
  unsigned further_seeds = 8;
  /// The same for a world without quirks: worth a search, since it is the easier to follow.
  unsigned plain_seeds = 64;
  std::uint64_t runs_max = 20'000;
};

struct Effort {
  std::uint64_t runs = 0;   ///< tried
  std::uint64_t taken = 0;  ///< reductions that still showed the finding
};

struct Shrunk {
  model::Plan plan;
  std::uint64_t runs = 0;  ///< tried on the way
  std::map<shrink::Part, Effort> efforts;
  bool interrupted = false;
  /// No reduction of any part shows the finding, on the seeds that were tried.
  bool minimal = false;
};

/// `plan` shows `kind` on its seed. `progress` is called some ten times a second with what there
/// is.
[[nodiscard]] Shrunk shrink_plan(model::Plan plan, const FindingKind& kind,
                                 const ShrinkingOptions& options,
                                 const std::function<void(const Shrunk&)>& progress);

}  // namespace eris::cli
