// What is wrong with a list or a counter, told by plain facts instead of a missing order.
//
// Why: a list of unique elements shows every append that it holds, and a counter how many
// increments it counted. So "97 is there twice, though it was appended once" says more than "no
// order of these 41 operations explains it". The facts hold where a key saw nothing but reads and
// appends, or nothing but reads and increments by positive amounts. Thread rule: pure function.
#pragma once

#include <optional>
#include <string>

#include "checkers/linearizability/witness.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::linearizability {

struct CollectionAnomaly {
  std::string anomaly;   ///< "applied twice"
  std::string sentence;  ///< without the key: "process 2 read [1 2 2] at 3 s, although …"
};

/// The plainest fact that an operation of the witness contradicts. Nothing where the key is neither
/// a list nor a counter, or where only the order of several operations is at fault. `problem` is
/// the whole key's.
[[nodiscard]] std::optional<CollectionAnomaly> collection_anomaly(const model::History& history,
                                                                  const Problem& problem,
                                                                  const Witness& witness);

}  // namespace eris::checkers::linearizability
