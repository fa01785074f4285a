#include "harness/run/scheduled_fault.hpp"

#include <string>
#include <utility>

#include "harness/base/text.hpp"

namespace eris::run {

base::Result<std::vector<ScheduledFault>> make_faults(const model::Plan& plan) {
  std::vector<ScheduledFault> made;
  for (const model::FaultPlan& planned : plan.faults) {
    auto fault = faults::make_fault(planned.fault.name, planned.fault.options);
    if (fault == nullptr) {
      std::vector<std::string> known;
      for (const faults::FaultType& type : faults::registry()) known.push_back(type.schema.name);
      return base::usage_error("unknown fault '" + planned.fault.name + "'", plan.name,
                               base::did_you_mean(planned.fault.name, known));
    }
    made.push_back({planned, std::move(fault)});
  }
  return made;
}

}  // namespace eris::run
