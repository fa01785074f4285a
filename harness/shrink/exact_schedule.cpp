#include "harness/shrink/exact_schedule.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace eris::shrink {

namespace {

base::Instant beginning_of_load(const model::History& history) {
  for (const auto& note : history.notes)
    if (note.event.text == "load") return note.time;
  return {};
}

/// After the load all that is in force is undone, the newest first. What that ended lasts to the
/// end here too, so that it ends in the same order.
model::EventIndex beginning_of_heal(const model::History& history) {
  for (const auto& note : history.notes)
    if (note.event.text == "heal") return note.index;
  return std::numeric_limits<model::EventIndex>::max();
}

}  // namespace

model::Plan exact_schedule(const model::History& history) {
  model::Plan plan = history.header.plan;
  const base::Instant began = beginning_of_load(history);
  const model::EventIndex healed = beginning_of_heal(history);
  std::map<std::uint64_t, model::PlannedInjection> injections;
  for (const auto& [index, time, event] : history.faults) {
    if (event.phase == model::FaultPhase::decided)
      injections[event.fault] = {.fault = event.name,
                                 .at = time - began,
                                 .duration = history.end - time,
                                 .action = event.action,
                                 .description = event.description};
    const auto known = injections.find(event.fault);
    if (event.phase == model::FaultPhase::reverting && index < healed && known != injections.end())
      known->second.duration = std::min(known->second.duration, time - began - known->second.at);
  }
  plan.faults.clear();
  plan.schedule.clear();
  for (auto& [number, injection] : injections)
    if (injection.at < plan.time_limit && injection.duration > base::Duration(0))
      plan.schedule.push_back(std::move(injection));
  return plan;
}

}  // namespace eris::shrink
