// Wording: how reports speak of values, operations, faults and leaders, the same in every form.
// Thread rule: pure functions.
#pragma once

#include <string>

#include "harness/model/history.hpp"
#include "reports/summary.hpp"

namespace eris::reports {

/// A key as people name it: text without quotes, the rest as values read.
[[nodiscard]] std::string key_text(const model::Value& key);
/// "read x → 5", "write x 5", "cas x [1 2]", with "→ ?" where the answer never came.
[[nodiscard]] std::string operation_text(const model::History& history,
                                         const model::Operation& operation);
/// "12.345 s" since the start of the run.
[[nodiscard]] std::string moment_text(Instant instant);
/// "packets dropped 34, n3 state stopped". Text values without quotes.
[[nodiscard]] std::string fields_text(const model::Fields& fields);
/// "n2 led term 4".
[[nodiscard]] std::string leader_text(const LeaderSpan& leader);
/// "fault #3, isolate leader n2".
[[nodiscard]] std::string fault_text(const FaultRecord& fault);
/// "1,234 ok, 5 failed, 6 unknown".
[[nodiscard]] std::string counts_text(const StatusCounts& counts);
/// With the first letter in upper case, unless it begins a name such as n1, and a full stop at the
/// end if there is none.
[[nodiscard]] std::string as_sentence(std::string text);

}  // namespace eris::reports
