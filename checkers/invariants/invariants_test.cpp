#include "checkers/invariants/invariants.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "checkers/testing/timeline.hpp"

namespace eris::checkers {
namespace {

using model::CheckResult;
using model::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

model::History history_of(std::string_view timeline) {
  auto history = testing::parse_timeline(timeline);
  EXPECT_TRUE(history.has_value()) << base::to_text(history.error());
  return *std::move(history);
}

CheckResult check(std::string_view timeline, const char* engine = "sim") {
  model::History history = history_of(timeline);
  history.header.plan.engine = engine;
  return make_invariants_checker()->check(history, {});
}

std::vector<std::string> broken(std::string_view timeline) {
  std::vector<std::string> rules;
  for (const model::Finding& finding : check(timeline).findings) rules.push_back(finding.anomaly);
  return rules;
}

TEST(Invariants, AcceptElectionsInTermsOfTheirOwn) {
  const CheckResult result = check(
      "n1 started [0]\nn1 beacon [1] term=1 role=leader voted_for=n1 commit=0 applied=0\n"
      "n2 beacon [2] term=1 role=follower voted_for=n1\n"
      "n1 exited [3]\nn2 beacon [4] term=2 role=leader voted_for=n2 commit=3 applied=2\n"
      "n1 started [5]\nn1 beacon [6] term=2 role=follower voted_for= commit=0 applied=0\n");
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
  EXPECT_EQ(result.checker, invariants_checker_name);
}

TEST(Invariants, FindTwoLeadersInOneTerm) {
  const CheckResult result = check(
      "n1 beacon [1] term=7 role=leader\nn4 beacon [320] term=7 role=leader\n"
      "n4 beacon [321] term=7 role=leader\n");
  EXPECT_EQ(result.verdict, Verdict::invalid);
  ASSERT_EQ(result.findings.size(), 1u);
  const model::Finding& finding = result.findings.front();
  EXPECT_EQ(finding.anomaly, "election-safety");
  EXPECT_EQ(finding.sentence, "n1 and n4 both led term 7");
  EXPECT_THAT(finding.nodes, ElementsAre(base::NodeId(1), base::NodeId(4)));
  EXPECT_EQ(finding.at, base::Instant(std::chrono::milliseconds(3200)));
  EXPECT_THAT(finding.explanation, ElementsAre("Noticed at 3.200 s."));
}

TEST(Invariants, LetTwoBallotsShareARound) {
  EXPECT_THAT(broken("n1 beacon [1] term=7 role=leader ballot=7.n1\n"
                     "n4 beacon [2] term=7 role=leader ballot=7.n4\n"),
              ElementsAre());
}

TEST(Invariants, FindATermThatDecreases) {
  EXPECT_THAT(broken("n1 beacon [1] term=3\nn1 beacon [2] term=2\n"),
              ElementsAre("term-regression"));
}

TEST(Invariants, LetACrashLoseATermThatWasNotOnDisk) {
  EXPECT_THAT(broken("n1 beacon [1] term=3 durable=false\nn1 exited [2]\nn1 started [3]\n"
                     "n1 beacon [4] term=2\n"),
              ElementsAre());
}

TEST(Invariants, FindATermThatARestartForgot) {
  EXPECT_THAT(broken("n1 beacon [1] term=3 durable=true\nn1 exited [2]\nn1 started [3]\n"
                     "n1 beacon [4] term=2\n"),
              ElementsAre("term-regression"));
  EXPECT_THAT(broken("n1 beacon [1] term=3 role=leader\nn1 started [3]\nn1 beacon [4] term=2\n"),
              ElementsAre("term-regression"))
      << "a leader has its term on disk";
}

TEST(Invariants, BindNoNodeToWhatWasOnAnErasedDisk) {
  const std::string life =
      "n1 beacon [1] term=3 voted_for=n2 durable=true\nn1 exited [3]\n%n1 started [5]\n"
      "n1 beacon [6] term=2 voted_for=\nn1 beacon [7] term=3 voted_for=n3\n";
  const auto with = [&](const char* fault) {
    std::string text = life;
    return text.replace(text.find('%'), 1, fault);
  };
  EXPECT_THAT(broken(with("f1 wipe n1 [2 4]\n")), ElementsAre());
  EXPECT_THAT(broken(with("f1 wipe n2 [2 4]\n")),
              ElementsAre("term-regression", "one-vote-per-term"));
}

TEST(Invariants, FindAVoteThatARestartForgot) {
  EXPECT_THAT(broken("n1 beacon [1] term=3 voted_for=n2 durable=true\nn1 started [3]\n"
                     "n1 beacon [4] term=3 voted_for=\n"),
              ElementsAre("one-vote-per-term"));
  EXPECT_THAT(broken("n1 beacon [1] term=3 voted_for=n2\nn1 started [3]\n"
                     "n1 beacon [4] term=3 voted_for=n3\n"),
              ElementsAre());
}

TEST(Invariants, FindAnIndexThatIsTakenBack) {
  EXPECT_THAT(broken("n1 beacon [1] commit=5 applied=5\nn1 beacon [2] commit=4 applied=4\n"),
              ElementsAre("commit-regression", "applied-regression"));
  EXPECT_THAT(broken("n1 beacon [1] commit=5 applied=5\nn1 started [2]\nn1 beacon [3] commit=0\n"),
              ElementsAre());
}

TEST(Invariants, FindWhatIsAppliedBeforeItIsCommitted) {
  EXPECT_THAT(broken("n1 beacon [1] commit=4 applied=5\n"), ElementsAre("applied-beyond-commit"));
}

TEST(Invariants, FindReplicasThatDiffer) {
  const CheckResult result = check(
      "n1 beacon [1] applied=5 state_hash=aa\nn2 beacon [2] applied=5 state_hash=aa\n"
      "n3 beacon [3] applied=5 state_hash=bb\n");
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings.front().sentence, "n1 and n3 differ in what 5 applied entries made");
}

TEST(Invariants, PassOnWhatTheSimulatorNoticed) {
  const CheckResult result = check(
      "n1 beacon [1] term=1\nn2 invariant [2] rule=log-matching what=parted nodes=[n2 n3] step=17\n"
      "n2 invariant [3] rule=log-matching what=again nodes=[n2 n3] step=18\n");
  EXPECT_EQ(result.verdict, Verdict::invalid);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings.front().anomaly, "log-matching");
  EXPECT_EQ(result.findings.front().sentence, "parted");
  EXPECT_THAT(result.findings.front().nodes, ElementsAre(base::NodeId(2), base::NodeId(3)));
  EXPECT_THAT(result.findings.front().explanation,
              ElementsAre("Noticed at 0.020 s, in step 17 of the simulation.",
                          "The rule was broken 2 times in all."));
}

/// A new term every 300 ms.
std::string restless(int from, int terms) {
  std::string text;
  for (int i = 0; i < terms; ++i)
    text += fmt::format("n{} beacon [{}] term={} role=leader\n", 1 + i % 2, from + 30 * i, i + 1);
  return text;
}

TEST(Invariants, FindAClusterThatGoesFromLeaderToLeader) {
  const CheckResult result = check("f1 cut n1 n2 [5 2000]\n" + restless(10, 30));
  EXPECT_EQ(result.verdict, Verdict::invalid);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings.front().anomaly, "leader-churn");
  EXPECT_EQ(result.findings.front().property, "stable");
}

TEST(Invariants, LetANodeThatHearsNobodyRaiseItsOwnTerm) {
  std::string lonely = "n2 beacon [9] term=1 role=leader\n";
  for (int i = 0; i < 30; ++i)
    lonely += fmt::format("n1 beacon [{}] term={}\n", 10 + 30 * i, i + 1);
  EXPECT_THAT(broken("f1 cut n1 n2 [5 2000]\n" + lonely), ElementsAre());
}

TEST(Invariants, DoNotBlameABusyMachineForItsElections) {
  const CheckResult result = check(restless(10, 30), "live");
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("too busy"));
}

TEST(Invariants, ExpectElectionsWhileTheClusterIsDisturbed) {
  EXPECT_THAT(broken("f1 pause n1 [5 2000]\n" + restless(10, 30)), ElementsAre());
  EXPECT_THAT(broken(restless(10, 8)), ElementsAre()) << "the first elections after a change";
}

TEST(Invariants, AreSilentOfSystemsWhoseNodesAre) {
  EXPECT_FALSE(invariants::speaks_of(history_of("p1 read -> nil [0 1] ok\nn1 started [2]\n")));
  EXPECT_FALSE(invariants::speaks_of(history_of("n1 beacon [2] mood=fine\n")));
  EXPECT_TRUE(invariants::speaks_of(history_of("n1 beacon [2] term=1\n")));
}

}  // namespace
}  // namespace eris::checkers
