// What the kernel's process table shows, for tests that prove that nothing is left.
// Thread rule: pure reads of /proc.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace eris::live::testing {

struct ProcessRow {
  pid_t id = 0;
  pid_t parent = 0;
  pid_t session = 0;
  char state = '?';
  unsigned long long started = 0;  ///< clock ticks since boot; with the id, unique
  std::string name;
};

/// Every process there is, zombies included.
[[nodiscard]] std::vector<ProcessRow> all_processes();
/// A process and all that descend from it.
[[nodiscard]] std::vector<ProcessRow> family_of(pid_t ancestor);
/// True while this very process (not one that got its number later) runs; a zombie does not.
[[nodiscard]] bool runs(const ProcessRow& row);
/// The inode of its network namespace as text, or empty.
[[nodiscard]] std::string network_namespace_of(pid_t process);

}  // namespace eris::live::testing
