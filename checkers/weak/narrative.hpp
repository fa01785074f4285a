// Narrative: what a violation of a weaker model means, in the words of people who run replicated
// systems.
// Thread rule: pure function.
#pragma once

#include "checkers/weak/trial.hpp"
#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"

namespace eris::checkers::weak {

/// The ruling must say `violated`. `searched` is how many operations it was cut down from.
[[nodiscard]] model::Finding tell(const model::History& history, Model model, const Ruling& ruling,
                                  std::size_t searched);

}  // namespace eris::checkers::weak
