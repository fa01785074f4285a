// pause: nodes stand still for a while, then go on as if nothing had happened.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Option `target` says which nodes.
[[nodiscard]] FaultType pause_fault();

}  // namespace eris::faults
