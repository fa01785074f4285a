// Sequential consistency: one order of everything that keeps the order of each session, in which
// every read sees the latest write before it (Lamport 1979).
//
// NP-hard even when it is known who read from whom (Gibbons and Korach 1997, section 5), and not
// local: all keys together. First a search that goes straight ahead, which is all that most
// histories need; then two steps:
//   saturation   what must come before what is worked out from reads until nothing is new: a write
//                that comes before a read comes before the write that the read saw; a write that
//                comes after the write that a read saw comes after the read. A cycle is a proof of
//                a violation. O(events · sessions) a round, and few rounds.
//   search       depth first through what each session may do next, never against that order.
//                Reads are done as soon as they may be; no write replaces one that still has
//                readers to come; what failed once is remembered. Whether an order is found or all
//                are tried, the answer is exact; when time or memory run out, it is `unknown`.
// The read and the write of a cas happen at once. A refused cas that does not tell what it saw may
// happen whenever its key holds something else than it expected.
// Thread rule: pure functions, apart from the time that the context allows.
#pragma once

#include <cstdint>

#include "checkers/checker.hpp"
#include "checkers/weak/decision.hpp"
#include "checkers/weak/sessions.hpp"

namespace eris::checkers::weak {

struct SequentialOptions {
  /// Steps of the search after which it gives up.
  std::uint64_t steps_max = 50'000'000;
  /// Whether to go straight ahead first, and whether to saturate; tests leave them out.
  bool plainly = true;
  bool saturate = true;
};

[[nodiscard]] Decision decide_sequential(const Sessions& sessions, const CheckContext& context,
                                         const SequentialOptions& options = {});

/// True when a few steps for each event find an order; false says nothing. O(events · sessions).
[[nodiscard]] bool is_plainly_sequential(const Sessions& sessions, const CheckContext& context);

}  // namespace eris::checkers::weak
