// Narrative: an anomaly as a Finding that people can read, with all that a drawing of it needs.
//
// Transactions are called T1, T2, … in the order in which they were asked for. Of a cycle the
// sentence goes around once; the explanation says for each transaction what it did and for each
// edge "T1 → T2 (rw): …", in the order of the cycle.
// Thread rule: pure function.
#pragma once

#include "checkers/transactions/anomaly.hpp"
#include "harness/model/verdict.hpp"

namespace eris::checkers::transactions {

[[nodiscard]] model::Finding tell(const Transactions& transactions, Flavour flavour,
                                  const Anomaly& anomaly, Model promised);

}  // namespace eris::checkers::transactions
