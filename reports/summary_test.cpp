#include "reports/summary.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "reports/testing/sample_runs.hpp"
#include "reports/testing/scribe.hpp"

namespace eris::reports {
namespace {

using namespace std::chrono_literals;
using model::Status;
using model::Value;
using testing::Scribe;

Summary summary_of(const model::History& history) {
  const model::Judgement judgement = model::judge({});
  return summarize({history, judgement, ""});
}

TEST(Summary, AValidRunNamesOperationsKeysAndFaults) {
  const testing::SampleRun run = testing::valid_run();
  EXPECT_EQ(summarize(run.input()).sentence,
            "Valid: 10 operations over 2 keys were linearizable under 2 faults that took effect.");
}

TEST(Summary, AnUnknownVerdictSaysWhyAndWhatToDo) {
  const Summary summary = summarize(testing::unknown_run().input());
  EXPECT_TRUE(summary.sentence.starts_with("Unknown: the search for key x used up its 60 s"));
  EXPECT_FALSE(summary.next_step.empty());
}

TEST(Summary, NoCheckerAtAllIsToldAndIsNoSuccess) {
  const Summary summary = summary_of(Scribe("empty").finish());
  EXPECT_EQ(summary.verdict, model::Verdict::unknown);
  EXPECT_EQ(summary.sentence, "Unknown: no checker judged this run.");
}

TEST(Summary, AnInvalidRunNamesThePropertyAndTheAnomaly) {
  testing::SampleRun run = testing::stale_read_run();
  EXPECT_TRUE(summarize(run.input())
                  .sentence.starts_with("Invalid: not linearizable: stale read on key x"));
  run.judgement.results[1].findings[0].anomaly = "not linearizable";
  EXPECT_TRUE(summarize(run.input()).sentence.starts_with("Invalid: not linearizable on key x"));
}

TEST(Summary, WhatClientsSawIsJoinedWithTheRuleThatWasBroken) {
  testing::SampleRun run = testing::split_brain_run();
  const Summary summary = summarize(run.input());
  EXPECT_EQ(summary.sentence,
            "Invalid: not linearizable: stale read on key x during fault #1, isolate leader n1, "
            "because n1 and n2 both led term 1 (the first of 2 findings).");
  ASSERT_EQ(summary.findings.size(), 2u);
  EXPECT_TRUE(summary.findings[0].context.starts_with(
      "Because n1 and n2 both led term 1 (election-safety, at 0.735 s). During fault #1"));
  EXPECT_TRUE(summary.findings[1].is_of_protocol());
  EXPECT_EQ(summary.findings[1].span, (Span{735ms, 735ms}));
  EXPECT_EQ(summary.findings[1].cause, "");
}

TEST(Summary, ARuleBrokenLaterIsNoCause) {
  testing::SampleRun run = testing::split_brain_run();
  run.judgement.results[2].findings[0].at = 2'500ms;
  const Summary summary = summarize(run.input());
  EXPECT_EQ(summary.findings[0].cause, "");
  EXPECT_TRUE(summary.findings[0].context.starts_with("During fault #1"));
}

TEST(Summary, ABrokenRuleThatNoClientSawIsNamed) {
  testing::SampleRun run = testing::split_brain_run();
  run.judgement.results.erase(run.judgement.results.begin() + 1);
  EXPECT_EQ(summarize(run.input()).sentence,
            "Invalid: n1 and n2 both led term 1, against the rule election-safety.");
}

TEST(Summary, AFindingStandsBesideTheFaultAndTheLeadersOfItsMoment) {
  const testing::SampleRun run = testing::stale_read_run();
  const Summary summary = summarize(run.input());
  ASSERT_EQ(summary.findings.size(), 1u);
  EXPECT_EQ(summary.findings[0].context,
            "During fault #1, isolate leader n1; n1 led term 1 and n2 led term 2.");
}

TEST(Summary, AFaultThatEndedBeforeTheMomentIsNamedAsEarlier) {
  testing::SampleRun run = testing::stale_read_run();
  // The read at 1.7 s, when fault #1 (0.5 to 1.5 s) is over.
  run.judgement.results[1].findings[0].witness.back().operation = 5;
  const Summary summary = summarize(run.input());
  EXPECT_TRUE(summary.findings[0].context.starts_with("After fault #1, isolate leader n1"))
      << summary.findings[0].context;
}

TEST(Summary, JoinsThePhasesOfAFaultWithItsLastEvidence) {
  const testing::SampleRun run = testing::valid_run();
  const Summary summary = summarize(run.input());
  ASSERT_EQ(summary.faults.size(), 2u);
  const FaultRecord& cut = summary.faults[0];
  EXPECT_EQ(cut.outcome, FaultOutcome::took_effect);
  EXPECT_EQ(cut.span, (Span{502ms, 1'503ms}));
  EXPECT_EQ(cut.action, "cut n1→n2, n2→n1, n1→n3, n3→n1") << "as decided, not its inverse";
  ASSERT_NE(find(cut.facts, "packets dropped"), nullptr);
  EXPECT_EQ(*find(cut.facts, "packets dropped"), Value(34));
  EXPECT_EQ(cut.operations, (StatusCounts{.ok = 1, .fail = 0, .info = 1}));
}

TEST(Summary, AFaultNeverUndoneLastsToTheEndOfTheRun) {
  Scribe scribe("cut-off");
  scribe.write(10ms, 20ms, 0, "x", 1);
  scribe.note(900ms, "end");
  model::History history = scribe.finish();
  history.faults.push_back({5,
                            300ms,
                            {1,
                             "kill",
                             "kill n1",
                             model::FaultPhase::applied,
                             model::Kill{{base::NodeId(1)}},
                             {true, {}}}});
  const Summary summary = summary_of(history);
  EXPECT_EQ(summary.faults.at(0).span, (Span{300ms, 900ms}));
  EXPECT_EQ(summary.faults.at(0).longest_pause, 600ms);
}

TEST(Summary, ASkippedFaultHasNoOperationsOfItsOwn) {
  const testing::SampleRun run = testing::vacuous_run();
  const Summary summary = summarize(run.input());
  EXPECT_EQ(summary.faults.at(0).outcome, FaultOutcome::skipped);
  EXPECT_EQ(summary.faults.at(0).operations.total(), 0u);
  EXPECT_EQ(summary.faults_in_effect(), 0u);
}

TEST(Summary, AFaultThatBitButCouldNotBeUndoneHasFailed) {
  testing::SampleRun run = testing::valid_run();
  run.history.faults.back().event.phase = model::FaultPhase::failed;
  EXPECT_EQ(summarize(run.input()).faults.back().outcome, FaultOutcome::failed);
}

TEST(Summary, ANodeLeadsFromItsBeaconUntilItTellsOtherwiseOrDies) {
  const Summary summary = summarize(testing::valid_run().input());
  ASSERT_EQ(summary.leaders.size(), 2u);
  EXPECT_EQ(summary.leaders[0].node, base::NodeId(1));
  EXPECT_EQ(summary.leaders[0].span, (Span{60ms, 1'520ms}));
  EXPECT_EQ(summary.leaders[1].term, 2u);
  const NodeSummary& killed = summary.nodes.at(2);
  EXPECT_EQ(killed.exits, 1u);
  EXPECT_EQ(killed.starts, 2u);
  EXPECT_EQ(killed.roles[2].role, "down");
}

TEST(Summary, QuantilesAreOfTheNearestRank) {
  Scribe scribe("latencies");
  for (int i = 1; i <= 100; ++i) scribe.write(1s * i, 1s * i + 1ms * i, 0, "x", i);
  const Summary summary = summary_of(scribe.finish());
  EXPECT_EQ(summary.functions.at(0).latencies[0], (Latencies{100, 50ms, 95ms, 99ms, 100ms}));
}

TEST(Summary, EveryOperationIsCountedInOneBucket) {
  const testing::SampleRun run = testing::large_run(2'000, false);
  const Summary summary = summarize(run.input());
  StatusCounts sum;
  for (const Bucket& bucket : summary.buckets) {
    sum.ok += bucket.counts.ok;
    sum.fail += bucket.counts.fail;
    sum.info += bucket.counts.info;
  }
  EXPECT_EQ(sum, summary.counts);
  EXPECT_LE(summary.buckets.size(), 400u);
}

}  // namespace
}  // namespace eris::reports
