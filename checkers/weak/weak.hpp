// The checkers of the weaker models: one for each model, one for convergence, and one that finds
// the strongest model that a history holds.
// Thread rule: check() may be called from many threads.
#pragma once

#include <memory>
#include <string>

#include "checkers/checker.hpp"
#include "checkers/weak/models.hpp"

namespace eris::checkers::weak {

/// For an object that Eris knows, by name; nullptr for another name. The models are about
/// registers: for objects other than "register" and "key-value" the verdict is `unknown`, and keys
/// on which something else than read, write and cas was done are left out and keep the verdict from
/// `valid`. `vacuous` where no operation succeeded.
[[nodiscard]] std::unique_ptr<Checker> make_model_checker(Model model, const std::string& object);
[[nodiscard]] std::unique_ptr<Checker> make_convergence_checker(const std::string& object);

/// Holds a history against every model. `valid` when at least one holds and none that might be
/// stronger is undecided: the reason names the strongest that hold and what rules out those above
/// them, each with its finding. `invalid` when none holds.
[[nodiscard]] std::unique_ptr<Checker> make_strongest_checker(const std::string& object);

}  // namespace eris::checkers::weak
