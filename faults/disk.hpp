// disk: disks become slow, full or faulty, or change what is on them.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Option `trouble` says what of it.
[[nodiscard]] FaultType disk_fault();

}  // namespace eris::faults
