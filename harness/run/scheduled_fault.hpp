// ScheduledFault: one fault of the plan, made and ready to be driven.
// Thread rule: one owner.
#pragma once

#include <memory>
#include <vector>

#include "faults/fault.hpp"
#include "harness/base/result.hpp"
#include "harness/model/plan.hpp"

namespace eris::run {

struct ScheduledFault {
  model::FaultPlan plan;
  std::unique_ptr<faults::Fault> fault;
};

/// The plan's faults, made from the registry, and its planned injections. Errors: usage, for a name that is not there.
[[nodiscard]] base::Result<std::vector<ScheduledFault>> make_faults(const model::Plan& plan);

}  // namespace eris::run
