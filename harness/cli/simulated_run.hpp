// One run in virtual time: a simulated cluster, the run loop, a journal. Deterministic: the same
// plan gives the same journal, byte for byte.
// Thread rule: any; runs share nothing.
#pragma once

#include <functional>

#include "adapters/adapter.hpp"
#include "harness/base/result.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/journal/journal.hpp"
#include "harness/model/history.hpp"
#include "harness/model/plan.hpp"
#include "harness/run/orchestrator.hpp"

namespace eris::cli {

/// What the journal of such a run begins with: nothing that differs from one time to the next.
[[nodiscard]] model::Header simulated_header(const model::Plan& plan);

/// Runs the plan into `journal`. Errors: usage where the system has no pure core; environment.
[[nodiscard]] base::Result<run::RunSummary> simulate(const model::Plan& plan,
                                                     const adapters::System& system,
                                                     journal::Sink& journal, run::RunHooks hooks);

/// Runs the plan and leaves the journal in the directory, without a word: for runs that were made
/// before, and are kept now.
[[nodiscard]] base::Result<run::RunSummary> record_simulated(const model::Plan& plan,
                                                             const adapters::System& system,
                                                             const RunDirectory& directory,
                                                             run::RunHooks hooks = {});

/// As run_live: runs the plan with a progress line and leaves the journal in the directory.
[[nodiscard]] base::Result<int> run_simulated(const model::Plan& plan,
                                              const adapters::System& system,
                                              const RunDirectory& directory);

/// Runs the plan in memory; `interrupted` is asked often, and may be empty.
[[nodiscard]] base::Result<model::History> simulate_in_memory(
    const model::Plan& plan, const adapters::System& system,
    std::function<bool()> interrupted = {});

}  // namespace eris::cli
