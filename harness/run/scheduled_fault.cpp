#include "harness/run/scheduled_fault.hpp"

#include <string>
#include <utility>

#include "harness/base/text.hpp"

namespace eris::run {

namespace {

/// A planned injection is a fault that chooses what is written, and whose next time never comes.
class Planned final : public faults::Fault {
 public:
  explicit Planned(model::PlannedInjection injection) : injection_(std::move(injection)) {}

  std::expected<faults::Injection, std::string> choose(const model::ClusterView&,
                                                       base::Rng&) const override {
    const std::string& said = injection_.description;
    return faults::Injection{injection_.action,
                             said.empty() ? model::to_text(injection_.action) : said};
  }

 private:
  model::PlannedInjection injection_;
};

ScheduledFault planned(const model::PlannedInjection& injection) {
  constexpr base::Duration never = std::chrono::hours(24 * 365);  // plans last a month at most
  return {.plan = {.fault = {.name = injection.fault, .options = {}},
                   .start = injection.at,
                   .every = never,
                   .duration = injection.duration,
                   .jitter = 0},
          .fault = std::make_unique<Planned>(injection)};
}

}  // namespace

base::Result<std::vector<ScheduledFault>> make_faults(const model::Plan& plan) {
  std::vector<ScheduledFault> made;
  for (const model::FaultPlan& fault_plan : plan.faults) {
    auto fault = faults::make_fault(fault_plan.fault.name, fault_plan.fault.options);
    if (fault == nullptr) {
      std::vector<std::string> known;
      for (const faults::FaultType& type : faults::registry()) known.push_back(type.schema.name);
      return base::usage_error("unknown fault '" + fault_plan.fault.name + "'", plan.name,
                               base::did_you_mean(fault_plan.fault.name, known));
    }
    made.push_back({fault_plan, std::move(fault)});
  }
  for (const model::PlannedInjection& injection : plan.schedule) made.push_back(planned(injection));
  return made;
}

}  // namespace eris::run
