// Rw-register: transactions that read and write registers, every value once for a key.
//
// Reads tell whose value they saw, but not in which order the values of a key came. So first an
// order is looked for that simply works (guess.hpp); then what certainly holds is held against the
// models (cycles.hpp, weak_levels.hpp); and what is then still open is decided by trying all
// orders, where the transactions are few enough (orientation.hpp).
// Thread rule: pure function.
#pragma once

#include "checkers/checker.hpp"
#include "checkers/transactions/anomaly.hpp"
#include "checkers/transactions/transaction.hpp"

namespace eris::checkers::transactions {

/// Errors: usage, where a value was written to a key twice.
[[nodiscard]] base::Result<Analysis> analyse_rw_register(const Transactions& transactions,
                                                         const CheckContext& context);

}  // namespace eris::checkers::transactions
