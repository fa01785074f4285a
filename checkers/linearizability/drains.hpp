// Drains: a drain of a queue is as many dequeues, by one client, in the time of the drain.
//
// Why: nobody promises that a drain is one step; a client that drains dequeues until nothing comes
// (so Jepsen's checker.clj has it in expand-queue-drain-ops). So the history that is judged has the
// dequeues in its place. A drain without an answer took what it is known to have taken, and may
// have taken anything that nobody else is known to have; no more dequeues are needed for that than
// enqueues can be left. That a drain lists its elements in order is not used, nor that it found the
// queue empty in the end: what is found is wrong all the same.
// Thread rule: pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/model/history.hpp"

namespace eris::checkers::linearizability {

struct Expanded {
  model::History history;  ///< events are numbered anew, one for each that a dequeue stands for
  std::vector<std::uint32_t> original;  ///< by operation: the one that it stands for
};

[[nodiscard]] bool has_drains(const model::History& history);

/// Nothing where there is no drain.
[[nodiscard]] std::optional<Expanded> expand_drains(const model::History& history);

}  // namespace eris::checkers::linearizability
