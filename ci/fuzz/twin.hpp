// The slow twin of everything that speaks of linearizability: brute force over a whole history.
//
// Why apart: it follows the conventions straight from docs/histories.md and shares nothing with
// the preparation of the fast checkers. Thread rule: pure function.
#pragma once

#include "checkers/objects/object.hpp"
#include "harness/model/history.hpp"

namespace eris::fuzz {

/// Of a history of one key with a dozen operations at most.
[[nodiscard]] bool linearizable_by_brute_force(const model::History& history,
                                               const checkers::SequentialObject& object);

}  // namespace eris::fuzz
