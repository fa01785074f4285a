// The checkers of transactions: list-append and rw-register against any of the models.
//
// The analysis does not depend on what was promised: it finds every anomaly, and models.hpp says
// what each of them rules out. So a verdict always comes with the strongest models that the history
// still allows. Thread rule: check() may be called from many threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checkers/checker.hpp"
#include "checkers/transactions/models.hpp"

namespace eris::checkers::transactions {

/// For the objects "list-append" and "rw-register"; nullptr for another.
[[nodiscard]] std::unique_ptr<Checker> make_transaction_checker(Model promised,
                                                                const std::string& object);

}  // namespace eris::checkers::transactions
