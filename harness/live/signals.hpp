// Sending signals to one process or one process group, never to more.
//
// Why not kill(2) directly: it takes −1 for "every process there is" and 0 or 1 for other things
// that are never meant, and −1 is also what failed calls return. Nothing in harness/live calls
// kill(2) but these two.
// Thread rule: pure system calls; safe in signal handlers.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "harness/base/assert.hpp"

namespace eris::live {

/// True when the signal was sent; false when the process is gone or not ours.
inline bool send_signal(pid_t process, int number) {
  ERIS_ASSERT(process > 1, "a signal goes to one known process");
  return ::kill(process, number) == 0;
}

/// True when the signal was sent to at least one process of the group.
inline bool send_signal_to_group(pid_t group, int number) {
  ERIS_ASSERT(group > 1, "a signal goes to one known process group");
  return ::kill(-group, number) == 0;
}

}  // namespace eris::live
