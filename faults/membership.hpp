// membership: servers leave the cluster and join it.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Option `change` says which way.
[[nodiscard]] FaultType membership_fault();

}  // namespace eris::faults
