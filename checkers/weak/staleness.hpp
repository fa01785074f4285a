// Staleness: by how much reads lag behind.
//
//   in writes   a read is k-stale when k − 1 newer values had certainly taken the place of the one
//               that it saw: their writes began after that value was there and ended before the
//               read began. That is a lower bound on the k of k-atomicity (Aiyer, Alvisi, Bazzi
//               2005; to decide k-atomicity itself is open for k > 2), and what it counts is
//               certain.
//   in time     the smallest Δ so that the history is linearizable once every read may have begun Δ
//               earlier (Golab, Li, Shah, PODC 2011). Exact, to the nanosecond of the journal.
// Complexity: O(n log n) for the first, for the second that times log(length of the run) on the
// keys that are not linearizable, and O(n log n) on the others.
// Thread rule: pure function, apart from what the context allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checkers/checker.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/weak/sessions.hpp"
#include "harness/base/time.hpp"

namespace eris::checkers::weak {

struct Staleness {
  std::uint64_t writes = 1;                   ///< k: 1 is fresh
  std::optional<std::uint32_t> stalest_read;  ///< operation that lags most, where k > 1
  std::optional<base::Duration> time;         ///< Δ; nothing where it is not known
  std::string why_not;                        ///< why Δ is not known
};

[[nodiscard]] Staleness staleness_of(const model::History& history, const SequentialObject& object,
                                     const Sessions& sessions, const CheckContext& context);

}  // namespace eris::checkers::weak
