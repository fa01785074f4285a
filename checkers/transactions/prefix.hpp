// Prefix: how much of a history is proven where the whole of it is not.
//
// An order of transactions that every edge agrees with is a serial execution in real time. Where
// one is found only for some of them - a circle stands in the way, or a budget runs out - it is
// one for all that was answered before the first that it leaves out: whatever is asked for after
// that answer comes after all of them. "Proven" means of such a beginning: taken by itself, with
// what was open at its end as transactions of unknown outcome, it is strictly serializable, and so
// holds every model. Where there was not memory enough for the whole, a shorter beginning is
// checked like any history (transactions.cpp), and holds what was promised.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checkers/transactions/anomaly.hpp"
#include "checkers/transactions/graph.hpp"

namespace eris::checkers::transactions {

/// Looks for an order of all transactions that took effect; true when there is one. The graph must
/// hold session order, real time and whole orders of versions. Notes in the analysis how far it
/// got, unless something was found wrong that a circle does not show. Throws OutOfBudget, with that
/// noted.
[[nodiscard]] bool all_in_order(const Graph& graph, const Transactions& transactions,
                                const std::vector<bool>& effective, Allowance& allowance,
                                Analysis& analysis);

/// How many transactions succeeded before this event.
[[nodiscard]] std::size_t succeeded_before(const model::History& history, model::EventIndex until);

/// "the 812 transactions that succeeded before 3.2 s are serializable by themselves"; "no part of
/// it is proven" where there are none.
[[nodiscard]] std::string proven_text(const model::History& history, model::EventIndex until,
                                      std::string_view model);

}  // namespace eris::checkers::transactions
