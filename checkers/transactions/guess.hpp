// Guess: the order of a register's versions that suggests itself.
//
// Why: most histories of correct systems are strictly serializable, and to show that takes only one
// order of versions without a cycle. Of one register by itself, the versions fit in the order in
// which they were first known to be there, or last known to be current, whichever is later, if they
// fit in any (Gibbons and Korach 1997). A graph without a cycle proves the history strictly
// serializable; one with a cycle proves nothing.
// Thread rule: pure function.
#pragma once

#include "checkers/transactions/registers.hpp"

namespace eris::checkers::transactions {

/// True when this order of versions, with real time, puts all transactions in order. Notes how far
/// it does. Throws OutOfBudget.
[[nodiscard]] bool guess_is_serial(const Transactions& transactions, const Registers& registers,
                                   Allowance& allowance, Analysis& analysis);

}  // namespace eris::checkers::transactions
