// Long histories that are linearizable by construction, for measurements and for tests of scale;
// with a violation planted where one is asked for.
// Thread rule: pure function of its options.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/model/history.hpp"

namespace eris::checkers::testing {

struct LongHistoryOptions {
  std::size_t operations = 1000;
  std::size_t clients = 10;   ///< for each key, unless they roam
  bool clients_roam = false;  ///< so many in all, each operation of theirs on a key of its own
  std::size_t keys = 1;
  std::size_t values = 0;       ///< how many different ones are written; 0: each one new
  double reads = 0.5;           ///< share of operations
  double cas = 0;               ///< share; half of them expect the right value
  double unknown_outcomes = 0;  ///< share of operations that end as info
  double violation_at = -1;     ///< a stale read at this place of the history, from 0 to 1
  /// With few values and unknown outcomes a stale read nearly always has another explanation. This
  /// makes it one of a value that is written only once, for which there is none.
  bool violation_of_a_rare_value = false;
  std::uint64_t seed = 1;
};

[[nodiscard]] model::History long_history(const LongHistoryOptions& options);

}  // namespace eris::checkers::testing
