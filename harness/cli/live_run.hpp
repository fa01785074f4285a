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
/// told before anything begins. Errors: environment, usage (a workload that it cannot serve, faults
/// on nodes that someone else runs).
[[nodiscard]] base::Result<std::shared_ptr<const adapters::System>> prepare_system(
    const model::Plan& plan);

/// Runs the plan and leaves the journal. The result is 0, or the exit code of a failure that was
/// already told on stderr from within the sandbox. Errors: the sandbox could not be made, or was
/// killed.
[[nodiscard]] base::Result<int> run_live(const model::Plan& plan,
                                         const std::shared_ptr<const adapters::System>& system,
                                         const RunDirectory& directory);

}  // namespace eris::cli
