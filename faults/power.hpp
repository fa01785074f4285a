// power: machines lose their power, and with it what was not synced.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Option `target` says which nodes.
[[nodiscard]] FaultType power_fault();

}  // namespace eris::faults
