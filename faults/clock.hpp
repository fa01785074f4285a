// clock: nodes see another time than the rest of the world.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Options say how a clock departs from true time.
[[nodiscard]] FaultType clock_fault();

}  // namespace eris::faults
