// degrade: links between nodes lose, repeat, reorder, corrupt or delay messages.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Options say how much of each.
[[nodiscard]] FaultType degrade_fault();

}  // namespace eris::faults
