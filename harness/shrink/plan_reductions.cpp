#include "harness/shrink/plan_reductions.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/assert.hpp"

namespace eris::shrink {

namespace {

using model::Plan;
using Plans = std::vector<Plan>;
using namespace std::chrono_literals;

/// Where to cut `count` things: halves, then quarters, down to each by itself.
struct Span {
  std::size_t begin;
  std::size_t end;
};
std::vector<Span> spans(std::size_t count) {
  std::vector<Span> all;
  for (std::size_t size = count; size > 0; size /= 2)
    for (std::size_t begin = 0; begin < count; begin += size)
      all.push_back({begin, std::min(begin + size, count)});
  return all;
}

template <typename T>
std::vector<T> without(const std::vector<T>& items, const Span& span) {
  std::vector<T> rest(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(span.begin));
  rest.insert(rest.end(), items.begin() + static_cast<std::ptrdiff_t>(span.end), items.end());
  return rest;
}

/// Values below `value`, the smallest first, not below `least`. The last is one less, so that where
/// none of them will do, the value cannot be lowered by one.
std::vector<std::int64_t> smaller(std::int64_t value, std::int64_t least) {
  std::vector<std::int64_t> values;
  for (std::int64_t step = value - least; step > 0; step /= 2) values.push_back(value - step);
  return values;
}

/// An action on fewer targets. Those on links and those on nodes each have one list of them.
template <typename Action>
auto& targets_of(Action& action) {
  if constexpr (requires { action.links; })
    return action.links;
  else
    return action.nodes;
}

bool is_beyond(const model::Link& link, unsigned nodes) {
  return link.from.value > nodes || link.to.value > nodes;
}
bool is_beyond(base::NodeId node, unsigned nodes) {
  return node.value > nodes;
}

/// Leaves out what the action does to nodes beyond the first `nodes`. False where nothing is left.
bool confine(model::FaultAction& action, unsigned nodes) {
  return std::visit(
      [nodes](auto& act) {
        auto& targets = targets_of(act);
        std::erase_if(targets, [nodes](const auto& target) { return is_beyond(target, nodes); });
        return !targets.empty();
      },
      action);
}

Plans without_quirks(const Plan& plan) {
  if (!plan.quirks) return {};
  Plan plain = plan;
  plain.quirks = false;
  return {std::move(plain)};
}

/// In whole hundreds of milliseconds, for people.
Plans less_time(const Plan& plan) {
  Plans plans;
  for (const std::int64_t hundreds : smaller(plan.time_limit / 100ms, 1)) {
    Plan shorter = plan;
    shorter.time_limit = hundreds * 100ms;
    std::erase_if(shorter.schedule, [&](const model::PlannedInjection& injection) {
      return injection.at >= shorter.time_limit;
    });
    std::erase_if(shorter.faults,
                  [&](const model::FaultPlan& fault) { return fault.start >= shorter.time_limit; });
    plans.push_back(std::move(shorter));
  }
  return plans;
}

/// All injections earlier by the same, and the load shorter by as much: what went on before the
/// first of them is often of no account.
Plans earlier_injections(const Plan& plan) {
  if (plan.schedule.empty()) return {};
  const base::Duration first =
      std::ranges::min_element(plan.schedule, {}, &model::PlannedInjection::at)->at;
  Plans plans;
  for (const std::int64_t hundreds : smaller(first / 100ms, 0)) {
    const base::Duration by = (first / 100ms - hundreds) * 100ms;
    if (plan.time_limit - by < 100ms) continue;
    Plan earlier = plan;
    earlier.time_limit -= by;
    for (model::PlannedInjection& injection : earlier.schedule) injection.at -= by;
    plans.push_back(std::move(earlier));
  }
  return plans;
}

Plans fewer_injections(const Plan& plan) {
  Plans plans;
  for (const Span& span : spans(plan.faults.size())) {
    plans.push_back(plan);
    plans.back().faults = without(plan.faults, span);
  }
  for (const Span& span : spans(plan.schedule.size())) {
    plans.push_back(plan);
    plans.back().schedule = without(plan.schedule, span);
  }
  return plans;
}

Plans fewer_nodes(const Plan& plan) {
  Plans plans;
  for (unsigned nodes = 1; nodes < plan.nodes; ++nodes) {
    Plan smaller_plan = plan;
    smaller_plan.nodes = nodes;
    std::erase_if(smaller_plan.schedule, [nodes](model::PlannedInjection& injection) {
      return !confine(injection.action, nodes);
    });
    for (model::PlannedInjection& injection : smaller_plan.schedule) injection.description.clear();
    plans.push_back(std::move(smaller_plan));
  }
  return plans;
}

Plans fewer_clients(const Plan& plan) {
  Plans plans;
  for (const std::int64_t clients : smaller(plan.concurrency, 1)) {
    plans.push_back(plan);
    plans.back().concurrency = static_cast<unsigned>(clients);
  }
  return plans;
}

/// Whole numbers of the workload (keys, weights, …) towards the least that they may be.
Plans less_work(const Plan& plan, const model::EntrySchema& workload) {
  Plans plans;
  for (const model::OptionSchema& option : workload.options) {
    if (option.kind != model::OptionKind::integer) continue;
    const auto least = static_cast<std::int64_t>(option.minimum.value_or(0));
    for (const std::int64_t value : smaller(plan.workload.options.integer(option.name), least)) {
      Plan less = plan;
      if (less.workload.options.set(option, value)) plans.push_back(std::move(less));
    }
  }
  return plans;
}

/// In whole steps of five operations a second: a finer one changes nothing but the moments.
Plans lower_rate(const Plan& plan) {
  constexpr double step = 5;
  Plans plans;
  if (plan.rate <= 0) return plans;
  for (const std::int64_t steps : smaller(static_cast<std::int64_t>(plan.rate / step), 1)) {
    plans.push_back(plan);
    plans.back().rate = static_cast<double>(steps) * step;
  }
  return plans;
}

Plans fewer_targets(const Plan& plan) {
  Plans plans;
  for (std::size_t i = 0; i < plan.schedule.size(); ++i)
    std::visit(
        [&](const auto& act) {
          const auto& targets = targets_of(act);
          for (const Span& span : spans(targets.size())) {
            if (span.end - span.begin == targets.size()) continue;
            auto less = act;
            targets_of(less) = without(targets, span);
            plans.push_back(plan);
            plans.back().schedule[i].action = std::move(less);
            plans.back().schedule[i].description.clear();
          }
        },
        plan.schedule[i].action);
  return plans;
}

/// The roundest duration near this one, and less; the same where none is rounder.
std::vector<base::Duration> rounded(base::Duration duration) {
  std::vector<base::Duration> all;
  for (const base::Duration unit :
       {base::Duration(1s), base::Duration(100ms), base::Duration(10ms), base::Duration(1ms)}) {
    const base::Duration round = duration / unit * unit;
    if (round > base::Duration(0) && round < duration) all.push_back(round);
    if (round == duration) break;
  }
  return all;
}

/// Shorter and rounder times of injections. Rounding goes down, so that it comes to an end.
Plans plainer_moments(const Plan& plan) {
  Plans plans;
  for (std::size_t i = 0; i < plan.schedule.size(); ++i) {
    const model::PlannedInjection& injection = plan.schedule[i];
    for (const base::Duration at : rounded(injection.at)) {
      plans.push_back(plan);
      plans.back().schedule[i].at = at;
    }
    for (const base::Duration duration : {injection.duration / 4, injection.duration / 2}) {
      if (duration < 100ms) continue;
      plans.push_back(plan);
      plans.back().schedule[i].duration = duration / 10ms * 10ms;
    }
    for (const base::Duration duration : rounded(injection.duration)) {
      plans.push_back(plan);
      plans.back().schedule[i].duration = duration;
    }
  }
  return plans;
}

}  // namespace

std::string to_text(Part part) {
  switch (part) {
    case Part::quirks:
      return "quirks";
    case Part::time:
      return "time limit";
    case Part::delays:
      return "delays";
    case Part::injections:
      return "injections";
    case Part::nodes:
      return "nodes";
    case Part::clients:
      return "clients";
    case Part::workload:
      return "workload";
    case Part::rate:
      return "rate";
    case Part::targets:
      return "targets";
    case Part::moments:
      return "moments";
  }
  return "?";
}

bool changes_course(Part part) {
  return part == Part::quirks || part == Part::nodes || part == Part::clients ||
         part == Part::workload || part == Part::rate || part == Part::delays;
}

std::vector<Plan> reductions(const Plan& plan, Part part, const model::EntrySchema& workload) {
  switch (part) {
    case Part::quirks:
      return without_quirks(plan);
    case Part::time:
      return less_time(plan);
    case Part::delays:
      return earlier_injections(plan);
    case Part::injections:
      return fewer_injections(plan);
    case Part::nodes:
      return fewer_nodes(plan);
    case Part::clients:
      return fewer_clients(plan);
    case Part::workload:
      return less_work(plan, workload);
    case Part::rate:
      return lower_rate(plan);
    case Part::targets:
      return fewer_targets(plan);
    case Part::moments:
      return plainer_moments(plan);
  }
  return {};
}

}  // namespace eris::shrink
