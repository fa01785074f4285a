// Long histories of queues, stacks, sets, counters, lists and locks: linearizable by construction,
// for measurements and for tests of scale; with a violation planted where one is asked for.
// Thread rule: pure function of its options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/model/history.hpp"

namespace eris::checkers::testing {

struct LongObjectOptions {
  /// "queue", "stack", "priority-queue", "set", "grow-only-set", "list", "counter",
  /// "fetch-and-add", "mutex", "fenced-lock" or "unique-ids".
  std::string object = "queue";
  std::size_t operations = 1000;
  std::size_t clients = 25;
  std::size_t elements = 0;     ///< of a set; 0: one for 50 operations. Elsewhere each is new
  std::size_t reads = 20;       ///< about how many show a whole list or grow-only set
  double puts = 0.51;           ///< share of operations that put something in
  double unknown_outcomes = 0;  ///< share of operations that end as info
  double violation_at = -1;     ///< one wrong answer from this place of the history on, from 0 to 1
  std::uint64_t seed = 1;
};

/// One key, "x".
[[nodiscard]] model::History long_object_history(const LongObjectOptions& options);

}  // namespace eris::checkers::testing
