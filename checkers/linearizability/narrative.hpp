// Narrative: what a witness means, in the words of people who run replicated systems.
// Thread rule: pure function.
#pragma once

#include "checkers/linearizability/collections.hpp"
#include "checkers/linearizability/small_proof.hpp"
#include "checkers/linearizability/witness.hpp"
#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"

namespace eris::checkers::linearizability {

/// Names the anomaly, says it in one sentence with times and processes, and gives the argument.
/// `problem` is the whole key's; it tells what the witness left out (was the value ever read?).
[[nodiscard]] model::Finding tell(const model::History& history, const Problem& problem,
                                  const Witness& witness);

/// The same for a contradiction, which brings its own name and sentence.
[[nodiscard]] model::Finding tell(const model::History& history, const Problem& problem,
                                  const Contradiction& contradiction);

/// The same for a small proof, in which all other operations may happen where their times allow.
[[nodiscard]] model::Finding tell(const model::History& history, const Problem& problem,
                                  const SmallProof& proof);

}  // namespace eris::checkers::linearizability
