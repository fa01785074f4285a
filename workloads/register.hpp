// register: a few registers under reads, writes and compare-and-set.
// Thread rule: as Workload.
#pragma once

#include "workloads/workload.hpp"

namespace eris::workloads {

/// The registry's line.
[[nodiscard]] WorkloadType register_workload();

}  // namespace eris::workloads
