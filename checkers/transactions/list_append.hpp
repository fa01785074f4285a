// List-append: transactions that read lists and append to them, every element once.
//
// Reads show the order of all versions, so the dependencies between transactions are known and not
// guessed: whatever cannot be put in order is a cycle in a graph, found in linear time
// (Kingsbury and Alvaro, VLDB 2020). Exact for serializability and its session and strict forms;
// for snapshot isolation as far as the order of appends is seen, else `undecided`.
// Thread rule: pure function.
#pragma once

#include "checkers/checker.hpp"
#include "checkers/transactions/anomaly.hpp"
#include "checkers/transactions/transaction.hpp"

namespace eris::checkers::transactions {

/// Errors: usage, where an element was appended to a key twice.
[[nodiscard]] base::Result<Analysis> analyse_list_append(const Transactions& transactions,
                                                         const CheckContext& context);

}  // namespace eris::checkers::transactions
