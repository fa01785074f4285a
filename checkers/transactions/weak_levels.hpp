// Weak levels: read atomic and transactional causal consistency of registers, decided exactly.
//
// For both it is enough to know what a transaction has seen: if it has seen t2, which wrote x, and
// read x from t1, then t1's version of x is the newer one. These conclusions, with what is known,
// must not run in a circle (Biswas and Enea, OOPSLA 2019; vector clocks as in AWDIT, PLDI 2025).
// "Has seen" is "has read from" for read atomic; for causal consistency it is transitive, and takes
// in all that the same process did before.
// Thread rule: pure function.
#pragma once

#include "checkers/checker.hpp"
#include "checkers/transactions/registers.hpp"

namespace eris::checkers::transactions {

/// What follows from reads alone: whose version of a key is older than whose (ww).
[[nodiscard]] std::vector<Edge> concluded_from_reads(const Registers& registers);

/// Adds "fractured read" and "causality violation"; says what stays undecided.
void check_weak_levels(const Transactions& transactions, const Registers& registers,
                       const CheckContext& context, Analysis& analysis);

}  // namespace eris::checkers::transactions
