// Replay: runs transactions on registers one after the other, in an order that suggests itself.
//
// Why: most histories of correct systems are strictly serializable, and to show that takes only one
// order that works. Whoever only reads goes as soon as what it read is there; of the writers, the
// one goes first whose values are needed soonest. A success proves the history strictly
// serializable; a failure proves nothing. Thread rule: pure function.
#pragma once

#include "checkers/transactions/registers.hpp"

namespace eris::checkers::transactions {

/// True when an order within the times of all transactions explains every external read.
[[nodiscard]] bool replays(const Transactions& transactions, const Registers& registers);

}  // namespace eris::checkers::transactions
