// Entering fresh kernel namespaces, the first step of the sandbox and of each trial by the doctor.
//
// Why a file of its own: the order matters (user namespace, maps, then the rest), and each step
// fails on some machine for a reason that a user can mend if told which step it was.
// Thread rule: enter_namespaces changes the calling process and must be called while it has one
// thread; make_network_namespace may be called from any thread.
#pragma once

#include "harness/base/result.hpp"
#include "harness/live/unique_fd.hpp"

namespace eris::live {

/// Which namespaces a process wants around itself.
struct NamespaceChoice {
  bool user = false;     ///< needed without root; the caller appears as root in it
  bool pid = false;      ///< for children only: the next fork() makes its process 1
  bool mount = false;    ///< private: no mount in it is seen outside
  bool network = false;  ///< empty but for a loopback device that is down
};

/// The step at which entering stopped; `code` is errno.
struct NamespaceFailure {
  enum class Step : int { none, unshare, user_maps, private_mounts, mount_proc };
  Step step = Step::none;
  int code = 0;
};

/// Enters them. A failure leaves the process in an undefined mixture: end it.
[[nodiscard]] NamespaceFailure enter_namespaces(const NamespaceChoice& choice);

/// Mounts a /proc that shows the caller's own PID namespace. The caller must be in it (not only
/// its parent) and in a private mount namespace.
[[nodiscard]] NamespaceFailure mount_fresh_proc();

/// The failure as an environment error with what to change on this machine: the sysctl, security
/// module or container setting that most likely forbids it.
[[nodiscard]] base::Error explain(const NamespaceFailure& failure, const NamespaceChoice& choice);

/// A new network namespace, held by the returned descriptor alone: nothing is mounted or named, so
/// it vanishes with the last descriptor, socket and process in it. The kernel's own
/// chatter (IPv6 probes, multicast reports) is off in it. Errors: environment.
[[nodiscard]] base::Result<UniqueFd> make_network_namespace();

/// Moves the calling thread into a network namespace. Errors: environment.
[[nodiscard]] base::Result<void> enter_network_namespace(int namespace_fd);

}  // namespace eris::live
