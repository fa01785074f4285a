// clog: links hold what is sent over them, and let it all through at the end.
// Thread rule: as Fault.
#pragma once

#include "faults/fault.hpp"

namespace eris::faults {

/// The registry's line. Option `links` says which.
[[nodiscard]] FaultType clog_fault();

}  // namespace eris::faults
