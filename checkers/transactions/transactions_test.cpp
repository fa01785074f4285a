#include "checkers/transactions/transactions.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "checkers/testing/timeline.hpp"
#include "checkers/transactions/testing/random_transactions.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::transactions {
namespace {

using model::CheckResult;
using model::Finding;
using model::History;
using model::Value;
using model::Verdict;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

History timeline(std::string_view text) {
  auto history = checkers::testing::parse_timeline(text);
  EXPECT_TRUE(history.has_value()) << to_text(history.error());
  return *history;
}

CheckResult check(const std::string& object, Model promised, std::string_view text) {
  return make_model_checker(promised, object)->check(timeline(text), {});
}

std::string text_of(const CheckResult& result, std::string_view statistic) {
  const Value* value = model::find(result.statistics, statistic);
  return value == nullptr ? "" : value->is_text() ? std::string(value->text()) : to_text(*value);
}

// ---- golden histories

std::vector<checkers::testing::Golden> goldens(const std::string& file) {
  std::ifstream stream(std::string(ERIS_SOURCE_DIR) + "/checkers/transactions/testdata/" + file);
  EXPECT_TRUE(stream.good()) << file;
  std::stringstream text;
  text << stream.rdbuf();
  auto found = checkers::testing::parse_goldens(text.str());
  EXPECT_TRUE(found.has_value());
  EXPECT_FALSE(found->empty());
  return *found;
}

void expect_golden(const checkers::testing::Golden& golden) {
  SCOPED_TRACE(golden.name);
  const auto words = base::split(golden.object, ' ');
  const CheckResult result = check(words[0], *find_model(words[1]), golden.timeline);
  EXPECT_EQ(to_text(result.verdict), golden.verdict) << result.reason;
  std::string names;
  for (const Finding& finding : result.findings) {
    names += (names.empty() ? "" : ", ") + finding.anomaly;
    EXPECT_FALSE(finding.witness.empty()) << finding.sentence;
    EXPECT_FALSE(finding.sentence.empty());
    EXPECT_EQ(finding.property, words[1]);
    EXPECT_TRUE(std::ranges::is_sorted(finding.witness, {}, &model::WitnessStep::operation));
  }
  EXPECT_EQ(names, golden.anomaly);
  if (!golden.sentence.empty() && !result.findings.empty()) {
    EXPECT_EQ(result.findings.front().sentence, golden.sentence);
  }
}

TEST(Transactions, JudgesGoldenListHistories) {
  for (const auto& golden : goldens("list_append.golden")) expect_golden(golden);
}

TEST(Transactions, JudgesGoldenRegisterHistories) {
  for (const auto& golden : goldens("rw_register.golden")) expect_golden(golden);
}

// ---- what the result says

const char* const write_skew =
    "p1 txn [[r x nil] [append y 1]] -> [[r x nil] [append y 1]] [0 9] ok\n"
    "p2 txn [[r y nil] [append x 1]] -> [[r y nil] [append x 1]] [1 8] ok\n"
    "p3 txn [[r x nil] [r y nil]] -> [[r x [1]] [r y [1]]] [10 11] ok\n";

TEST(Transactions, SaysWhatIsRuledOutAndWhatRemains) {
  const CheckResult result = check("list-append", Model::serializable, write_skew);
  EXPECT_EQ(text_of(result, "ruled out"), "repeatable-read");
  EXPECT_EQ(text_of(result, "strongest that remain"), "strong-snapshot-isolation");
  EXPECT_THAT(result.reason, HasSubstr("not serializable: G2-item"));
  EXPECT_EQ(text_of(check("list-append", Model::read_committed, write_skew), "ruled out"),
            "repeatable-read");
}

TEST(Transactions, TellsACycleEdgeByEdge) {
  const CheckResult result = check("list-append", Model::serializable, write_skew);
  const Finding& finding = result.findings.front();
  EXPECT_EQ(finding.witness.size(), 2u);
  EXPECT_THAT(finding.explanation,
              ElementsAre(HasSubstr("G2-item"), HasSubstr("T1 is process 1's transaction"),
                          HasSubstr("T2 is process 2's transaction"), HasSubstr("→ T"),
                          HasSubstr("(rw): T"), HasSubstr("rules out repeatable-read")));
}

TEST(Transactions, IsVacuousWhenNothingSucceeded) {
  for (const char* object : {"list-append", "rw-register"})
    EXPECT_EQ(check(object, Model::serializable, "p1 txn [[r x nil]] [0 1] fail\n").verdict,
              Verdict::vacuous);
}

TEST(Transactions, IsUnknownWhereReadsDoNotTellWhatTheySaw) {
  const CheckResult lists = check("list-append", Model::serializable,
                                  "p1 txn [[append x 1]] -> [[append x 1]] [0 1] ok\n"
                                  "p1 txn [[append x 1]] -> [[append x 1]] [2 3] ok\n");
  EXPECT_EQ(lists.verdict, Verdict::unknown);
  EXPECT_THAT(lists.reason, HasSubstr("twice"));
  EXPECT_EQ(check("rw-register", Model::serializable,
                  "p1 txn [[w x 1]] -> [[w x 1]] [0 1] ok\n"
                  "p1 txn [[w x 1]] -> [[w x 1]] [2 3] ok\n")
                .verdict,
            Verdict::unknown);
}

TEST(Transactions, IsUnknownForWhatIsNoTransaction) {
  EXPECT_EQ(check("list-append", Model::serializable, "p1 write 1 [0 1] ok\n").verdict,
            Verdict::unknown);
  const CheckResult other =
      check("list-append", Model::serializable, "p1 txn [[w x 1]] -> [[w x 1]] [0 1] ok\n");
  EXPECT_EQ(other.verdict, Verdict::unknown);
  EXPECT_THAT(other.reason, HasSubstr("'w'"));
}

TEST(Transactions, AFailedAppendMayBeTriedAgain) {
  EXPECT_EQ(check("list-append", Model::serializable,
                  "p1 txn [[append x 1]] [0 1] fail\n"
                  "p1 txn [[append x 1]] -> [[append x 1]] [2 3] ok\n"
                  "p2 txn [[r x nil]] -> [[r x [1]]] [4 5] ok\n")
                .verdict,
            Verdict::valid);
}

TEST(Transactions, NamesAStaleReadInALongHistory) {
  base::Rng rng(7);
  const History history = testing::random_transactions({.transactions = 20'000,
                                                        .clients = 10,
                                                        .keys = 10,
                                                        .length_max = 4,
                                                        .keys_rotate_after = 32,
                                                        .stale_read_at = 0.5},
                                                       rng);
  const CheckResult result =
      make_model_checker(Model::strict_serializable, "list-append")->check(history, {});
  ASSERT_EQ(result.findings.size(), 1u) << result.reason;
  EXPECT_EQ(result.findings.front().anomaly, "G-single-realtime");
  EXPECT_EQ(result.findings.front().witness.size(), 2u);
}

TEST(Transactions, DoesNotCallValidWhatItHadNoTimeFor) {
  CheckContext context;
  context.out_of_time = [] { return true; };
  const CheckResult result =
      make_model_checker(Model::serializable, "list-append")->check(timeline(write_skew), context);
  EXPECT_EQ(result.verdict, Verdict::unknown);
}

History many_transactions(Flavour flavour, testing::Isolation isolation) {
  base::Rng rng(7);
  return testing::random_transactions({.flavour = flavour,
                                       .isolation = isolation,
                                       .transactions = 1500,
                                       .clients = 10,
                                       .keys = 20,
                                       .unknown_outcomes = 0.01,
                                       .keys_rotate_after = 50},
                                      rng);
}

/// However soon time runs out, the verdict is the right one or none, and says what is missing.
void expect_right_or_unknown(const std::string& object, Model promised, const History& history) {
  const auto owned = make_model_checker(promised, object);
  const Checker& checker = *owned;
  const Verdict right = checker.check(history, {}).verdict;
  std::size_t unknown = 0;
  for (int questions = 0; questions < 4000; questions += 1 + questions / 8) {
    CheckContext context;
    context.out_of_time = [left = questions]() mutable { return left-- <= 0; };
    const CheckResult result = checker.check(history, context);
    if (result.verdict == right) break;
    ++unknown;
    ASSERT_EQ(result.verdict, Verdict::unknown) << questions;
    EXPECT_THAT(result.reason, HasSubstr("the time for checking ran out"));
    EXPECT_THAT(result.reason, HasSubstr("1,500 transactions"));
    EXPECT_THAT(result.reason,
                AnyOf(HasSubstr("is proven"), HasSubstr("strict-serializable by themselves")));
    if (questions == 0) continue;
    EXPECT_THAT(result.reason, HasSubstr("for a shorter time"));
  }
  EXPECT_GT(unknown, 3u) << "it asks while it works";
  EXPECT_LT(unknown, 50u) << "in the end there was time enough";
}

TEST(Transactions, SaysWhatIsMissingWhereverTimeRunsOut) {
  for (const auto isolation : {testing::Isolation::serial, testing::Isolation::snapshot}) {
    expect_right_or_unknown("list-append", Model::strict_serializable,
                            many_transactions(Flavour::list_append, isolation));
  }
}

TEST(Transactions, SaysHowLargeTheHistoryIsWhenMemoryRunsOut) {
  const History history = many_transactions(Flavour::list_append, testing::Isolation::serial);
  const auto checker = make_model_checker(Model::strict_serializable, "list-append");
  CheckContext context;
  std::vector<std::string> reasons;
  for (context.memory_budget_bytes = 1024; context.memory_budget_bytes < (1u << 26);
       context.memory_budget_bytes *= 2) {
    const CheckResult result = checker->check(history, context);
    if (result.verdict == Verdict::valid) break;
    ASSERT_EQ(result.verdict, Verdict::unknown) << result.reason;
    reasons.push_back(result.reason);
  }
  ASSERT_GT(reasons.size(), 3u);
  EXPECT_THAT(reasons.back(), HasSubstr("the memory for checking ran out while"));
  EXPECT_THAT(reasons.back(), HasSubstr("at most 10 open at once"));
  EXPECT_THAT(reasons.back(), HasSubstr("unknown outcomes"));
  EXPECT_THAT(reasons.back(), HasSubstr("give it more memory"));
  EXPECT_THAT(reasons.front(), HasSubstr("no part of it is proven"));
  EXPECT_THAT(reasons.back(), HasSubstr("are strict-serializable by themselves"));
}

// ---- bank

TEST(Bank, AcceptsAConstantTotal) {
  EXPECT_EQ(check("bank", Model::snapshot_isolation,
                  "p1 read -> [[a 5] [b 5]] [0 1] ok\np2 transfer [a b 3] [2 3] ok\n"
                  "p1 read -> [[a 2] [b 8]] [4 5] ok\n")
                .verdict,
            Verdict::valid);
}

TEST(Bank, FindsAWrongTotalAndTheTransferBehindIt) {
  const CheckResult result =
      check("bank", Model::serializable,
            "p1 read -> [[a 5] [b 5]] [0 1] ok\np1 read -> [[a 5] [b 5]] [2 3] ok\n"
            "p2 transfer [a b 3] [4 9] ok\np1 read -> [[a 2] [b 5]] [5 6] ok\n");
  ASSERT_EQ(result.verdict, Verdict::invalid);
  EXPECT_EQ(result.findings.front().anomaly, "wrong total");
  EXPECT_EQ(result.findings.front().witness.size(), 3u);
}

TEST(Bank, FindsAMissingAccount) {
  const CheckResult result = check("bank", Model::serializable,
                                   "p1 read -> [[a 5] [b 5]] [0 1] ok\n"
                                   "p1 read -> [[a 5] [b 5]] [2 3] ok\n"
                                   "p1 read -> [[a 10]] [4 5] ok\n");
  ASSERT_EQ(result.verdict, Verdict::invalid);
  EXPECT_EQ(result.findings.front().anomaly, "missing account");
}

TEST(Bank, StopsInTheMiddleWhenTheTimeIsOver) {
  History history;
  history.keys.emplace_back();
  const Value accounts(Value::List{Value(Value::List{Value("a"), Value(5)})});
  for (int i = 0; i < 5'000; ++i)
    history.operations.push_back({.process = base::ProcessId(0),
                                  .function = model::function::read,
                                  .result = accounts,
                                  .invoked = static_cast<model::EventIndex>(2 * i),
                                  .completed = static_cast<model::EventIndex>(2 * i + 1),
                                  .status = model::Status::ok});
  for (const int questions : {0, 3, 10}) {
    CheckContext context;
    context.out_of_time = [left = questions]() mutable { return left-- <= 0; };
    const auto bank = make_model_checker(Model::serializable, "bank");
    const CheckResult result = check_guarded(*bank, history, context);
    EXPECT_EQ(result.verdict, Verdict::unknown) << questions;
    EXPECT_THAT(result.reason, HasSubstr("the time for checking ran out"));
  }
  EXPECT_EQ(check_guarded(*make_model_checker(Model::serializable, "bank"), history, {}).verdict,
            Verdict::valid);
}

TEST(Bank, IsNotForModelsThatAllowReadSkew) {
  EXPECT_EQ(make_model_checker(Model::read_committed, "bank"), nullptr);
  EXPECT_EQ(check("bank", Model::serializable, "p2 transfer [a b 3] [4 9] ok\n").verdict,
            Verdict::vacuous);
}

// ---- long fork

TEST(LongFork, FindsTwoReadersThatDisagree) {
  const CheckResult result =
      check("long-fork", Model::snapshot_isolation,
            "p1 txn [[w x 1]] -> [[w x 1]] [0 9] ok\n"
            "p2 txn [[w y 1]] -> [[w y 1]] [0 9] ok\n"
            "p3 txn [[r x nil] [r y nil]] -> [[r x 1] [r y nil]] [1 8] ok\n"
            "p4 txn [[r y nil] [r x nil]] -> [[r y 1] [r x nil]] [1 8] ok\n");
  ASSERT_EQ(result.verdict, Verdict::invalid);
  EXPECT_EQ(result.findings.front().anomaly, "long fork");
  EXPECT_EQ(result.findings.front().witness.size(), 4u);
}

TEST(LongFork, AcceptsReadersThatAgree) {
  EXPECT_EQ(check("long-fork", Model::snapshot_isolation,
                  "p1 txn [[w x 1]] -> [[w x 1]] [0 9] ok\n"
                  "p2 txn [[w y 1]] -> [[w y 1]] [0 9] ok\n"
                  "p3 txn [[r x nil] [r y nil]] -> [[r x 1] [r y nil]] [1 8] ok\n"
                  "p4 txn [[r y nil] [r x nil]] -> [[r y 1] [r x 1]] [1 8] ok\n")
                .verdict,
            Verdict::valid);
  EXPECT_EQ(make_model_checker(Model::parallel_snapshot_isolation, "long-fork"), nullptr);
}

}  // namespace
}  // namespace eris::checkers::transactions
