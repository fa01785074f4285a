// The four session guarantees (Terry et al. 1994): read your writes, monotonic reads, monotonic
// writes, writes follow reads.
//
// Each is a promise about what a session's reads may see together. Stated for reads of single
// values, as clients see them (after Viotti and Vukolić 2016, section 3, with an order of writes
// for each session): every session has a set of writes that its reads may see, its view, and an
// order of writes, so that each read sees the last write of its key in the view, and
//   read your writes     the view holds the session's own earlier writes, in its order;
//   monotonic reads      the view of a read holds that of every earlier read of the session;
//   monotonic writes     as monotonic reads; a view with a write holds what the same session wrote
//                        before it, and orders it so;
//   writes follow reads  as monotonic reads; a view with a write holds every write that its session
//                        had read before it, with what those follow, and orders it so.
// The last two contain monotonic reads, since without it they forbid nothing that reads of single
// values can show: each read might then come from another replica. The initial value is seen only
// where the view holds no write of the key.
//
// Complexity: O(events) for the first two; for the others each reading session takes
// O(events in its views).
// Thread rule: pure functions, apart from the time that the context allows.
#pragma once

#include "checkers/checker.hpp"
#include "checkers/weak/decision.hpp"
#include "checkers/weak/sessions.hpp"

namespace eris::checkers::weak {

enum class Guarantee : std::uint8_t {
  read_your_writes,
  monotonic_reads,
  monotonic_writes,
  writes_follow_reads,
};

[[nodiscard]] Decision decide_guarantee(const Sessions& sessions, Guarantee guarantee,
                                        const CheckContext& context);

}  // namespace eris::checkers::weak
