// Sandbox: the shell around a run. Whatever happens to the harness (error, Ctrl-C, kill -9), no
// process, namespace, mount or temporary directory of the run is left.
//
// How: three processes of Eris stand in a row.
//   outer    the program that the user started; it waits.
//   keeper   process 1 of a new PID namespace. When it ends, for whatever reason, the kernel kills
//            everything in the namespace. It asks the kernel to be killed with the outer process,
//            reaps orphans, and ends with the body.
//   body     runs the given function. Nodes are its children.
// Beside them a janitor (janitor.hpp) removes temporary directories when outer and keeper are gone.
// Where PID namespaces or a fresh /proc are not possible (some containers), the keeper is a
// subreaper instead, nodes ask to be killed with the body (process.hpp), and marked processes that
// are still there at the end are killed.
//
// Without root a user namespace comes first, in which the user appears as root.
// Thread rule: run_in_sandbox forks, so call it while the program has one thread, and not twice at
// a time. interrupted() may be called from any thread of the body.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "harness/base/result.hpp"

namespace eris::live {

struct SandboxOptions {
  std::filesystem::path run_directory;  ///< where the run is recorded; for messages
  std::vector<std::filesystem::path> temporary_directories;  ///< removed afterwards, always
  bool network = true;        ///< needs network namespaces: false only for external systems
  bool pid_namespace = true;  ///< false: the fallback, as on a machine without them
};

/// Runs `body` inside and returns its exit code. stdin, stdout, stderr and the terminal are
/// inherited. What body changes in memory is not seen outside: it runs in a process of its own.
/// SIGINT, SIGTERM and SIGHUP, sent to the outer process, make interrupted() true; a second one
/// kills the run.
/// Errors: environment, when this machine forbids what is needed, or when the run was killed; the
/// message then names the signal and the run directory. internal, when the body crashed.
[[nodiscard]] base::Result<int> run_in_sandbox(const SandboxOptions& options,
                                               const std::function<int()>& body);

/// True once the user asked the run to end. Always false outside a sandbox.
[[nodiscard]] bool interrupted();

}  // namespace eris::live
