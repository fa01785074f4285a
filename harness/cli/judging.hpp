// Judging: applies every checker that a history calls for, within the plan's budgets. This is where
// checkers, which know no clock and no threads, are lent both.
// Thread rule: called from the main thread but where it says otherwise; uses worker threads of its
// own.
#pragma once

#include <string>

#include "checkers/checker.hpp"
#include "harness/base/result.hpp"
#include "harness/model/history.hpp"
#include "harness/model/plan.hpp"
#include "harness/model/verdict.hpp"

namespace eris::cli {

/// What a check may use, from now on.
[[nodiscard]] checkers::CheckContext context_for(const model::CheckPlan& check);

/// What "promised" means for this system, or the plan's own word.
[[nodiscard]] base::Result<std::string> consistency_of(const model::Plan& plan);

/// What to hold an object to where nobody says: the strongest that systems with such objects mostly
/// promise.
[[nodiscard]] std::string usual_consistency(const std::string& object);

/// Errors: usage, when the plan names a workload or consistency this build does not know.
[[nodiscard]] base::Result<model::Judgement> judge_history(const model::History& history,
                                                           const model::CheckPlan& check);

/// As judge_history, without a word to the terminal: for many runs at once, from any thread.
[[nodiscard]] base::Result<model::Judgement> judge_quietly(const model::History& history,
                                                           const model::CheckPlan& check);

/// As judge_history, for a history of which only the object is known. `check` says the consistency;
/// "promised" means the usual one. Errors: usage, for an unknown object or consistency.
[[nodiscard]] base::Result<model::Judgement> judge_foreign(const model::History& history,
                                                           const std::string& object,
                                                           const model::CheckPlan& check);

}  // namespace eris::cli
