// One live run: a sandbox, a cluster of real processes, the run loop, a journal.
// Thread rule: the main thread only, before any other thread exists (the sandbox forks).
#pragma once

#include <memory>

#include "adapters/adapter.hpp"
#include "harness/base/result.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/model/plan.hpp"

namespace eris::cli {

/// Makes the system that the plan names and asks it for its versions, so that a missing program is
/// told before anything begins. Errors: environment, usage (a workload it cannot serve).
[[nodiscard]] base::Result<std::shared_ptr<const adapters::System>> prepare_system(
    const model::Plan& plan);

/// Runs the plan and leaves the journal. Errors: whatever broke the run off.
[[nodiscard]] base::Result<void> run_live(const model::Plan& plan,
                                          const std::shared_ptr<const adapters::System>& system,
                                          const RunDirectory& directory);

}  // namespace eris::cli
