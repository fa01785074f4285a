// The run loop's small parts, each by itself.
#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/run/fault_ledger.hpp"
#include "harness/run/pacer.hpp"
#include "harness/run/process_table.hpp"
#include "harness/run/progress_text.hpp"
#include "harness/run/scheduled_fault.hpp"

namespace eris::run {
namespace {

using namespace std::chrono_literals;
using base::NodeId;
using base::ProcessId;

TEST(ProcessTable, HandsOutTheLongestIdleFirst) {
  ProcessTable table(2);
  EXPECT_EQ(table.take(), ProcessId(0));
  EXPECT_EQ(table.take(), ProcessId(1));
  EXPECT_EQ(table.take(), std::nullopt);
  table.completed(ProcessId(1), model::Status::ok);
  table.completed(ProcessId(0), model::Status::fail);
  EXPECT_EQ(table.take(), ProcessId(1));
  EXPECT_EQ(table.take(), ProcessId(0));
}

TEST(ProcessTable, GivesAPlaceAFreshNumberAfterAnUnknownOutcome) {
  ProcessTable table(3);
  (void)table.take();
  table.completed(ProcessId(0), model::Status::info);
  EXPECT_EQ(table.take_at(0), ProcessId(3));
  table.completed(ProcessId(3), model::Status::info);
  EXPECT_EQ(table.take_at(0), ProcessId(6));
  EXPECT_EQ(table.take_at(0), std::nullopt) << "it is busy";
}

TEST(ProcessTable, RetiresEverybodyBusyOnesWhenTheyAreDone) {
  ProcessTable table(2);
  (void)table.take();
  table.retire_all();
  EXPECT_EQ(table.take(), ProcessId(3));
  table.completed(ProcessId(0), model::Status::ok);
  EXPECT_EQ(table.take(), ProcessId(2));
}

TEST(ProcessTable, TakesAProcessThatWasPutBackAgain) {
  ProcessTable table(2);
  (void)table.take();
  table.put_back(ProcessId(0));
  EXPECT_EQ(table.busy(), 0u);
  EXPECT_EQ(table.take(), ProcessId(0));
}

TEST(Pacer, NeverWaitsWithoutALimit) {
  Pacer pacer(0, 1, base::Rng(1));
  pacer.start(5s);
  EXPECT_TRUE(pacer.is_due(5s));
  pacer.offered(5s);
  EXPECT_TRUE(pacer.is_due(5s));
}

TEST(Pacer, MakesUpForABurstAtMost) {
  Pacer pacer(1'000, 10, base::Rng(1));
  pacer.start(0s);
  pacer.offered(0s);
  int made_up = 0;
  for (; pacer.is_due(10s); ++made_up) pacer.offered(10s);
  EXPECT_GT(made_up, 3);
  EXPECT_LT(made_up, 40);
}

RC_GTEST_PROP(Pacer, KeepsTheRateOnAverage, (std::uint64_t seed)) {
  const double rate = *rc::gen::element(10.0, 1'000.0, 50'000.0);
  Pacer pacer(rate, 4, base::Rng(seed));
  pacer.start(0s);
  constexpr int count = 4'000;
  for (int i = 0; i < count; ++i) pacer.offered(pacer.due());
  const double seconds = base::to_seconds(pacer.due());
  RC_ASSERT(count / seconds > rate * 0.93);
  RC_ASSERT(count / seconds < rate * 1.07);
}

TEST(FaultLedger, LetsDifferentFaultsOverlap) {
  FaultLedger ledger;
  ledger.add({1, "kill", "kill n1", model::Kill{{NodeId(1)}}});
  EXPECT_FALSE(ledger.conflict(model::Cut{{{NodeId(1), NodeId(2)}}}));
  EXPECT_FALSE(ledger.conflict(model::Pause{{NodeId(2)}}));
}

TEST(FaultLedger, LetsAClockBendOfANodeThatIsKilledButNoDiskFail) {
  const std::vector<NodeId> nodes{NodeId(1)};
  FaultLedger ledger;
  ledger.add({1, "kill", "kill n1", model::Kill{nodes}});
  EXPECT_FALSE(ledger.conflict(model::BendClock{nodes, {}}));
  EXPECT_FALSE(ledger.conflict(model::HarmDisk{nodes, model::DiskTrouble::slow}));
  EXPECT_TRUE(ledger.conflict(model::HarmDisk{nodes, model::DiskTrouble::failing}));
  EXPECT_TRUE(ledger.conflict(model::PowerOff{nodes}));
  ledger.add({2, "clock", "bend n1", model::BendClock{nodes, {}}});
  EXPECT_TRUE(ledger.conflict(model::BendClock{nodes, {}}));
}

TEST(FaultLedger, LetsALinkBeCutThatIsBadAlready) {
  const std::vector<model::Link> links{{NodeId(1), NodeId(2)}};
  FaultLedger ledger;
  ledger.add({1, "network", "bad", model::Degrade{links, {}}});
  EXPECT_FALSE(ledger.conflict(model::Cut{links}));
  EXPECT_FALSE(ledger.conflict(model::Clog{links}));
  EXPECT_TRUE(ledger.conflict(model::Degrade{links, {}}));
}

TEST(FaultLedger, KeepsANodeOrALinkForTheFaultThatHoldsIt) {
  FaultLedger ledger;
  ledger.add({1, "kill", "kill n1", model::Kill{{NodeId(1)}}});
  ledger.add({2, "partition", "isolate n3", model::Cut{{{NodeId(1), NodeId(3)}}}});
  EXPECT_EQ(ledger.conflict(model::Pause{{NodeId(1), NodeId(2)}}),
            "n1 is already under \"kill n1\"");
  EXPECT_EQ(ledger.conflict(model::Cut{{{NodeId(1), NodeId(3)}}}),
            "n1→n3 is already under \"isolate n3\"");
  EXPECT_FALSE(ledger.conflict(model::Cut{{{NodeId(3), NodeId(1)}}})) << "the other direction";
  ledger.remove(1);
  EXPECT_FALSE(ledger.conflict(model::Pause{{NodeId(1)}}));
}

TEST(MakeFaults, RefusesAnUnknownNameAndProposesANearOne) {
  model::Plan plan;
  plan.faults.push_back({.fault = {"partitoin", {}}});
  const auto made = make_faults(plan);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().next_step, "did you mean 'partition'?");
}

Progress in_the_load() {
  return {.stage = "load",
          .time = 12'340ms,
          .time_limit = 20s,
          .operations_per_second = 3210.4,
          .operations = {.ok = 35'112, .fail = 120, .info = 31},
          .faults = {"partition: isolate leader n3"},
          .leader = NodeId(5),
          .term = base::Term(7)};
}

TEST(ProgressText, TellsEverythingInOneLine) {
  EXPECT_EQ(to_text(in_the_load()),
            "12.3 s of 20 s | 3,210 op/s | ok 35,112 fail 120 info 31 | "
            "partition: isolate leader n3 | leader n5 term 7");
}

TEST(ProgressText, NamesOtherStagesAndLeavesOutWhatIsNotKnown) {
  Progress progress = in_the_load();
  progress.stage = "quiet";
  progress.faults.clear();
  progress.leader.reset();
  progress.time_limit = 1500ms;
  EXPECT_EQ(to_text(progress), "quiet | 12.3 s of 1.5 s | 3,210 op/s | ok 35,112 fail 120 info 31");
}

TEST(ProgressMeter, GivesTheRateOfTheLastSecond) {
  ProgressMeter meter;
  EXPECT_TRUE(meter.is_due(0s));
  EXPECT_EQ(meter.sample(0s, 0), 0);
  EXPECT_FALSE(meter.is_due(200ms));
  for (int i = 1; i <= 8; ++i) (void)meter.sample(i * 250ms, static_cast<std::uint64_t>(i) * 100);
  EXPECT_DOUBLE_EQ(meter.sample(2'250ms, 800), 300) << "800 after 2.25 s, 500 at 1.25 s";
}

}  // namespace
}  // namespace eris::run
