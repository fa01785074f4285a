// wipe: nodes lose their disks and come back as if they had never run.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Option `target` says which nodes.
[[nodiscard]] FaultType wipe_fault();

}  // namespace eris::faults
