#include "checkers/weak/weak.hpp"

#include <map>
#include <sstream>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "checkers/registry.hpp"
#include "checkers/testing/long_history.hpp"
#include "checkers/testing/timeline.hpp"
#include "checkers/testing/weak_history.hpp"
#include "checkers/weak/registry.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::weak {
namespace {

using model::CheckResult;
using model::History;
using model::Value;
using model::Verdict;
using ::testing::HasSubstr;

/// As testing::parse_timeline, with the key before the process: "x: p1 write 1 [0 1] ok".
History timeline(const std::string& text) {
  History history;
  std::map<std::string, std::uint32_t> keys;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (base::trim(line).empty()) continue;
    const std::size_t colon = line.find(':');
    const std::string key(base::trim(line.substr(0, colon)));
    const auto one = testing::parse_timeline(line.substr(colon + 1));
    EXPECT_TRUE(one.has_value()) << line;
    const auto [at, added] = keys.try_emplace(key, static_cast<std::uint32_t>(keys.size()));
    if (added) history.keys.emplace_back(std::string_view(key));
    model::Operation operation = one->operations.front();
    operation.key = at->second;
    if (operation.error != 0) {
      history.errors.push_back(one->errors[operation.error]);
      operation.error = static_cast<std::uint32_t>(history.errors.size() - 1);
    }
    history.operations.push_back(std::move(operation));
  }
  return history;
}

CheckResult check(const std::string& consistency, const History& history,
                  const std::string& object = "register") {
  const auto checker = make_checker(consistency, object);
  EXPECT_TRUE(checker.has_value());
  return (*checker)->check(history, {});
}

std::string text_of(const CheckResult& result, std::string_view name) {
  const Value* value = find(result.statistics, name);
  if (value == nullptr) return "(none)";
  return value->is_text() ? std::string(value->text()) : to_text(*value);
}

/// Which of the models hold, by their own checkers.
std::string holding(const History& history) {
  std::string names;
  for (const ModelType& type : models())
    if (check(std::string(type.name), history).verdict == Verdict::valid)
      names += (names.empty() ? "" : " ") + std::string(type.name);
  return names;
}

// ---- examples that tell the models apart; most are known from the literature

const char* const stale_read = R"(
x: p1 write 1 [0 1] ok
x: p2 read -> nil [2 3] ok
)";

/// Two processes see two writes in opposite orders (Bouajjani et al. 2017, figure 3b).
const char* const opposite_orders = R"(
x: p1 write 1 [0 1] ok
x: p2 write 2 [2 3] ok
x: p1 read -> 2 [4 5] ok
x: p2 read -> 1 [6 7] ok
)";

/// One order of the writes fits all reads, but no view of process 2 (figure 3a of the same).
const char* const convergent_without_a_view = R"(
z: p1 write 1 [0 1] ok
x: p1 write 1 [2 3] ok
y: p1 write 1 [4 5] ok
x: p2 write 2 [6 7] ok
z: p2 read -> nil [8 9] ok
y: p2 read -> 1 [10 11] ok
x: p2 read -> 2 [12 13] ok
)";

const char* const effect_before_cause = R"(
x: p1 write 1 [0 1] ok
x: p2 read -> 1 [2 3] ok
y: p2 write 2 [4 5] ok
y: p3 read -> 2 [6 7] ok
x: p3 read -> nil [8 9] ok
)";

const char* const own_write_missed = R"(
x: p1 write 1 [0 1] ok
x: p1 write 2 [2 3] ok
x: p1 read -> 1 [4 5] ok
)";

const char* const went_back = R"(
x: p1 write 1 [0 1] ok
x: p2 write 2 [2 3] ok
x: p3 read -> 1 [4 5] ok
x: p3 read -> 2 [6 7] ok
x: p3 read -> 1 [8 9] ok
)";

const char* const out_of_order = R"(
x: p1 write 1 [0 1] ok
y: p1 write 2 [2 3] ok
y: p2 read -> 2 [4 5] ok
x: p2 read -> nil [6 7] ok
)";

TEST(WeakModels, TellsAStaleReadFromAnythingWorse) {
  EXPECT_EQ(holding(timeline(stale_read)),
            "sequential causal-memory causal-convergent pram causal writes-follow-reads "
            "monotonic-writes monotonic-reads read-your-writes");
}

TEST(WeakModels, AllowsOppositeOrdersToCausalMemoryOnly) {
  EXPECT_EQ(holding(timeline(opposite_orders)),
            "causal-memory pram causal writes-follow-reads monotonic-writes monotonic-reads "
            "read-your-writes");
}

TEST(WeakModels, AllowsConvergenceWithoutAViewInOnePiece) {
  EXPECT_EQ(holding(timeline(convergent_without_a_view)),
            "causal-convergent causal writes-follow-reads monotonic-writes monotonic-reads "
            "read-your-writes");
}

TEST(WeakModels, FindsAnEffectBeforeItsCause) {
  const History history = timeline(effect_before_cause);
  EXPECT_EQ(holding(history), "pram monotonic-writes monotonic-reads read-your-writes");
  const CheckResult result = check("causal", history);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].anomaly, "causally stale read");
  EXPECT_EQ(result.findings[0].sentence,
            "key \"x\": process 3 read nil from \"x\" at 90 ms, although process 1's write of 1 "
            "comes before it");
  EXPECT_EQ(result.findings[0].witness.size(), 5u);
  EXPECT_EQ(check("writes-follow-reads", history).findings.at(0).anomaly,
            "effect seen without its cause");
}

TEST(WeakModels, FindsAnOwnWriteMissed) {
  const History history = timeline(own_write_missed);
  EXPECT_EQ(holding(history), "writes-follow-reads monotonic-writes monotonic-reads");
  const CheckResult result = check("read-your-writes", history);
  EXPECT_EQ(result.findings.at(0).sentence,
            "key \"x\": process 1 read 1 from \"x\" at 50 ms, although its own write of 2 had "
            "replaced that and comes before it");
  EXPECT_EQ(result.findings.at(0).witness.size(), 3u);
}

TEST(WeakModels, FindsValuesThatGoBack) {
  const History history = timeline(went_back);
  EXPECT_EQ(holding(history), "causal read-your-writes");
  const CheckResult result = check("monotonic-reads", history);
  EXPECT_EQ(result.findings.at(0).anomaly, "non-monotonic read");
  EXPECT_EQ(
      result.findings.at(0).sentence,
      "key \"x\": process 3 read 1 from \"x\" at 90 ms, although it had already seen 2 in its "
      "place, at 70 ms");
  EXPECT_EQ(result.findings.at(0).witness.size(), 5u);
}

TEST(WeakModels, FindsWritesOutOfOrder) {
  EXPECT_EQ(holding(timeline(out_of_order)),
            "writes-follow-reads monotonic-reads read-your-writes");
}

TEST(WeakModels, RefusesAValueNeverWrittenInEveryModel) {
  const History history = timeline("x: p1 write 1 [0 1] fail refused\nx: p2 read -> 1 [2 3] ok\n");
  EXPECT_EQ(holding(history), "");
  const CheckResult result = check("read-your-writes", history);
  EXPECT_EQ(result.findings.at(0).anomaly, "read of a failed write");
  EXPECT_EQ(result.findings.at(0).witness.size(), 2u);
  const CheckResult strongest = check("strongest", history);
  EXPECT_EQ(strongest.verdict, Verdict::invalid) << strongest.reason;
}

TEST(WeakModels, OnlyASequentialCasHappensAtOnce) {
  const History history = timeline(R"(
x: p1 cas nil 1 [0 1] ok
x: p2 cas nil 2 [2 3] ok
)");
  EXPECT_EQ(check("sequential", history).verdict, Verdict::invalid);
  EXPECT_EQ(check("causal-memory", history).verdict, Verdict::valid);
}

TEST(WeakModels, SearchesWhereNoOrderIsForced) {
  // Each of x and y is fine by itself: sequential consistency is not local.
  const History history = timeline(R"(
x: p1 write 1 [0 1] ok
y: p1 read -> nil [2 3] ok
y: p2 write 1 [4 5] ok
x: p2 read -> nil [6 7] ok
)");
  const CheckResult result = check("sequential", history);
  EXPECT_EQ(result.verdict, Verdict::invalid);
  EXPECT_EQ(result.findings.at(0).witness.size(), 4u);
  EXPECT_EQ(check("causal-memory", history).verdict, Verdict::valid);
}

// ---- what is uncertain

TEST(WeakModels, CountsAWriteWithoutAnAnswerOnlyWhereItWasSeen) {
  EXPECT_EQ(check("sequential", timeline(R"(
x: p1 write 1 [0 -] info
x: p2 read -> 1 [2 3] ok
x: p2 read -> nil [4 5] ok
)"))
                .verdict,
            Verdict::invalid);
  EXPECT_EQ(check("sequential", timeline(R"(
x: p1 write 1 [0 -] info
x: p2 read -> nil [4 5] ok
)"))
                .verdict,
            Verdict::valid);
}

TEST(WeakModels, IsUnknownForKeysWithOtherOperations) {
  const CheckResult result = check("causal", timeline(R"(
x: p1 append 1 [0 1] ok
y: p2 write 1 [2 3] ok
)"),
                                   "key-value");
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("process 1's append on key \"x\""));
}

TEST(WeakModels, IsInvalidEvenBesideKeysWithOtherOperations) {
  const CheckResult result =
      check("causal", timeline("z: p4 append 1 [0 1] ok\n" + std::string(effect_before_cause)),
            "key-value");
  EXPECT_EQ(result.verdict, Verdict::invalid);
}

TEST(WeakModels, GuessesSourcesOfRepeatedValues) {
  EXPECT_EQ(check("causal-memory", timeline(R"(
x: p1 write 1 [0 1] ok
x: p1 write 2 [2 3] ok
x: p1 write 1 [4 5] ok
x: p2 read -> 2 [6 7] ok
x: p2 read -> 1 [8 9] ok
)"))
                .verdict,
            Verdict::valid);
}

TEST(WeakModels, IsVacuousWhenNothingSucceeded) {
  for (const ConsistencyType& type : weak::registry())
    EXPECT_EQ(check(type.schema.name, History{}).verdict, Verdict::vacuous) << type.schema.name;
}

TEST(WeakModels, GivesUpWhenTimeRunsOut) {
  const History history = timeline(opposite_orders);
  const auto checker = make_checker("causal-convergent", "register");
  CheckContext context;
  context.out_of_time = [] { return true; };
  EXPECT_EQ((*checker)->check(history, context).verdict, Verdict::unknown);
}

// ---- the strongest

TEST(Strongest, NamesTheStrongestModelAndRulesOutTheNext) {
  const CheckResult result = check("strongest", timeline(effect_before_cause));
  EXPECT_EQ(result.verdict, Verdict::valid);
  EXPECT_EQ(result.reason,
            "the strongest that holds: pram; ruled out: causal and writes-follow-reads");
  EXPECT_EQ(text_of(result, "consistency"), "pram");
  EXPECT_EQ(text_of(result, "causal"), "ruled out");
  ASSERT_EQ(result.findings.size(), 2u);
  EXPECT_EQ(result.findings[0].property, "causal");
}

TEST(Strongest, NamesBothWhereNeitherContainsTheOther) {
  const CheckResult result = check("strongest", timeline(went_back));
  EXPECT_EQ(text_of(result, "consistency"), "causal");
  EXPECT_EQ(text_of(check("strongest", timeline(own_write_missed)), "consistency"),
            "writes-follow-reads and monotonic-writes");
}

TEST(Strongest, IsLinearizableWhereThatHolds) {
  const CheckResult result =
      check("strongest", testing::long_history({.operations = 2'000, .cas = 0.1}));
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
  EXPECT_EQ(text_of(result, "consistency"), "linearizable");
  EXPECT_EQ(text_of(result, "stale by writes, at least"), "0");
  EXPECT_EQ(text_of(result, "stale by milliseconds"), "0");
  EXPECT_TRUE(result.findings.empty());
}

TEST(Strongest, MeasuresStaleness) {
  const CheckResult result = check("strongest", timeline(R"(
x: p1 write 1 [0 1] ok
x: p1 write 2 [2 3] ok
x: p1 write 3 [4 5] ok
x: p2 read -> 1 [8 9] ok
)"));
  EXPECT_EQ(text_of(result, "consistency"), "sequential");
  EXPECT_EQ(text_of(result, "stale by writes, at least"), "2");
  // The second write had an answer at 30 ms, the read began at 80 ms.
  EXPECT_EQ(text_of(result, "stale by milliseconds"), "50");
}

TEST(Strongest, CopesWithRefusedCasThatDoNotTell) {
  base::Rng rng(20'240'705);
  const History history = testing::weak_history({.delivery = testing::Delivery::log,
                                                 .operations = 3'000,
                                                 .clients = 5,
                                                 .keys = 4,
                                                 .cas = 0.3,
                                                 .unknown_outcomes = 0.005,
                                                 .telling = 0},
                                                rng);
  const CheckResult result = check("strongest", history);
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
  EXPECT_EQ(text_of(result, "consistency"), "sequential") << result.reason;
  EXPECT_EQ(check("sequential", history).verdict, Verdict::valid);
}

TEST(Strongest, IsUnknownForOtherObjects) {
  for (const SequentialObject* object : objects()) {
    if (object->name() == "register" || object->name() == "key-value") continue;
    EXPECT_EQ(check("strongest", timeline(stale_read), std::string(object->name())).verdict,
              Verdict::unknown);
  }
}

/// What a store promises, its histories hold.
TEST(Strongest, AgreesWithHowTheStoreWasMade) {
  using testing::Delivery;
  const std::map<Delivery, Model> promised{{Delivery::single_copy, Model::linearizable},
                                           {Delivery::log, Model::sequential},
                                           {Delivery::causal, Model::causal_memory},
                                           {Delivery::fifo, Model::pram},
                                           {Delivery::any, Model::read_your_writes}};
  for (const auto& [delivery, model] : promised) {
    base::Rng rng(20'240'703);
    const History history = testing::weak_history({.delivery = delivery,
                                                   .operations = 3'000,
                                                   .clients = 5,
                                                   .keys = 4,
                                                   .cas = 0.05,
                                                   .unknown_outcomes = 0.005},
                                                  rng);
    const CheckResult result = check("strongest", history);
    EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
    EXPECT_THAT(text_of(result, "consistency"), HasSubstr(type_of(model).name)) << result.reason;
    for (const model::Finding& finding : result.findings)
      EXPECT_LE(finding.witness.size(), 10u) << finding.sentence;
  }
}

// ---- convergence

History with_final_reads(const std::string& before, const std::string& after) {
  History history = timeline(before + after);
  history.notes.push_back({50, {}, {"final-reads"}});
  return history;
}

TEST(Convergence, HoldsWhenFinalReadsAgree) {
  EXPECT_EQ(check("convergent", with_final_reads("x: p1 write 1 [0 1] ok\n"
                                                 "x: p2 read -> nil [2 3] ok\n",
                                                 "x: p3 read -> 1 [60 61] ok\n"
                                                 "x: p4 read -> 1 [62 63] ok\n"))
                .verdict,
            Verdict::valid);
}

TEST(Convergence, FindsReplicasThatDiverged) {
  const CheckResult result =
      check("convergent", with_final_reads("x: p1 write 1 [0 1] ok\nx: p2 write 2 [2 3] ok\n",
                                           "x: p3 read -> 1 [60 61] ok\n"
                                           "x: p4 read -> 2 [62 63] ok\n"));
  EXPECT_EQ(result.verdict, Verdict::invalid);
  EXPECT_EQ(result.findings.at(0).anomaly, "replicas diverged");
}

TEST(Convergence, FindsALostWrite) {
  const CheckResult result =
      check("convergent", with_final_reads("x: p1 write 1 [0 1] ok\n",
                                           "x: p3 read -> nil [60 61] ok\n"
                                           "x: p4 read -> nil [62 63] ok\n"));
  EXPECT_EQ(result.verdict, Verdict::invalid);
  EXPECT_EQ(result.findings.at(0).anomaly, "lost write");
}

TEST(Convergence, FindsALostWriteThoughAnotherWasGoingOn) {
  const CheckResult result = check(
      "convergent", with_final_reads("x: p1 write 1 [0 1] ok\n",
                                     "x: p2 write 2 [49 90] ok\nx: p3 read -> nil [60 61] ok\n"
                                     "x: p4 read -> nil [62 63] ok\n"));
  EXPECT_EQ(result.verdict, Verdict::invalid) << result.reason;
  EXPECT_EQ(result.findings.at(0).anomaly, "lost write");
}

TEST(Convergence, DoesNotTakeWhatNobodyWroteForTheInitialValue) {
  const CheckResult result = check("convergent", with_final_reads("x: p1 write 1 [0 1] ok\n",
                                                                  "x: p3 read -> 7 [60 61] ok\n"
                                                                  "x: p4 read -> 7 [62 63] ok\n"));
  EXPECT_EQ(result.verdict, Verdict::invalid) << result.reason;
  EXPECT_EQ(result.findings.at(0).anomaly, "read of a value never written");
}

TEST(Convergence, DoesNotBlameAWriteThatMayHaveArrivedLate) {
  EXPECT_EQ(
      check("convergent", with_final_reads("x: p1 write 1 [0 1] ok\nx: p2 write 2 [2 -] info\n",
                                           "x: p3 read -> 1 [60 61] ok\n"
                                           "x: p4 read -> 2 [62 63] ok\n"))
          .verdict,
      Verdict::unknown);
}

TEST(Convergence, IsVacuousWithoutFinalReads) {
  EXPECT_EQ(check("convergent", timeline(stale_read)).verdict, Verdict::vacuous);
}

}  // namespace
}  // namespace eris::checkers::weak
