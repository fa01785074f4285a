// Convergence: once the faults have healed and all is quiet, every reader of a key sees the same
// value, whichever node it asks.
//
// The final reads are those that began after the run's stage "final-reads". What they may show:
//   - no two values for one key (two replicas that were never reconciled);
//   - not the initial value where a write had been acknowledged and no other brings it back;
//   - nothing that nobody wrote.
// A key says nothing, and makes the result unknown, when an operation was still to take effect
// there: a write without an answer whose value is among those seen, or one that was still open.
// Complexity: O(n).
// Thread rule: pure function.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkers/objects/object.hpp"
#include "checkers/weak/sessions.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::weak {

/// Two operations of a key that contradict each other, both indices into History::operations.
struct Divergence {
  enum class Kind : std::uint8_t {
    two_values,  ///< two final reads
    lost,        ///< an acknowledged write and a final read of the initial value
  };
  Kind kind = Kind::two_values;
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

struct Convergence {
  bool quiet = false;  ///< the run had a stage of final reads
  std::size_t reads = 0;
  std::size_t keys = 0;                 ///< with a final read
  std::size_t compared = 0;             ///< of those, with two or more
  std::size_t undecided = 0;            ///< keys of which nothing can be said
  std::vector<Divergence> divergences;  ///< at most one a key
  std::vector<Flaw> flaws;              ///< of final reads, which count for nothing else
};

[[nodiscard]] Convergence convergence_of(const model::History& history, const Sessions& sessions);

}  // namespace eris::checkers::weak
