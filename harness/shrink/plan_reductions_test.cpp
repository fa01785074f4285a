#include "harness/shrink/plan_reductions.hpp"

#include <gtest/gtest.h>

#include "harness/model/testing/generators.hpp"
#include "harness/shrink/exact_schedule.hpp"

namespace eris::shrink {
namespace {

using base::NodeId;
using namespace std::chrono_literals;

const model::Catalogue& catalogue() {
  return model::testing::catalogue();
}

/// Five nodes, a partition and two kills.
model::Plan eventful_plan() {
  model::Plan plan;
  plan.engine = "sim";
  plan.system = *model::resolve(catalogue().systems, "system", "raft", {});
  plan.workload = *model::resolve(catalogue().workloads, "workload", "register", {});
  plan.rate = 500;
  plan.quirks = true;
  plan.time_limit = 10s;
  plan.schedule = {{.fault = "partition",
                    .at = 1234567890ns,
                    .duration = 2s,
                    .action = model::Cut{{{NodeId(1), NodeId(4)}, {NodeId(4), NodeId(1)}}},
                    .description = "n1 without n4"},
                   {.fault = "kill", .at = 3s, .duration = 1s, .action = model::Kill{{NodeId(2)}}},
                   {.fault = "kill", .at = 5s, .duration = 1s, .action = model::Kill{{NodeId(5)}}}};
  return plan;
}

const model::EntrySchema& workload_of(const model::Plan& plan) {
  return *model::find(catalogue().workloads, plan.workload.name);
}

TEST(PlanReductions, AreValidPlansAndNeverTheSame) {
  const model::Plan plan = eventful_plan();
  for (const Part part : all_parts) {
    const auto smaller = reductions(plan, part, workload_of(plan));
    EXPECT_FALSE(smaller.empty()) << to_text(part);
    for (const model::Plan& reduced : smaller) {
      EXPECT_TRUE(model::validate(reduced, catalogue())) << model::to_toml(reduced);
      EXPECT_NE(reduced, plan) << to_text(part);
    }
  }
}

TEST(PlanReductions, TakenOneAfterAnotherComeToAnEnd) {
  for (const bool boldest : {true, false}) {
    model::Plan plan = eventful_plan();
    int steps = 0;
    for (const Part part : all_parts)
      for (auto smaller = reductions(plan, part, workload_of(plan)); !smaller.empty();
           smaller = reductions(plan, part, workload_of(plan))) {
        plan = boldest ? smaller.front() : smaller.back();
        ASSERT_LT(++steps, 2000) << model::to_toml(plan);
      }
  }
}

TEST(PlanReductions, OfNodesLeaveOutWhatStruckThem) {
  const auto smaller = reductions(eventful_plan(), Part::nodes, workload_of(eventful_plan()));
  const model::Plan& three = smaller.at(2);
  ASSERT_EQ(three.nodes, 3u);
  ASSERT_EQ(three.schedule.size(), 1u);
  EXPECT_EQ(three.schedule[0].action, model::FaultAction(model::Kill{{NodeId(2)}}));
}

TEST(PlanReductions, OfInjectionsTryToDoWithoutAnyFirst) {
  const auto smaller = reductions(eventful_plan(), Part::injections, workload_of(eventful_plan()));
  EXPECT_TRUE(smaller.front().schedule.empty());
  EXPECT_EQ(smaller.back().schedule.size(), 2u);
}

model::Timed<model::FaultEvent> phase_at(base::Instant time, std::uint64_t number,
                                         model::FaultPhase phase) {
  return {.time = time,
          .event = {.fault = number,
                    .name = "kill",
                    .description = "kill n2",
                    .phase = phase,
                    .action = model::Kill{{NodeId(2)}}}};
}

TEST(ExactSchedule, WritesDownWhatStruckWhenAndForHowLong) {
  using enum model::FaultPhase;
  model::History history;
  history.header.plan = eventful_plan();
  history.header.plan.schedule.clear();
  history.header.plan.faults.push_back({.fault = {.name = "kill", .options = {}}});
  history.notes.push_back({.time = 200ms, .event = {"load"}});
  history.end = 12s;
  history.faults = {phase_at(1200ms, 1, decided),  phase_at(1200ms, 1, applied),
                    phase_at(2s, 2, skipped),      phase_at(3700ms, 1, reverting),
                    phase_at(3700ms, 1, reverted), phase_at(9s, 3, decided)};
  const model::Plan plan = exact_schedule(history);
  EXPECT_TRUE(plan.faults.empty());
  ASSERT_EQ(plan.schedule.size(), 2u);
  EXPECT_EQ(plan.schedule[0].at, 1s);
  EXPECT_EQ(plan.schedule[0].duration, 2500ms);
  EXPECT_EQ(plan.schedule[0].description, "kill n2");
  EXPECT_EQ(plan.schedule[1].duration, 3s) << "until the end, where nothing undid it";
}

TEST(ExactSchedule, LeavesToTheHealWhatTheHealEnded) {
  using enum model::FaultPhase;
  model::History history;
  history.header.plan = eventful_plan();
  history.notes = {{.index = 0, .event = {"load"}}, {.index = 2, .time = 4s, .event = {"heal"}}};
  history.end = 12s;
  history.faults = {phase_at(1s, 1, decided), phase_at(4s, 1, reverting)};
  history.faults[0].index = 1;
  history.faults[1].index = 3;
  const model::Plan plan = exact_schedule(history);
  ASSERT_EQ(plan.schedule.size(), 1u);
  EXPECT_EQ(plan.schedule[0].duration, 11s) << "it undoes the newest first";
}

}  // namespace
}  // namespace eris::shrink
