// Doctor: what this machine can do for live runs, and why not.
// Each capability is tried for real in a child process, never guessed.
// Thread rule: forks, so call it while the program has one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"

namespace eris::live {

struct Capability {
  std::string name;  ///< "user namespaces"
  bool available = false;
  bool required = false;  ///< live runs are impossible without it
  std::string detail;     ///< what was tried and seen
  std::string remedy;     ///< what to do about it; empty where it is available
};

/// Tries everything; takes well under a second. The order is from basic to special.
[[nodiscard]] std::vector<Capability> examine_machine();

/// The first thing that makes live runs impossible here, or nothing.
[[nodiscard]] std::optional<base::Error> why_no_live_runs();

}  // namespace eris::live
