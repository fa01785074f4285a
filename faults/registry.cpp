#include <algorithm>

#include "faults/clock.hpp"
#include "faults/clog.hpp"
#include "faults/degrade.hpp"
#include "faults/disk.hpp"
#include "faults/fault.hpp"
#include "faults/kill.hpp"
#include "faults/membership.hpp"
#include "faults/partition.hpp"
#include "faults/pause.hpp"
#include "faults/power.hpp"
#include "faults/wipe.hpp"

namespace eris::faults {

const std::vector<FaultType>& registry() {
  static const std::vector<FaultType> all{
      partition_fault(), kill_fault(),    pause_fault(), clock_fault(),      power_fault(),
      disk_fault(),      degrade_fault(), clog_fault(),  membership_fault(), wipe_fault(),
  };
  return all;
}

std::unique_ptr<Fault> make_fault(std::string_view name, const model::Options& options) {
  const auto found = std::ranges::find_if(
      registry(), [name](const FaultType& type) { return type.schema.name == name; });
  return found == registry().end() ? nullptr : found->make(options);
}

}  // namespace eris::faults
