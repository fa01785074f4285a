// Brute force for the checkers that only look at reads: bank and long fork.
//
// Shares nothing with them: it tries every order of transfers and reads, and every pair of readers.
// For half a dozen operations.
// Thread rule: pure functions.
#pragma once

#include "harness/model/history.hpp"

namespace eris::checkers::transactions {

/// Bank: true when all transfers that succeeded, and any of those with an unknown outcome, can be
/// put in some order with the reads, so that every read shows all accounts as they are then, for
/// some balances at the start.
[[nodiscard]] bool brute_force_allows_bank(const model::History& history);

/// Bank: true when some accounts and some total are what every read shows.
[[nodiscard]] bool brute_force_keeps_total(const model::History& history);

/// Long fork: true when two readers of the same keys each saw a write that the other missed.
[[nodiscard]] bool brute_force_finds_long_fork(const model::History& history);

}  // namespace eris::checkers::transactions
