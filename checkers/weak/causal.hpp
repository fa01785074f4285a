// Causal consistency and causal convergence.
//
// The causal order is that of the sessions together with "read from" (Bouajjani, Enea, Guerraoui,
// Hamza, "On verifying causal consistency", POPL 2017, section 4). With different values in every
// write, a history is
//   causal (CC) when that order has no cycle and no read saw a write that another write of the key,
//     itself in the read's past, comes after; nor the initial value with a write in its past;
//   causally convergent (CCv) when, besides, one order of writes fits all reads: each write in a
//     read's past comes before the one that the read saw.
// Of each session only the last write of the key in a read's past matters: the earlier ones come
// before it. Clocks tell it, so both take O(events · writing sessions · log) time and
// 4 · events · writing sessions bytes.
// Thread rule: pure functions, apart from the time that the context allows.
#pragma once

#include "checkers/checker.hpp"
#include "checkers/weak/decision.hpp"
#include "checkers/weak/sessions.hpp"

namespace eris::checkers::weak {

[[nodiscard]] Decision decide_causal(const Sessions& sessions, const CheckContext& context);
[[nodiscard]] Decision decide_causal_convergent(const Sessions& sessions,
                                                const CheckContext& context);

}  // namespace eris::checkers::weak
