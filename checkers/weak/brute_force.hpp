// The weaker models straight from their definitions, by trying everything. Exponential: for a
// handful of operations, as the twin that the fast algorithms are compared with.
//
// Shares nothing with them: it reads the history itself, tries every subset of the writes without a
// known outcome, every write that each read may have seen, and every order.
// Thread rule: pure function.
#pragma once

#include "checkers/weak/models.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::weak {

/// For read, write and cas on any keys, nil at the start. Any model but linearizable. At most 20
/// operations, of which few may be unknown.
[[nodiscard]] bool brute_force_holds(Model model, const model::History& history);

/// Convergence: true when, from the note "final-reads" on, each key held one value, but for what
/// writes that were not over by then may have brought, and not the initial one where a write to it
/// had been acknowledged, and nobody saw what was never written.
[[nodiscard]] bool brute_force_converges(const model::History& history);

}  // namespace eris::checkers::weak
