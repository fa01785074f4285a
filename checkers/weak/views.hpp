// PRAM and causal memory: every session has an order of writes of its own that explains all of its
// reads together.
//
//   PRAM (Lipton and Sandberg 1988): that order keeps the writes of each session in their order.
//   causal memory (CM; Ahamad et al. 1995; Bouajjani et al. 2017, section 4): it keeps the whole
//     causal order.
// For one session: whenever a write of a key comes before one of its reads of that key, it comes
// before the write that the read saw; this is repeated until nothing changes. The session is
// explained exactly when no cycle arises and no read of an initial value has such a write before
// it.
//
// Why it is fast: only orders that lead to the session's reads matter, and these follow one
// another. So a number per event, the first read that it comes before (its level), holds all that
// is needed of the order; a new order lowers levels, and whatever comes before follows. A session
// takes O(events it depends on) where few levels fall twice, as in practice; at worst that times
// its reads. Thread rule: pure functions, apart from the time that the context allows.
#pragma once

#include "checkers/checker.hpp"
#include "checkers/weak/decision.hpp"
#include "checkers/weak/sessions.hpp"

namespace eris::checkers::weak {

[[nodiscard]] Decision decide_pram(const Sessions& sessions, const CheckContext& context);
[[nodiscard]] Decision decide_causal_memory(const Sessions& sessions, const CheckContext& context);

}  // namespace eris::checkers::weak
