// The sweeps on long histories, and how the checker goes about objects with parts.
#include <algorithm>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "checkers/linearizability/linearizability.hpp"
#include "checkers/linearizability/sweeps/nesting.hpp"
#include "checkers/linearizability/sweeps/sweep.hpp"
#include "checkers/objects/nondeterministic.hpp"
#include "checkers/testing/long_objects.hpp"
#include "checkers/testing/timeline.hpp"

namespace eris::checkers::linearizability {
namespace {

using model::CheckResult;
using model::Value;
using model::Verdict;
using ::testing::HasSubstr;
using testing::long_object_history;
using testing::LongObjectOptions;
namespace function = model::function;

std::int64_t statistic(const CheckResult& result, std::string_view name) {
  return model::find(result.statistics, name)->integer();
}

class Sweeps : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] CheckResult check(const LongObjectOptions& options) const {
    CheckContext context;
    // Enough for a sweep; a search would go on and on.
    context.out_of_time = [left = 1000]() mutable { return left-- <= 0; };
    return make_linearizability_checker(options.object)
        ->check(long_object_history(options), context);
  }
};

TEST_P(Sweeps, AcceptLongHistoriesOfACorrectObject) {
  for (const double unknown : {0.0, 0.01, 0.05}) {
    const CheckResult result =
        check({.object = GetParam(), .operations = 20'000, .unknown_outcomes = unknown});
    EXPECT_EQ(result.verdict, Verdict::valid) << unknown << " " << result.reason;
    EXPECT_EQ(statistic(result, "keys by sweep"), 1) << unknown;
  }
}

TEST_P(Sweeps, StopInTheMiddleWhenTheTimeIsOver) {
  const model::History history =
      long_object_history({.object = GetParam(), .operations = 20'000, .reads = 4});
  CheckContext context;
  // Time enough to begin the sweep.
  context.out_of_time = [left = 4]() mutable { return left-- <= 0; };
  const CheckResult result = make_linearizability_checker(GetParam())->check(history, context);
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("the time for checking ran out before all of it"));
  EXPECT_EQ(statistic(result, "keys by search"), 0);
}

TEST_P(Sweeps, ProveOneWrongAnswerInALongHistoryByAFewOperations) {
  for (const double place : {0.2, 0.5, 0.8}) {
    const CheckResult result =
        check({.object = GetParam(), .operations = 20'000, .puts = 0.55, .violation_at = place});
    ASSERT_EQ(result.verdict, Verdict::invalid) << place << " " << result.reason;
    EXPECT_EQ(statistic(result, "keys by sweep"), 1);
    EXPECT_LE(result.findings.front().witness.size(), 8u) << result.findings.front().sentence;
    EXPECT_EQ(result.findings.front().property, "linearizable");
    EXPECT_THAT(result.findings.front().sentence, HasSubstr("key \"x\": process "));
  }
}

INSTANTIATE_TEST_SUITE_P(Objects, Sweeps,
                         ::testing::Values("queue", "stack", "priority-queue", "set",
                                           "grow-only-set", "list", "counter", "fetch-and-add",
                                           "mutex", "fenced-lock", "unique-ids"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// ---- who is asked

/// Has the name of another object, and does nothing of what that does.
class Impostor : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "queue"; }
  [[nodiscard]] std::optional<Value> step(const Value& state, const Call&) const override {
    return state;
  }
};

model::History timeline(std::string_view text) {
  auto history = testing::parse_timeline(text);
  EXPECT_TRUE(history.has_value()) << to_text(history.error());
  return *history;
}

TEST(Sweep, LeavesAnObjectOfTheSameNameToTheSearch) {
  const Impostor object;
  const auto history = timeline("p1 dequeue -> 7 [0 1] ok\n");
  EXPECT_EQ(make_linearizability_checker(object)->check(history, {}).verdict, Verdict::valid);
  EXPECT_EQ(make_linearizability_checker("queue")->check(history, {}).verdict, Verdict::invalid);
}

TEST(Sweep, LooksAtEachElementOfASetByItselfWhereSomeDoNotTell) {
  std::string text;
  for (int i = 0; i < 40; ++i)
    text += "p" + std::to_string(i) + " add " + std::to_string(i) + " [0 90] ok\n";
  const auto checker = make_linearizability_checker("set");
  const CheckResult valid =
      checker->check(timeline(text + "p90 contains 7 -> true [91 92] ok\n"), {});
  EXPECT_EQ(valid.verdict, Verdict::valid) << valid.reason;
  EXPECT_EQ(statistic(valid, "keys by sweep"), 0);
  EXPECT_EQ(checker->check(timeline(text + "p90 contains 7 -> false [91 92] ok\n"), {}).verdict,
            Verdict::invalid);
}

// ---- nondeterministic objects

/// A queue that may deliver its oldest element twice.
class AtLeastOnce : public NondeterministicObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "at-least-once"; }
  [[nodiscard]] std::vector<Value> initial_states() const override {
    return {Value(Value::List{})};
  }
  [[nodiscard]] std::vector<Value> steps(const Value& state, const Call& call) const override {
    Value::List elements = copy_of(state.list());
    if (call.function == function::enqueue) {
      elements.push_back(call.argument);
      return {Value(std::move(elements))};
    }
    if (elements.empty() || call.result != elements.front()) return {};
    return {state, Value(Value::List(elements.begin() + 1, elements.end()))};
  }
};

TEST(Powerset, ChecksAnObjectThatMayDoOneOfSeveralThings) {
  const Powerset object(std::make_shared<AtLeastOnce>());
  const auto checker = make_linearizability_checker(object);
  const std::string put = "p1 enqueue 1 [0 1] ok\np1 enqueue 2 [2 3] ok\n";
  const std::string twice = put + "p2 dequeue -> 1 [4 5] ok\np2 dequeue -> 1 [6 7] ok\n";
  EXPECT_EQ(checker->check(timeline(twice), {}).verdict, Verdict::valid);
  const CheckResult back = checker->check(
      timeline(twice + "p2 dequeue -> 2 [8 9] ok\np2 dequeue -> 1 [10 11] ok\n"), {});
  EXPECT_EQ(back.verdict, Verdict::invalid);
}

// ---- nesting

TEST(Nesting, NamesOnlyElementsThatCross) {
  // 0 lies below 1 and 2; 1 and 2 cross.
  const std::vector<Life> lives{{.put_begin = 0, .put_end = 1, .take_begin = 20, .take_end = 21},
                                {.put_begin = 2, .put_end = 3, .take_begin = 6, .take_end = 7},
                                {.put_begin = 4, .put_end = 5, .take_begin = 8, .take_end = 9}};
  const CheckContext context;
  Allowance allowance(context);
  EXPECT_THAT(find_misnested(lives, allowance), ::testing::UnorderedElementsAre(1, 2));
  EXPECT_TRUE(find_misnested(std::vector{lives[0], lives[1]}, allowance).empty());
}

}  // namespace
}  // namespace eris::checkers::linearizability
