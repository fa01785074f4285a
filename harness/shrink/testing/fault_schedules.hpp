// Fault schedules for RapidCheck's properties: plans as `eris sim` reads and runs them.
//
// Why plans: what strikes, when, and at whom is then decided by the very code that decides it for
// `eris sim` (the registry of faults, faults::Schedule, run::FaultDriver), and a plan that breaks a
// property is a file. Data flows one way: the generator draws a plan, the property runs and judges
// it, and where it fails the plan shrinks by the reductions of `eris shrink`: first what the seed
// decided is written down, injection by injection; then there are fewer faults, a shorter run,
// fewer nodes, clients and operations.
// Invariant: every plan is valid where the base is. Thread rule: pure functions, but for `run`.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include "harness/base/assert.hpp"
#include "harness/model/history.hpp"
#include "harness/model/plan.hpp"
#include "harness/shrink/exact_schedule.hpp"
#include "harness/shrink/plan_reductions.hpp"

namespace eris::model {

/// As RapidCheck prints it: the file.
inline void showValue(const Plan& plan, std::ostream& out) {
  out << to_toml(plan);
}

}  // namespace eris::model

namespace eris::shrink::testing {

struct FaultSchedules {
  model::Plan base;            ///< all but its faults and its seed
  model::Catalogue catalogue;  ///< its faults strike, where they live in the base's engine
  /// What comes of a plan; asked where one is shrunk.
  std::function<model::History(const model::Plan&)> run;
};

/// Those that may strike.
inline std::vector<model::EntrySchema> faults_of(const FaultSchedules& schedules) {
  std::vector<model::EntrySchema> found;
  for (const model::EntrySchema& fault : schedules.catalogue.faults)
    if (fault.engines.empty() || std::ranges::count(fault.engines, schedules.base.engine) > 0)
      found.push_back(fault);
  return found;
}

/// The option's default, or another value that its schema names. What has no bounds stays as it is.
inline void draw_option(model::Options& options, const model::OptionSchema& schema) {
  if (!*rc::gen::arbitrary<bool>()) return;
  model::OptionValue value = schema.default_value;
  if (schema.kind == model::OptionKind::choice)
    value = *rc::gen::elementOf(schema.choices);
  else if (schema.kind == model::OptionKind::boolean)
    value = *rc::gen::arbitrary<bool>();
  ERIS_ASSERT(options.set(schema, std::move(value)).has_value(), "a value that its schema names");
}

/// Strikes every so many tenths of a second, for half of that time at most.
inline model::FaultPlan draw_fault(const std::vector<model::EntrySchema>& known) {
  using namespace std::chrono_literals;
  const model::EntrySchema schema = *rc::gen::elementOf(known);
  model::FaultPlan plan{.fault = {schema.name, model::Options(schema.options)}};
  for (const model::OptionSchema& option : schema.options) draw_option(plan.fault.options, option);
  plan.start = 100ms * *rc::gen::inRange(1, 20);
  plan.every = 100ms * *rc::gen::inRange(4, 20);
  plan.duration = plan.every * *rc::gen::inRange(1, 5) / 8;
  return plan;
}

inline model::Plan draw_plan(const FaultSchedules& schedules) {
  model::Plan plan = schedules.base;
  plan.seed = 1 + *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  for (auto count = *rc::gen::inRange(1, 5); count > 0; --count)
    plan.faults.push_back(draw_fault(faults_of(schedules)));
  return plan;
}

/// Smaller plans that are still plans, the boldest cut first.
inline rc::Seq<model::Plan> reductions_of(const model::Plan& plan,
                                          const model::Catalogue& catalogue) {
  const model::EntrySchema* workload = model::find(catalogue.workloads, plan.workload.name);
  ERIS_ASSERT(workload != nullptr, "the plan has run, so its workload is known");
  const auto of_part = [=, workload = *workload](Part part) {
    return rc::seq::fromContainer(reductions(plan, part, workload));
  };
  const std::vector<Part> parts(std::begin(all_parts), std::end(all_parts));
  // A server may be struck that never joined.
  return rc::seq::filter(rc::seq::join(rc::seq::map(rc::seq::fromContainer(parts), of_part)),
                         [catalogue](const model::Plan& reduced) {
                           return model::validate(reduced, catalogue).has_value();
                         });
}

/// What the seed decides cannot be taken away one by one, so it is written down first.
inline rc::Seq<model::Plan> smaller(const model::Plan& plan, const FaultSchedules& schedules) {
  const rc::Seq<model::Plan> reduced = reductions_of(plan, schedules.catalogue);
  if (plan.faults.empty()) return reduced;
  return rc::seq::concat(rc::seq::just(exact_schedule(schedules.run(plan))), reduced);
}

[[nodiscard]] inline rc::Gen<model::Plan> fault_schedules(FaultSchedules schedules) {
  const auto drawn = rc::gen::noShrink(rc::gen::exec([=] { return draw_plan(schedules); }));
  return [=](const rc::Random& random, int size) {
    return rc::shrinkable::shrinkRecur(drawn(random, size).value(), [=](const model::Plan& plan) {
      return smaller(plan, schedules);
    });
  };
}

}  // namespace eris::shrink::testing
