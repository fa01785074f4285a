// The checkers of transactions: list-append and rw-register against any of the models.
//
// The analysis does not depend on what was promised: it finds every anomaly, and models.hpp says
// what each of them rules out. So a verdict always comes with the strongest models that the history
// still allows.
// Thread rule: check() may be called from many threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checkers/checker.hpp"
#include "checkers/registry.hpp"
#include "checkers/transactions/models.hpp"

namespace eris::checkers::transactions {

/// For the objects "list-append" and "rw-register"; nullptr for another.
[[nodiscard]] std::unique_ptr<Checker> make_transaction_checker(Model promised,
                                                                const std::string& object);

/// Every object that the model can be checked of: these, "bank" and "long-fork".
[[nodiscard]] std::unique_ptr<Checker> make_model_checker(Model promised,
                                                          const std::string& object);
[[nodiscard]] std::vector<std::string> objects_of(Model model);

/// Adds a line of the registry for each model.
void add_models(std::vector<ConsistencyType>& registry);

}  // namespace eris::checkers::transactions
