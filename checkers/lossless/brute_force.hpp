// Brute force: what sets, queues and logs have lost or invented, straight from the definitions.
//
// Why: the checkers count in passes; this asks of each element, each pair of reads and each way of
// telling who took what, by itself. It shares nothing with them. For a dozen operations.
// Thread rule: pure functions.
#pragma once

#include <set>
#include <string>

#include "harness/model/history.hpp"

namespace eris::checkers::lossless {

/// The names of all that is wrong with a history of this object: "set", "queue" or "log".
[[nodiscard]] std::set<std::string> brute_force_anomalies(const std::string& object,
                                                          const model::History& history);

}  // namespace eris::checkers::lossless
