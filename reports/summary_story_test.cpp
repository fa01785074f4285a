#include <chrono>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "reports/summary.hpp"
#include "reports/testing/sample_runs.hpp"
#include "reports/testing/scribe.hpp"

namespace eris::reports {
namespace {

using namespace std::chrono_literals;
using model::Value;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Scribe;

model::Fields state(const char* role, std::int64_t term, std::int64_t last, std::int64_t commit,
                    const char* ballot = "", const char* vote = "") {
  model::Fields fields{{"term", Value(term)},
                       {"role", Value(role)},
                       {"last_index", Value(last)},
                       {"commit", Value(commit)},
                       {"config", Value("n1 n2")}};
  if (*ballot != '\0') fields.emplace_back("ballot", Value(ballot));
  if (*vote != '\0') fields.emplace_back("voted_for", Value(vote));
  return fields;
}

/// A rule that was broken, noticed at `at`.
model::Judgement broken_rule(base::Instant at) {
  model::CheckResult result{.checker = "invariants", .verdict = model::Verdict::invalid};
  result.findings.push_back({.property = "the rules",
                             .anomaly = "ghost-commit",
                             .sentence = "n1 says that entry 3 is committed",
                             .at = at});
  return model::judge({result});
}

std::vector<std::string> told(Scribe& scribe, const model::Judgement& judgement) {
  const model::History history = scribe.finish();
  std::vector<std::string> lines;
  for (const StoryStep& step : summarize({history, judgement, ""}).story)
    lines.push_back(step.text);
  return lines;
}

TEST(Story, TellsWhoLedAndWhatStoodOnWhoseDisk) {
  Scribe scribe("story", 2);
  scribe.node(1ms, 1, "beacon", state("follower", 0, 0, 0));
  scribe.node(1ms, 2, "beacon", state("follower", 0, 0, 0));
  scribe.node(5ms, 2, "beacon", state("candidate", 1, 0, 0));
  scribe.node(6ms, 1, "beacon", state("follower", 1, 0, 0, "", "n2"));
  scribe.node(7ms, 2, "beacon", state("leader", 1, 1, 0));
  scribe.node(500ms, 2, "beacon", state("follower", 2, 4, 3));
  EXPECT_THAT(
      told(scribe, broken_rule(600ms)),
      ElementsAre("n2 stands for election in term 1: log to 0, committed to 0.",
                  "n1 votes for n2 in term 1.",
                  "n2 leads term 1: log to 1, committed to 0; n1: log to 0, committed to 0.",
                  "n2 leads no more: log to 4, committed to 3.",
                  "n1 says that entry 3 is committed. (ghost-commit)"));
}

TEST(Story, TellsWhatANodeForgotWhenItCameBack) {
  Scribe scribe("story", 2);
  scribe.node(1ms, 2, "beacon", state("follower", 1, 2, 2, "1.n1"));
  scribe.node(5ms, 2, "beacon", state("follower", 2, 2, 2, "2.n3"));
  scribe.node(6ms, 2, "exited", {{"how", Value("killed")}});
  scribe.node(9ms, 2, "started", {});
  scribe.node(9ms, 2, "beacon", state("follower", 1, 2, 0, "1.n1"));
  EXPECT_THAT(told(scribe, broken_rule(10ms)),
              ElementsAre("n2 promises ballot 2.n3.", "n2 is down (killed).",
                          "n2 is back from its disk with term 1, promise 1.n1: log to 2, committed "
                          "to 0.",
                          "n1 says that entry 3 is committed. (ghost-commit)"));
}

TEST(Story, EndsWithTheFinding) {
  Scribe scribe("story", 2);
  scribe.beacon(5ms, 1, "leader", 1);
  scribe.beacon(50ms, 2, "leader", 2);
  EXPECT_THAT(told(scribe, broken_rule(20ms)),
              ElementsAre("n1 leads term 1.", "n1 says that entry 3 is committed. (ghost-commit)"));
}

TEST(Story, OfALongRunKeepsTheLastSteps) {
  Scribe scribe("story", 2);
  for (int term = 1; term <= 100; ++term)
    scribe.beacon(term * 10ms, 1, term % 2 == 0 ? "follower" : "leader", term);
  const auto lines = told(scribe, broken_rule(2s));
  ASSERT_EQ(lines.size(), 40u);
  EXPECT_EQ(lines[38], "n1 leads no more.");
  EXPECT_EQ(lines[39], "n1 says that entry 3 is committed. (ghost-commit)");
}

TEST(Story, OfAnUnbrokenRunIsNotTold) {
  EXPECT_THAT(summarize(testing::valid_run().input()).story, IsEmpty());
}

}  // namespace
}  // namespace eris::reports
