// History shrinking: a recorded history with as little in it as still proves a finding.
//
// For runs that cannot be done again: live ones. Every step is a relaxation that keeps a sound
// history sound (harness/shrink/history_relaxations.hpp), so the result proves what the whole did.
// Thread rule: the main thread only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>

#include "harness/base/result.hpp"
#include "harness/cli/trial.hpp"
#include "harness/model/history.hpp"

namespace eris::cli {

struct ShrunkHistory {
  model::History history;
  std::size_t checks = 0;  ///< made on the way
};

/// `history` shows `kind`. Errors: usage, for a checker and an object for which no such steps
/// are known.
[[nodiscard]] base::Result<ShrunkHistory> shrink_history(
    const model::History& history, const FindingKind& kind,
    const std::function<void(std::size_t operations, std::size_t checks)>& progress);

/// Writes the history as a journal: what is left of its operations, and all that faults and nodes
/// did. Errors: environment.
[[nodiscard]] base::Result<void> write_shrunk_journal(const std::filesystem::path& path,
                                                      const model::History& history);

}  // namespace eris::cli
