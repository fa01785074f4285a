// kill: nodes die at once and come back later with the same data.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Option `target` says which nodes.
[[nodiscard]] FaultType kill_fault();

}  // namespace eris::faults
