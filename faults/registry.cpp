#include <algorithm>

#include "faults/fault.hpp"
#include "faults/kill.hpp"
#include "faults/partition.hpp"
#include "faults/pause.hpp"

namespace eris::faults {

const std::vector<FaultType>& registry() {
  static const std::vector<FaultType> all{
      partition_fault(),
      kill_fault(),
      pause_fault(),
  };
  return all;
}

std::unique_ptr<Fault> make_fault(std::string_view name, const model::Options& options) {
  const auto found = std::ranges::find_if(
      registry(), [name](const FaultType& type) { return type.schema.name == name; });
  return found == registry().end() ? nullptr : found->make(options);
}

}  // namespace eris::faults
