// Janitor: a tiny process that outlives a run by a moment, in order to remove what the run may not
// leave behind, also when everything else of it was killed with SIGKILL.
//
// How: it leaves the terminal's session and process group, waits on process descriptors
// (pidfd_open(2), Linux 5.3) until every watched process is gone, then ends stray node processes
// (only where no PID namespace has done so) and removes the directories.
// Invariant: it removes only what it was told of, never through a symbolic link.
// Thread rule: start_janitor forks, so call it while the process has one thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "harness/base/result.hpp"
#include "harness/live/unique_fd.hpp"

namespace eris::live {

/// What is to be left clean.
struct Cleanup {
  std::vector<std::filesystem::path> directories;
  /// "NAME=value": processes with this in their initial environment are killed first. Empty where
  /// a PID namespace has ended them.
  std::string process_marker;
};

/// A descriptor that polls readable when the process has ended. Errors: environment.
[[nodiscard]] base::Result<UniqueFd> open_process(pid_t process);

/// Kills marked processes and removes the directories. Errors: environment, naming the first
/// directory that could not be removed.
[[nodiscard]] base::Result<void> clean_up(const Cleanup& cleanup);

/// Forks the janitor, which waits for all `watched` (from open_process). Returns its process id;
/// whoever cleans up in person kills and reaps it. Errors: environment.
[[nodiscard]] base::Result<pid_t> start_janitor(const Cleanup& cleanup,
                                                const std::vector<int>& watched);

}  // namespace eris::live
