// Certifying: writes the evidence for a verdict to a file that `eris verify` checks.
// Thread rule: called from the main thread; uses worker threads of its own.
#pragma once

#include <filesystem>
#include <string>

#include "harness/base/result.hpp"
#include "harness/model/history.hpp"
#include "harness/model/plan.hpp"
#include "harness/model/verdict.hpp"

namespace eris::cli {

/// The sequential object that the plan's operations act on.
/// Errors: usage, for a workload that this build does not know.
[[nodiscard]] base::Result<std::string> object_of(const model::Plan& plan);

/// Says on stderr what was written. `check` gives it the same time and memory as the check had.
/// Errors: usage, where the history was not held against linearizability; environment.
[[nodiscard]] base::Result<void> write_certificate(const std::filesystem::path& path,
                                                   const model::History& history,
                                                   const std::string& object,
                                                   const model::Judgement& judgement,
                                                   const model::CheckPlan& check);

}  // namespace eris::cli
