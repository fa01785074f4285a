// Trial: tries something in a child process and brings back what came of it, so that a trial may
// enter namespaces, hang or crash without harm.
// Thread rule: forks, so call it while the program has one thread.
#pragma once

#include <functional>
#include <string>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"

namespace eris::live {

/// Runs `attempt` in a child process. Its text or error comes back; a crash or a child that takes
/// longer than `timeout` is an environment error.
[[nodiscard]] base::Result<std::string> try_in_child(
    const std::function<base::Result<std::string>()>& attempt, base::Duration timeout);

}  // namespace eris::live
