#include "checkers/lossless/lossless.hpp"

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "checkers/testing/timeline.hpp"

namespace eris::checkers::lossless {
namespace {

using model::CheckResult;
using model::Value;
using model::Verdict;
using ::testing::HasSubstr;

CheckResult check(const std::string& object, std::string_view timeline) {
  const auto history = checkers::testing::parse_timeline(timeline);
  EXPECT_TRUE(history.has_value()) << to_text(history.error());
  return make_lossless_checker(object)->check(*history, {});
}

std::string anomaly(const CheckResult& result) {
  if (result.findings.empty()) return std::string(to_text(result.verdict));
  EXPECT_EQ(result.verdict, Verdict::invalid);
  EXPECT_FALSE(result.findings.front().witness.empty());
  return result.findings.front().anomaly;
}

std::int64_t statistic(const CheckResult& result, std::string_view name) {
  const Value* value = model::find(result.statistics, name);
  return value == nullptr ? -1 : value->integer();
}

TEST(Lossless, KnowsSetsQueuesAndLogs) {
  for (const std::string& object : objects()) EXPECT_NE(make_lossless_checker(object), nullptr);
  EXPECT_EQ(make_lossless_checker("register"), nullptr);
}

TEST(Lossless, StopsInTheMiddleWhenTheTimeIsOver) {
  for (const std::string& object : objects()) {
    model::History history;
    history.keys.emplace_back("x");
    for (int i = 0; i < 5'000; ++i) {
      const Value sends(Value::List{Value(Value::List{Value("send"), Value("x"), Value(i)})});
      history.operations.push_back({.process = base::ProcessId(0),
                                    .function = object == "set"     ? model::function::add
                                                : object == "queue" ? model::function::enqueue
                                                                    : model::function::transaction,
                                    .argument = object == "log" ? sends : Value(i),
                                    .result = object == "log" ? sends : Value(),
                                    .invoked = static_cast<model::EventIndex>(2 * i),
                                    .completed = static_cast<model::EventIndex>(2 * i + 1),
                                    .status = model::Status::ok});
    }
    for (const int questions : {0, 3}) {
      CheckContext context;
      context.out_of_time = [left = questions]() mutable { return left-- <= 0; };
      const CheckResult result = check_guarded(*make_lossless_checker(object), history, context);
      EXPECT_EQ(result.verdict, Verdict::unknown) << object;
      EXPECT_THAT(result.reason, HasSubstr("the time for checking ran out")) << object;
    }
  }
}

// ---- sets

TEST(SetFull, AcceptsASetThatKeepsWhatWasAdded) {
  const CheckResult result = check("set",
                                   "p1 add 1 [0 1] ok\np2 add 2 [2 -] info\np1 add 3 [3 4] fail\n"
                                   "p3 read -> [1 2] [5 6] ok\n");
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
  EXPECT_EQ(statistic(result, "stable elements"), 2);
}

TEST(SetFull, FindsALostElement) {
  const CheckResult result =
      check("set", "p1 add 1 [0 1] ok\np2 read -> [1] [2 3] ok\np3 read -> [] [7 8] ok\n");
  EXPECT_EQ(anomaly(result), "lost element");
  EXPECT_THAT(result.findings.front().sentence, HasSubstr("60 ms later"));
}

TEST(SetFull, CountsAnElementThatComesBackAsStale) {
  const CheckResult result =
      check("set", "p1 add 1 [0 1] ok\np2 read -> [] [4 5] ok\np3 read -> [1] [7 8] ok\n");
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
  EXPECT_EQ(statistic(result, "stale elements"), 1);
  EXPECT_EQ(statistic(result, "stale at most (ms)"), 30);
}

TEST(SetFull, DoesNotCallLostWhatAReadThatIsStillGoingOnShows) {
  const CheckResult result =
      check("set", "p1 add 1 [0 1] ok\np2 read -> [1] [2 9] ok\np3 read -> [] [3 4] ok\n");
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
}

TEST(SetFull, CountsWhatWasNeverLookedFor) {
  const CheckResult result = check("set", "p2 read -> [] [0 1] ok\np1 add 1 [2 3] ok\n");
  EXPECT_EQ(result.verdict, Verdict::valid);
  EXPECT_EQ(statistic(result, "acknowledged and never looked for"), 1);
  EXPECT_EQ(check("set", "p1 add 1 [2 3] ok\n").verdict, Verdict::vacuous);
}

TEST(SetFull, FindsWhatNobodyAddedAndWhatFailed) {
  EXPECT_EQ(anomaly(check("set", "p1 add 1 [0 1] ok\np2 read -> [1 2] [2 3] ok\n")),
            "read of a value never written");
  EXPECT_EQ(anomaly(check("set", "p1 add 1 [0 1] fail\np2 read -> [1] [2 3] ok\n")),
            "read of a failed write");
  EXPECT_EQ(anomaly(check("set", "p1 add 1 [0 1] ok\np2 read -> [1 1] [2 3] ok\n")),
            "duplicate elements");
}

// ---- queues

TEST(TotalQueue, AcceptsAQueueThatIsDrained) {
  EXPECT_EQ(anomaly(check("queue",
                          "p1 enqueue 1 [0 1] ok\np1 enqueue 2 [2 3] ok\np3 enqueue 3 [3 -] info\n"
                          "p2 dequeue -> 2 [4 5] ok\np2 drain -> [1 3] [6 7] ok\n")),
            "valid");
}

TEST(TotalQueue, FindsALostElementWhenTheQueueWasEmpty) {
  EXPECT_EQ(anomaly(check("queue", "p1 enqueue 1 [0 1] ok\np2 drain -> [] [2 3] ok\n")),
            "lost element");
  EXPECT_EQ(anomaly(check("queue", "p1 enqueue 1 [0 1] ok\np2 dequeue -> nil [2 3] ok\n")),
            "lost element");
}

TEST(TotalQueue, ExcusesAsManyAsUnknownDequeuesMayHaveTaken) {
  const std::string taken = "p1 enqueue 1 [0 1] ok\np2 dequeue [2 -] info\n";
  EXPECT_EQ(anomaly(check("queue", taken + "p3 drain -> [] [4 5] ok\n")), "valid");
  EXPECT_EQ(anomaly(check("queue", taken + "p1 enqueue 2 [2 3] ok\np3 drain -> [] [4 5] ok\n")),
            "lost element");
}

TEST(TotalQueue, DoesNotExcuseByDequeuesThatBeganAfterwards) {
  EXPECT_EQ(anomaly(check("queue",
                          "p1 enqueue 1 [0 1] ok\np2 drain -> [] [2 3] ok\n"
                          "p3 dequeue [4 -] info\n")),
            "lost element");
}

TEST(TotalQueue, TakesItThatOfEqualElementsTheOneThatMustBeGoneWasTaken) {
  EXPECT_EQ(anomaly(check("queue",
                          "p1 enqueue 1 [0 9] ok\np2 enqueue 1 [1 2] ok\n"
                          "p3 dequeue -> 1 [3 4] ok\np3 drain -> [] [5 6] ok\n")),
            "unknown");
}

TEST(TotalQueue, IsUnknownWhereNothingShowsThatTheQueueIsEmpty) {
  const CheckResult result =
      check("queue", "p1 enqueue 1 [0 1] ok\np1 enqueue 2 [2 3] ok\np2 dequeue -> 1 [4 5] ok\n");
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("drain"));
}

TEST(TotalQueue, FindsDuplicatesAndStrangers) {
  const std::string once = "p1 enqueue 1 [0 1] ok\np2 dequeue -> 1 [2 3] ok\n";
  EXPECT_EQ(anomaly(check("queue", once + "p2 dequeue -> 1 [4 5] ok\n")), "duplicate elements");
  EXPECT_EQ(anomaly(check("queue", once + "p2 dequeue -> 2 [4 5] ok\n")),
            "read of a value never written");
  EXPECT_EQ(anomaly(check("queue", "p1 enqueue 1 [0 1] fail\np2 dequeue -> 1 [2 3] ok\n")),
            "read of a failed write");
}

// ---- logs

const char* const three_sent =
    "p1 txn [[send k a]] -> [[send k [0 a]]] [0 1] ok\n"
    "p1 txn [[send k b]] -> [[send k [1 b]]] [2 3] ok\n"
    "p1 txn [[send k c]] -> [[send k [2 c]]] [4 5] ok\n";

TEST(KafkaLog, AcceptsALogThatIsPolledInOrder) {
  EXPECT_EQ(anomaly(check("log", std::string(three_sent) +
                                     "p2 txn [[poll nil nil]] -> [[poll nil [[k [[0 a] [1 b]]]]]] "
                                     "[6 7] ok\n"
                                     "p2 txn [[poll nil nil]] -> [[poll nil [[k [[2 c]]]]]] [8 9] "
                                     "ok\n")),
            "valid");
}

TEST(KafkaLog, FindsALostMessage) {
  const CheckResult result =
      check("log", std::string(three_sent) +
                       "p2 txn [[poll nil nil]] -> [[poll nil [[k [[0 a] [2 c]]]]]] [6 7] ok\n");
  EXPECT_EQ(anomaly(result), "lost element");
  EXPECT_THAT(result.findings.front().sentence, HasSubstr("offset 1"));
}

TEST(KafkaLog, DoesNotMissWhatAnotherConsumerPolled) {
  EXPECT_EQ(anomaly(check("log", std::string(three_sent) +
                                     "p2 txn [[poll nil nil]] -> [[poll nil [[k [[0 a] [2 c]]]]]] "
                                     "[6 7] ok\n"
                                     "p3 txn [[poll nil nil]] -> [[poll nil [[k [[1 b]]]]]] [8 9] "
                                     "ok\n")),
            "valid");
}

TEST(KafkaLog, FindsAnOffsetThatHoldsTwoMessages) {
  EXPECT_EQ(anomaly(check("log", std::string(three_sent) +
                                     "p2 txn [[poll nil nil]] -> [[poll nil [[k [[0 b]]]]]] [6 7] "
                                     "ok\n")),
            "inconsistent offset");
}

TEST(KafkaLog, FindsAMessageAtTwoOffsetsAndStrangers) {
  EXPECT_EQ(anomaly(check("log", std::string(three_sent) +
                                     "p2 txn [[poll nil nil]] -> [[poll nil [[k [[3 c]]]]]] [6 7] "
                                     "ok\n")),
            "duplicate elements");
  EXPECT_EQ(anomaly(check("log", std::string(three_sent) +
                                     "p2 txn [[poll nil nil]] -> [[poll nil [[k [[3 d]]]]]] [6 7] "
                                     "ok\n")),
            "read of a value never written");
  EXPECT_EQ(anomaly(check("log",
                          "p1 txn [[send k d]] [0 1] fail\n"
                          "p2 txn [[poll nil nil]] -> [[poll nil [[k [[3 d]]]]]] [6 7] ok\n")),
            "read of a failed write");
}

TEST(Lossless, IsUnknownForAnOperationThatTheObjectDoesNotHave) {
  EXPECT_EQ(check("set", "p1 write 1 [0 1] ok\n").verdict, Verdict::unknown);
  EXPECT_EQ(check("queue", "p1 write 1 [0 1] ok\n").verdict, Verdict::unknown);
  EXPECT_EQ(check("log", "p1 write 1 [0 1] ok\n").verdict, Verdict::unknown);
  EXPECT_EQ(check("log", "p1 txn [[r k nil]] [0 1] ok\n").verdict, Verdict::unknown);
}

}  // namespace
}  // namespace eris::checkers::lossless
