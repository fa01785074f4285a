#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/document_codec.hpp"
#include "harness/model/plan.hpp"
#include "harness/model/testing/generators.hpp"

namespace eris::model {
namespace {

base::Duration any_duration(base::Duration low, base::Duration high) {
  return base::Duration(*rc::gen::inRange<std::int64_t>(low.count(), high.count() + 1));
}

double any_share() {
  return *rc::gen::inRange(0, 1 << 30) / static_cast<double>(1 << 30);
}

/// Any value that the schema allows.
OptionValue any_option(const OptionSchema& schema) {
  switch (schema.kind) {
    case OptionKind::boolean:
      return *rc::gen::arbitrary<bool>();
    case OptionKind::integer:
      return *rc::gen::inRange<std::int64_t>(1, 1001);
    case OptionKind::bytes:
      return *rc::gen::inRange<std::int64_t>(4096, std::int64_t{1} << 50);
    case OptionKind::real:
      return any_share() * 1e6;
    case OptionKind::text:
      return *testing::utf8_text();
    case OptionKind::duration:
      return any_duration(1ms, 10s);
    case OptionKind::choice:
      return *rc::gen::elementOf(schema.choices);
    case OptionKind::text_list:
      return *rc::gen::container<std::vector<std::string>>(2, rc::gen::elementOf(schema.choices));
  }
  return false;
}

Choice any_choice(const std::vector<EntrySchema>& entries) {
  const EntrySchema& entry = entries[*rc::gen::inRange<std::size_t>(0, entries.size())];
  Choice choice{.name = entry.name, .options = Options(entry.options)};
  for (const OptionSchema& option : entry.options)
    RC_ASSERT(choice.options.set(option, any_option(option)).has_value());
  return choice;
}

FaultPlan any_fault_plan(base::Duration time_limit) {
  FaultPlan fault{.fault = any_choice(testing::catalogue().faults)};
  fault.start = any_duration(0ns, time_limit - 1ns);
  fault.every = any_duration(1ns, 1h);
  fault.duration = any_duration(1ns, fault.every);
  fault.jitter = any_share();
  return fault;
}

/// An action that a plan may hold, on some of `count` nodes.
FaultAction any_planned_action(unsigned count) {
  const auto some_node = rc::gen::map(rc::gen::inRange(1u, count + 1),
                                      [](unsigned number) { return base::NodeId(number); });
  const auto nodes = *rc::gen::nonEmpty(rc::gen::container<std::vector<base::NodeId>>(some_node));
  if (*rc::gen::arbitrary<bool>()) return Kill{nodes};
  if (*rc::gen::arbitrary<bool>()) return Pause{nodes};
  Cut cut;
  for (const base::NodeId from : nodes) cut.links.push_back({from, *some_node});
  return cut;
}

PlannedInjection any_planned_injection(const Plan& plan) {
  const auto& faults = testing::catalogue().faults;
  return {.fault = faults[*rc::gen::inRange<std::size_t>(0, faults.size())].name,
          .at = any_duration(0ns, plan.time_limit - 1ns),
          .duration = any_duration(1ns, 1h),
          .action = any_planned_action(plan.nodes),
          .description = *testing::utf8_text()};
}

Plan any_plan() {
  Plan plan;
  plan.name = *testing::utf8_text();
  plan.seed = *testing::any_count();
  plan.engine = *rc::gen::element<std::string>("live", "sim");
  plan.system = any_choice(testing::catalogue().systems);
  plan.nodes = *rc::gen::inRange(1u, 101u);
  plan.workload = any_choice(testing::catalogue().workloads);
  plan.concurrency = *rc::gen::inRange(1u, 10'001u);
  plan.rate = any_share() * 1e9;
  plan.time_limit = any_duration(1ns, 720h);
  plan.operation_timeout = any_duration(1ns, 720h);
  plan.ready_timeout = any_duration(1ns, 720h);
  plan.quiet_period = any_duration(0ns, 720h);
  plan.quirks = *rc::gen::arbitrary<bool>();
  plan.fail_fast = *rc::gen::arbitrary<bool>();
  const int faults = *rc::gen::inRange(0, 4);
  for (int i = 0; i < faults; ++i) plan.faults.push_back(any_fault_plan(plan.time_limit));
  const int injections = *rc::gen::inRange(0, 3);
  for (int i = 0; i < injections; ++i) plan.schedule.push_back(any_planned_injection(plan));
  plan.check.consistency = *rc::gen::element<std::string>("promised", "linearizable");
  plan.check.time_budget = any_duration(1ns, 720h);
  plan.check.memory_budget_bytes = *rc::gen::inRange<std::uint64_t>(1 << 20, 1ull << 50);
  plan.check.threads = *rc::gen::inRange(0u, 1'025u);
  return plan;
}

RC_GTEST_PROP(Plan, ReadsBackFromToml, ()) {
  const Plan plan = any_plan();
  const std::string toml = to_toml(plan);
  RC_LOG() << toml << '\n';
  const auto parsed = parse_plan(toml, "plan.toml", testing::catalogue());
  if (!parsed) RC_FAIL(base::to_text(parsed.error()));
  RC_ASSERT(*parsed == plan);
}

RC_GTEST_PROP(Plan, ReadsBackFromAJournalsHeaderWithoutACatalogue, ()) {
  const Header header{.plan = any_plan(),
                      .started = *testing::utf8_text(),
                      .versions = *testing::any_fields(),
                      .environment = *testing::any_fields()};
  const std::string line = header_to_json(header);
  RC_LOG() << line << '\n';
  const auto parsed = parse_header(line);
  if (!parsed) RC_FAIL(base::to_text(parsed.error()));
  RC_ASSERT(parsed->plan == header.plan);
  RC_ASSERT(parsed->started == header.started);
  RC_ASSERT(parsed->versions == header.versions);
  RC_ASSERT(parsed->environment == header.environment);
}

RC_GTEST_PROP(Plan, SurvivesAnyDamageToItsToml, ()) {
  std::string toml = to_toml(any_plan());
  const auto at = *rc::gen::inRange<std::size_t>(0, toml.size());
  toml[at] = *rc::gen::arbitrary<char>();
  const auto parsed = parse_plan(toml, "plan.toml", testing::catalogue());
  if (!parsed) {
    RC_ASSERT(parsed.error().kind == base::ErrorKind::usage);
    RC_ASSERT(parsed.error().where.starts_with("plan.toml"));
  }
}

}  // namespace
}  // namespace eris::model
