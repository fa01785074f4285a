#include <algorithm>

#include "workloads/kv.hpp"
#include "workloads/register.hpp"
#include "workloads/set.hpp"
#include "workloads/workload.hpp"

namespace eris::workloads {

const std::vector<WorkloadType>& registry() {
  static const std::vector<WorkloadType> all{
      register_workload(),
      kv_workload(),
      set_workload(),
  };
  return all;
}

const WorkloadType* find_workload(std::string_view name) {
  const auto found = std::ranges::find_if(
      registry(), [name](const WorkloadType& type) { return type.schema.name == name; });
  return found == registry().end() ? nullptr : &*found;
}

}  // namespace eris::workloads
