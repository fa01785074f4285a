// Bank: accounts between which money is moved; every read of all of them shows the same total.
//
// Histories: "transfer" [from to amount], and "read", whose result lists [account balance] pairs.
// The total is the one that most reads show. Sound, not complete: a constant total is one
// consequence of reading from a consistent state, so a sum that is off shows read skew (Berenson et
// al. 1995, A5A); one that is right proves little.
// Thread rule: check() may be called from many threads.
#pragma once

#include <memory>

#include "checkers/checker.hpp"
#include "checkers/transactions/models.hpp"

namespace eris::checkers::transactions {

/// nullptr for models that allow read skew.
[[nodiscard]] std::unique_ptr<Checker> make_bank_checker(Model promised);

}  // namespace eris::checkers::transactions
