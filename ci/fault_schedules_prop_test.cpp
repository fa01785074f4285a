// Every correct system under generated schedules of faults, in virtual time: no schedule makes it
// break what it promises, and one that makes a broken system do so shrinks to a plan for
// ci/negative.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/adapter.hpp"
#include "harness/base/assert.hpp"
#include "harness/cli/catalogue.hpp"
#include "harness/cli/judging.hpp"
#include "harness/shrink/regression_file.hpp"
#include "harness/shrink/testing/fault_schedules.hpp"
#include "harness/sim/testing/recorded_run.hpp"

namespace eris::ci {
namespace {

using namespace std::chrono_literals;
using OptionTexts = std::vector<std::pair<std::string, std::string>>;

model::History run(const model::Plan& plan) {
  for (const adapters::SystemType& type : adapters::registry()) {
    if (type.schema.name != plan.system.name) continue;
    const auto system = type.make(plan.system.options, plan.nodes);
    ERIS_ASSERT(system.has_value(), "the options agree, on however few nodes");
    return sim::testing::history_of(plan, (*system)->simulated());
  }
  ERIS_ASSERT(false, "tests name systems that exist");
}

model::Judgement judge(const model::Plan& plan) {
  model::CheckPlan check = plan.check;
  check.threads = 1;
  const auto judgement = cli::judge_quietly(run(plan), check);
  ERIS_ASSERT(judgement.has_value(), "what tests run can be judged");
  return *judgement;
}

/// The first anomaly of the first checker that found one, or nothing.
std::string anomaly_in(const model::Judgement& judgement) {
  for (const model::CheckResult& result : judgement.results)
    if (result.verdict == model::Verdict::invalid && !result.findings.empty())
      return result.findings.front().anomaly;
  return {};
}

/// A few seconds of load on this system.
model::Plan plan_for(const std::string& system, const OptionTexts& options,
                     const std::string& workload) {
  const model::Catalogue catalogue = cli::make_catalogue();
  auto chosen = model::resolve(catalogue.systems, "system", system, options);
  ERIS_ASSERT(chosen.has_value(), "tests name options that exist");
  model::Plan plan = sim::testing::short_plan(workload, {}, 1);
  plan.system = *std::move(chosen);
  plan.rate = 100;
  plan.time_limit = 3s;
  plan.quiet_period = 2s;
  return plan;
}

shrink::testing::FaultSchedules schedules_for(const model::Plan& base) {
  return {.base = base, .catalogue = cli::make_catalogue(), .run = &run};
}

rc::Gen<model::Plan> fault_schedules(const model::Plan& base) {
  return shrink::testing::fault_schedules(schedules_for(base));
}

/// What can be dropped into ci/negative.
std::string negative_plan(model::Plan plan, const std::string& anomaly) {
  plan.name = shrink::regression_name(plan, anomaly);
  return shrink::regression_file(plan, anomaly, "Found by a property test under random faults");
}

/// A property's body.
void keep_promises(const model::Plan& base) {
  const model::Plan plan = *fault_schedules(base);
  const model::Judgement judgement = judge(plan);
  if (judgement.verdict == model::Verdict::invalid)
    RC_FAIL(negative_plan(plan, anomaly_in(judgement)));
  // Who loses the disks of a majority need not serve again; all else must be decided.
  for (const model::CheckResult& result : judgement.results)
    RC_ASSERT(result.verdict != model::Verdict::unknown || result.checker == "liveness");
}

RC_GTEST_PROP(FaultSchedules, MakeNoCorrectRaftBreakItsPromise, ()) {
  keep_promises(plan_for("raft", {}, "register"));
}
RC_GTEST_PROP(FaultSchedules, MakeNoCorrectPaxosBreakItsPromise, ()) {
  keep_promises(plan_for("paxos", {}, "register"));
}
RC_GTEST_PROP(FaultSchedules, MakeNoCorrectAbdBreakItsPromise, ()) {
  keep_promises(plan_for("quorum", {{"mode", "abd"}}, "register"));
}
RC_GTEST_PROP(FaultSchedules, MakeNoCorrectSiblingsBreakTheirPromise, ()) {
  keep_promises(plan_for("quorum", {{"conflict", "siblings"}}, "set"));
}

/// Draws schedules until one shows an anomaly, then shrinks it as RapidCheck does.
struct Found {
  model::Plan drawn;
  model::Plan shrunk;
  std::string anomaly;
};
Found find_and_shrink(const model::Plan& base) {
  const auto schedules = fault_schedules(base);
  rc::Random random;
  for (int tries = 0; tries < 500; ++tries) {
    const auto drawn = schedules(random.split(), rc::kNominalSize);
    const std::string anomaly = anomaly_in(judge(drawn.value()));
    if (anomaly.empty()) continue;
    const auto smallest = rc::shrinkable::findLocalMin(
        drawn, [&](const model::Plan& plan) { return anomaly_in(judge(plan)) == anomaly; });
    return {drawn.value(), smallest.first, anomaly};
  }
  return {};
}

TEST(FaultSchedules, ThatBreakAPromiseShrinkToAPlanForTheNegativeOnes) {
  const Found found = find_and_shrink(plan_for("raft", {{"bug", "stale-read"}}, "register"));
  ASSERT_NE(found.anomaly, "") << "no schedule shows the bug";
  EXPECT_TRUE(found.shrunk.faults.empty()) << "what the seed decided is written down";
  EXPECT_LE(found.shrunk.schedule.size(), 2u);
  EXPECT_LE(found.shrunk.nodes, 3u);
  EXPECT_LT(found.shrunk.time_limit, found.drawn.time_limit);
  EXPECT_LT(found.shrunk.concurrency, found.drawn.concurrency);

  const std::string file = negative_plan(found.shrunk, found.anomaly);
  EXPECT_THAT(file, testing::StartsWith("# expect: invalid, " + found.anomaly + "\n"));
  const auto read = model::parse_plan(file, "negative.toml", cli::make_catalogue());
  ASSERT_TRUE(read.has_value()) << base::to_text(read.error());
  EXPECT_EQ(anomaly_in(judge(*read)), found.anomaly) << "it shows the same again";
  RecordProperty("plan", file);
}

TEST(FaultSchedules, AreTheSameForTheSameSeed) {
  const auto schedules = fault_schedules(plan_for("raft", {}, "register"));
  EXPECT_EQ(schedules(rc::Random(), 50).value(), schedules(rc::Random(), 50).value());
}

TEST(FaultSchedules, DrawEveryFaultThatThereIsInSimulation) {
  const auto schedules = schedules_for(plan_for("raft", {}, "register"));
  const auto drawn = shrink::testing::fault_schedules(schedules);
  std::set<std::string> seen;
  rc::Random random;
  for (int i = 0; i < 300; ++i) {
    const model::Plan plan = drawn(random.split(), rc::kNominalSize).value();
    const auto valid = model::validate(plan, schedules.catalogue);
    ASSERT_TRUE(valid.has_value()) << base::to_text(valid.error());
    for (const model::FaultPlan& fault : plan.faults) seen.insert(fault.fault.name);
  }
  EXPECT_EQ(seen.size(), shrink::testing::faults_of(schedules).size());
}

}  // namespace
}  // namespace eris::ci
