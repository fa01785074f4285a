// partition: packets between some nodes vanish without a word.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Option `shape` says which links are cut; see its explanation.
[[nodiscard]] FaultType partition_fault();

}  // namespace eris::faults
