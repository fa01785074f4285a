// What each planned type of fault did to a run, by the evidence in its history.
// Thread rule: pure functions on plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::assumptions {

struct FaultEffects {
  std::string name;
  std::uint64_t decided = 0;
  std::uint64_t effective = 0;  ///< injections with evidence that they took effect
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;
  std::uint64_t operations = 0;  ///< that were open while an effective injection was in force
  std::string last_reason;       ///< of the last skip or failure
  bool was_never_due = false;    ///< no trace of it, in a load that ended too early for it
};

/// One entry for each type of fault that the plan names, in the plan's order.
[[nodiscard]] std::vector<FaultEffects> fault_effects(const model::History& history);

}  // namespace eris::checkers::assumptions
