// kv: many keys, some of them hot, under everything that a key-value store can do.
// Thread rule: as Workload.
#pragma once

#include "workloads/workload.hpp"

namespace eris::workloads {

/// The registry's line.
[[nodiscard]] WorkloadType kv_workload();

}  // namespace eris::workloads
