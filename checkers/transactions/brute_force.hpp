// Brute force: the slow twin that the analyses are compared with.
//
// Why: it runs the transactions in every order that the promise allows, straight from the
// definition, and shares nothing with the analyses. Serializable: one after the other
// (Papadimitriou 1979). Snapshot isolation: every order of starts and commits in which each
// transaction reads from the state at its start, and nobody else commits to a key that it writes
// until it commits (Berenson et al. 1995). Fit for half a dozen transactions.
// Thread rule: pure function.
#pragma once

#include <cstdint>

#include "checkers/transactions/transaction.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::transactions {

enum class Level : std::uint8_t { snapshot_isolation, serializable };
enum class Order : std::uint8_t { any, session, realtime };

/// True when some execution of all transactions that succeeded, and any of those with an unknown
/// outcome, explains every read.
[[nodiscard]] bool brute_force_allows(const model::History& history, Flavour flavour, Level level,
                                      Order order);

/// For registers: true when some order of all writes agrees with what each transaction must have
/// seen. Read atomic: it has seen those whom it read from. Causal: also all that they had seen, and
/// all that its own process did before. Of the writes of a key that it has seen it reads the last
/// (Cerone, Bernardi and Gotsman 2015, with the least visibility that the reads allow).
[[nodiscard]] bool brute_force_allows_registers(const model::History& history, bool causal);

/// For registers: true when the versions of every key can be put in an order in which nil comes
/// first and what a transaction wrote after what it had read before it wrote; with `by_process`,
/// also what a process saw later after what it saw earlier. Tries every order.
[[nodiscard]] bool brute_force_orders_versions(const model::History& history, bool by_process);

}  // namespace eris::checkers::transactions
