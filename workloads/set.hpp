// set: a few sets under add and read.
// Thread rule: as Workload.
#pragma once

#include "workloads/workload.hpp"

namespace eris::workloads {

/// The registry's line.
[[nodiscard]] WorkloadType set_workload();

}  // namespace eris::workloads
