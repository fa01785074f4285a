#include "checkers/assumptions/fault_effects.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

namespace eris::checkers::assumptions {

namespace {

using model::FaultPhase;

struct Interval {
  base::Instant begin{};
  base::Instant end{};
};

/// One injection, put together from its phases.
struct Injection {
  std::string_view name;
  std::optional<base::Instant> applied;
  std::optional<base::Instant> reverting;
  bool took_effect = false;
};

std::vector<Injection> injections_of(const model::History& history) {
  std::map<std::uint64_t, Injection> by_number;
  for (const auto& [index, time, event] : history.faults) {
    Injection& injection = by_number[event.fault];
    injection.name = event.name;
    injection.took_effect |= event.evidence.took_effect;
    if (event.phase == FaultPhase::applied) injection.applied = time;
    // The first attempt to undo it may already have undone it in part.
    if (event.phase == FaultPhase::reverting && !injection.reverting) injection.reverting = time;
  }
  std::vector<Injection> injections;
  for (const auto& [number, injection] : by_number) injections.push_back(injection);
  return injections;
}

/// Sorted and without overlaps.
std::vector<Interval> merged(std::vector<Interval> intervals) {
  std::ranges::sort(intervals, {}, &Interval::begin);
  std::vector<Interval> joined;
  for (const Interval& interval : intervals)
    if (!joined.empty() && interval.begin <= joined.back().end)
      joined.back().end = std::max(joined.back().end, interval.end);
    else
      joined.push_back(interval);
  return joined;
}

std::uint64_t count_overlapping(const model::History& history,
                                const std::vector<Interval>& intervals) {
  const auto overlaps = [&](const model::Operation& operation) {
    const auto first =
        std::ranges::lower_bound(intervals, operation.invoked_at, {}, &Interval::end);
    return first != intervals.end() && first->begin <= operation.completed_at;
  };
  return static_cast<std::uint64_t>(std::ranges::count_if(history.operations, overlaps));
}

std::optional<base::Instant> time_of_note(const model::History& history, std::string_view text) {
  for (const auto& note : history.notes)
    if (note.event.text == text) return note.time;
  return std::nullopt;
}

/// How long faults could have struck.
base::Duration load_duration(const model::History& history) {
  const auto begin = time_of_note(history, "load");
  if (!begin) return {};
  return time_of_note(history, "heal").value_or(history.end) - *begin;
}

void count_phases(const model::History& history, FaultEffects& effects) {
  for (const auto& fault : history.faults) {
    const model::FaultEvent& event = fault.event;
    if (event.name != effects.name) continue;
    effects.decided += event.phase == FaultPhase::decided ? 1 : 0;
    effects.skipped += event.phase == FaultPhase::skipped ? 1 : 0;
    effects.failed += event.phase == FaultPhase::failed ? 1 : 0;
    for (const char* fact : {"reason", "error"})
      if (const model::Value* value = model::find(event.evidence.facts, fact);
          value != nullptr && value->is_text())
        effects.last_reason = value->text();
  }
}

FaultEffects effects_of(const model::History& history, const std::vector<Injection>& injections,
                        const std::string& name, base::Duration due) {
  FaultEffects effects{.name = name};
  count_phases(history, effects);
  std::vector<Interval> in_force;
  for (const Injection& injection : injections) {
    if (injection.name != effects.name || !injection.took_effect || !injection.applied) continue;
    ++effects.effective;
    in_force.push_back({*injection.applied, injection.reverting.value_or(history.end)});
  }
  effects.operations = count_overlapping(history, merged(std::move(in_force)));
  const bool left_a_trace = effects.decided + effects.skipped + effects.failed > 0;
  effects.was_never_due = !left_a_trace && load_duration(history) < due;
  return effects;
}

}  // namespace

std::vector<FaultEffects> fault_effects(const model::History& history) {
  const std::vector<Injection> injections = injections_of(history);
  std::vector<FaultEffects> all;
  const auto add = [&](const std::string& name, base::Duration due) {
    if (std::ranges::find(all, name, &FaultEffects::name) == all.end())
      all.push_back(effects_of(history, injections, name, due));
  };
  for (const model::FaultPlan& planned : history.header.plan.faults)
    add(planned.fault.name, planned.start + planned.every);
  for (const model::PlannedInjection& planned : history.header.plan.schedule)
    add(planned.fault, planned.at);
  return all;
}

}  // namespace eris::checkers::assumptions
