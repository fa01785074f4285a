#include "checkers/linearizability/linearizability.hpp"

#include <fstream>
#include <new>
#include <sstream>
#include <stdexcept>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "checkers/registry.hpp"
#include "checkers/testing/long_history.hpp"
#include "checkers/testing/long_objects.hpp"
#include "checkers/testing/timeline.hpp"

namespace eris::checkers::linearizability {
namespace {

using model::CheckResult;
using model::History;
using model::Value;
using model::Verdict;
using ::testing::HasSubstr;
using testing::long_history;
using testing::LongHistoryOptions;

CheckResult check(const History& history, const std::string& object = "register",
                  const CheckContext& context = {}) {
  return make_linearizability_checker(object)->check(history, context);
}

History timeline(std::string_view text) {
  auto history = testing::parse_timeline(text);
  EXPECT_TRUE(history.has_value()) << to_text(history.error());
  return *history;
}

std::int64_t statistic(const CheckResult& result, std::string_view name) {
  const Value* value = model::find(result.statistics, name);
  return value == nullptr ? -1 : value->integer();
}

// ---- golden histories

std::vector<testing::Golden> goldens(const std::string& file) {
  std::ifstream stream(std::string(ERIS_SOURCE_DIR) + "/checkers/linearizability/testdata/" + file);
  EXPECT_TRUE(stream.good()) << file;
  std::stringstream text;
  text << stream.rdbuf();
  auto found = testing::parse_goldens(text.str());
  EXPECT_TRUE(found.has_value());
  EXPECT_FALSE(found->empty());
  return *found;
}

void expect_golden(const testing::Golden& golden) {
  SCOPED_TRACE(golden.name);
  const CheckResult result = check(timeline(golden.timeline), golden.object);
  EXPECT_EQ(to_text(result.verdict), golden.verdict) << result.reason;
  if (golden.verdict != "invalid" || result.findings.empty()) return;
  const model::Finding& finding = result.findings.front();
  EXPECT_EQ(finding.anomaly, golden.anomaly) << finding.sentence;
  EXPECT_EQ(finding.witness.size(), golden.witness) << finding.sentence;
  EXPECT_THAT(finding.sentence, HasSubstr("key \"x\""));
  if (!golden.sentence.empty()) {
    EXPECT_EQ(finding.sentence, golden.sentence);
  }
}

TEST(Linearizability, JudgesGoldenRegisterHistories) {
  for (const testing::Golden& golden : goldens("register.golden")) expect_golden(golden);
}

TEST(Linearizability, JudgesGoldenKeyValueHistories) {
  for (const testing::Golden& golden : goldens("key_value.golden")) expect_golden(golden);
}

TEST(Linearizability, JudgesGoldenHistoriesOfOtherObjects) {
  for (const testing::Golden& golden : goldens("objects.golden")) expect_golden(golden);
}

// ---- what the result says

TEST(Linearizability, SaysWhichAlgorithmCheckedHowManyKeys) {
  History history = long_history({.operations = 400, .keys = 3});
  History few = long_history({.operations = 200, .values = 3});
  for (model::Operation& operation : few.operations) {
    operation.key = 3;
    history.operations.push_back(operation);
  }
  history.keys.emplace_back("few");
  const CheckResult result = check(history);
  EXPECT_EQ(result.verdict, Verdict::valid) << result.reason;
  EXPECT_EQ(statistic(result, "keys"), 4);
  EXPECT_EQ(statistic(result, "keys by zones"), 3);
  EXPECT_EQ(statistic(result, "keys by search"), 1);
}

TEST(Linearizability, IsVacuousWhenNothingSucceeded) {
  EXPECT_EQ(check(timeline("p1 write 1 [0 1] fail refused\np2 read [2 -] info\n")).verdict,
            Verdict::vacuous);
  EXPECT_EQ(check(History{}).verdict, Verdict::vacuous);
}

TEST(Linearizability, IsUnknownForAnOperationThatTheObjectDoesNotHave) {
  const CheckResult result = check(timeline("p1 append 1 [0 1] ok\np2 read -> 1 [2 3] ok\n"));
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("append"));
}

TEST(Linearizability, IsUnknownForACasWithoutTwoValues) {
  const CheckResult result = check(timeline("p1 cas 1 [0 1] ok\n"));
  EXPECT_EQ(result.verdict, Verdict::unknown);
}

TEST(Linearizability, ReportsOneFindingForEachKeyThatIsWrong) {
  History history = timeline("p1 write 1 [0 1] ok\np2 read -> nil [2 3] ok\n");
  const std::size_t count = history.operations.size();
  history.keys.emplace_back("y");
  for (std::size_t i = 0; i < count; ++i) {
    history.operations.push_back(history.operations[i]);
    history.operations.back().key = 1;
  }
  const CheckResult result = check(history);
  ASSERT_EQ(result.findings.size(), 2u);
  EXPECT_EQ(result.findings[0].key, Value("x"));
  EXPECT_EQ(result.findings[1].key, Value("y"));
}

TEST(Linearizability, FindsTheStaleReadInALongHistoryWithAFewOperations) {
  for (const double unknown : {0.0, 0.02}) {
    const CheckResult result = check(long_history({.operations = 20'000,
                                                   .clients = 20,
                                                   .cas = 0.1,
                                                   .unknown_outcomes = unknown,
                                                   .violation_at = 0.9}));
    ASSERT_EQ(result.verdict, Verdict::invalid);
    EXPECT_LE(result.findings.front().witness.size(), 6u);
    EXPECT_GT(result.findings.front().searched_operations, 10'000u);
  }
}

// ---- budgets

CheckContext out_of_time_after(int questions) {
  CheckContext context;
  context.out_of_time = [left = questions]() mutable { return left-- <= 0; };
  return context;
}

LongHistoryOptions hard() {
  return {.operations = 5'000, .clients = 30, .values = 4, .cas = 0.3, .unknown_outcomes = 0.05};
}

TEST(Linearizability, SaysWhatBlockedWhenTimeRunsOut) {
  const CheckResult result = check(long_history(hard()), "register", out_of_time_after(5));
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("key 0"));
  EXPECT_THAT(result.reason, HasSubstr("time for checking ran out"));
  EXPECT_THAT(result.reason, HasSubstr("unknown outcome"));
  EXPECT_THAT(result.reason, HasSubstr("of the key's completed operations, answered before"));
  EXPECT_THAT(result.reason, HasSubstr("more keys"));
}

/// What was known by an event: whatever had no answer by then is open.
History known_before(const History& history, model::EventIndex end) {
  History known = history;
  std::erase_if(known.operations, [&](const auto& operation) { return operation.invoked >= end; });
  for (model::Operation& operation : known.operations)
    if (operation.completed >= end) {
      operation.status = model::Status::info;
      operation.completed = model::never;
      operation.result = {};
    }
  return known;
}

TEST(Linearizability, TellsHowFarAllKeysAreProvenWhenSomeStayOpen) {
  LongHistoryOptions options = hard();
  options.keys = 3;
  const History history = long_history(options);
  const std::string words = "what was answered before event ";
  std::size_t told = 0;
  for (int questions = 10; questions < 60; ++questions) {
    const CheckResult result = check(history, "register", out_of_time_after(questions));
    if (result.verdict == Verdict::valid) break;
    ASSERT_EQ(result.verdict, Verdict::unknown);
    EXPECT_THAT(result.reason, HasSubstr("of 3 keys undecided"));
    const std::size_t place = result.reason.find(words);
    if (place == std::string::npos) continue;
    ++told;
    const model::EventIndex end = std::stoull(result.reason.substr(place + words.size()));
    EXPECT_EQ(check(known_before(history, end)).verdict, Verdict::valid) << result.reason;
  }
  EXPECT_GT(told, 0u);
}

TEST(Linearizability, SaysHowLargeAKeyIsThatItCouldNotLookAtInTime) {
  const History history =
      testing::long_object_history({.operations = 500, .clients = 7, .unknown_outcomes = 0.05});
  for (int questions : {0, 1}) {
    const CheckResult result = check(history, "queue", out_of_time_after(questions));
    EXPECT_EQ(result.verdict, Verdict::unknown);
    EXPECT_THAT(result.reason, HasSubstr("time for checking ran out"));
    EXPECT_THAT(result.reason, HasSubstr("500 operations, at most 7 open at once"));
    EXPECT_THAT(result.reason, HasSubstr("unknown outcomes"));
    EXPECT_THAT(result.reason, HasSubstr("none of it is proven"));
    EXPECT_THAT(result.reason, HasSubstr("use more keys"));
  }
}

TEST(Linearizability, HonoursTheMemoryBudgetInZonesAndSweepsToo) {
  CheckContext context;
  context.memory_budget_bytes = 1024;
  for (const std::string object : {"register", "queue"}) {
    const History history = object == "queue" ? testing::long_object_history({.operations = 500})
                                              : long_history({.operations = 500});
    const CheckResult result = check(history, object, context);
    EXPECT_EQ(result.verdict, Verdict::unknown) << object;
    EXPECT_THAT(result.reason, HasSubstr("memory for checking ran out"));
    EXPECT_THAT(result.reason, HasSubstr("give it more memory"));
  }
}

TEST(Linearizability, DoesNotCallAKeyValidThatItHadNoTimeFor) {
  const CheckResult result =
      check(long_history({.operations = 100}), "register", out_of_time_after(0));
  EXPECT_EQ(result.verdict, Verdict::unknown);
}

TEST(Linearizability, IsUnknownWhenMemoryRunsOut) {
  CheckContext context;
  context.memory_budget_bytes = 1;
  const CheckResult result = check(long_history(hard()), "register", context);
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("memory"));
}

TEST(Linearizability, SearchesALongerHistoryInNoMoreMemory) {
  const auto bytes = [](std::size_t operations) {
    const CheckResult result = check(long_history(
        {.operations = operations, .clients = 25, .values = 5, .reads = 0.4, .cas = 0.3}));
    EXPECT_EQ(result.verdict, Verdict::valid);
    return statistic(result, "search bytes of a key");
  };
  EXPECT_LT(bytes(160'000), 2 * bytes(20'000));
}

TEST(Linearizability, GoesOnBeyondThePlacesThatTheSearchForgets) {
  LongHistoryOptions options{.operations = 40'000,
                             .clients = 10,
                             .values = 5,
                             .reads = 0.4,
                             .cas = 0.3,
                             .unknown_outcomes = 0.01};
  EXPECT_EQ(check(long_history(options)).verdict, Verdict::valid);
  options.violation_at = 0.95;
  options.violation_of_a_rare_value = true;
  EXPECT_EQ(check(long_history(options)).verdict, Verdict::invalid);
}

TEST(Linearizability, SharesTheMemoryAmongKeysThatAreLookedAtTogether) {
  CheckContext context;
  context.memory_budget_bytes = 1000;
  EXPECT_EQ(share_of(context, 5).memory_budget_bytes, 1000u) << "one thread";
  context.threads = 2;
  EXPECT_EQ(share_of(context, 5).memory_budget_bytes, 500u);
  EXPECT_EQ(share_of(context, 1).memory_budget_bytes, 1000u) << "nobody else needs it";
  EXPECT_EQ(share_of(context, 0).memory_budget_bytes, 1000u);
}

TEST(Linearizability, LooksAgainAtAKeyForWhichItsShareWasTooLittle) {
  const History history =
      long_history({.operations = 4'000, .clients = 10, .keys = 2, .values = 5});
  CheckContext context;
  context.memory_budget_bytes = 1024;
  // As much as one key needs, within a factor of two.
  while (check(history, "register", context).verdict == Verdict::unknown)
    context.memory_budget_bytes *= 2;
  std::size_t bodies = 0;
  context.threads = 2;
  context.parallel_for = [&](std::size_t count, const std::function<void(std::size_t)>& body) {
    for (std::size_t i = 0; i < count; ++i, ++bodies) body(i);
  };
  EXPECT_EQ(check(history, "register", context).verdict, Verdict::valid);
  EXPECT_EQ(bodies, 2u);
  context.memory_budget_bytes /= 4;
  const CheckResult result = check(history, "register", context);
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("memory for checking ran out"));
}

TEST(Linearizability, IsUnknownWhenTooManyOperationsAreOpenAtOnce) {
  std::string text;
  for (int i = 0; i < 1100; ++i) text += "p" + std::to_string(i) + " write 1 [0 9] ok\n";
  const CheckResult result = check(timeline(text));
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("open at once"));
}

TEST(Linearizability, ManyOperationsMayBeOpenAtOnce) {
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += "p" + std::to_string(i) + " write " + std::to_string(i % 2) + " [0 9] ok\n";
  EXPECT_EQ(check(timeline(text + "p900 read -> 1 [10 11] ok\n")).verdict, Verdict::valid);
  EXPECT_EQ(
      check(timeline(text + "p900 read -> 1 [10 11] ok\np901 read -> 0 [12 13] ok\n")).verdict,
      Verdict::invalid);
}

// ---- objects of one's own

/// A flag that can be raised, and told whether it was raised before.
class Flag : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "flag"; }
  [[nodiscard]] Value initial() const override { return Value(false); }
  [[nodiscard]] std::optional<Value> step(const Value& state, const Call& call) const override {
    if (call.answer == Answer::known && call.result != state) return std::nullopt;
    return Value(true);
  }
};

TEST(Linearizability, ChecksAnObjectThatAUserWrote) {
  const Flag flag;
  const auto checker = make_linearizability_checker(flag);
  const auto history = [](const char* second) {
    History made = timeline("p1 raise [0 1] ok\np2 raise [2 3] ok\n");
    made.operations[0].result = Value(false);
    made.operations[1].result = Value(std::string_view(second) == "true");
    return made;
  };
  EXPECT_EQ(checker->check(history("true"), {}).verdict, Verdict::valid);
  const CheckResult twice = checker->check(history("false"), {});
  EXPECT_EQ(twice.verdict, Verdict::invalid);
  EXPECT_EQ(twice.findings.front().witness.size(), 2u);
}

// ---- around the checker

class Throwing : public Checker {
 public:
  explicit Throwing(bool memory) : memory_(memory) {}
  [[nodiscard]] std::string name() const override { return "throwing"; }
  [[nodiscard]] CheckResult check(const History&, const CheckContext&) const override {
    if (memory_) throw std::bad_alloc();
    throw std::runtime_error("lost my footing");
  }

 private:
  bool memory_;
};

TEST(CheckGuarded, MakesAThrowingCheckerUnknown) {
  const CheckResult failed = check_guarded(Throwing(false), {}, {});
  EXPECT_EQ(failed.verdict, Verdict::unknown);
  EXPECT_EQ(failed.checker, "throwing");
  EXPECT_THAT(failed.reason, HasSubstr("lost my footing"));
  EXPECT_THAT(check_guarded(Throwing(true), {}, {}).reason, HasSubstr("memory"));
}

TEST(CheckerRegistry, MakesACheckerForEachConsistencyAndObject) {
  for (const ConsistencyType& type : registry()) {
    EXPECT_FALSE(type.objects().empty()) << type.schema.name;
    for (const std::string& object : type.objects())
      EXPECT_TRUE(make_checker(type.schema.name, object).has_value()) << type.schema.name << object;
  }
  for (const SequentialObject* object : objects())
    EXPECT_TRUE(make_checker("linearizable", std::string(object->name())).has_value());
}

TEST(CheckerRegistry, ProposesWhatWasMeant) {
  const auto consistency = make_checker("linearisable", "register");
  ASSERT_FALSE(consistency.has_value());
  EXPECT_THAT(consistency.error().next_step, HasSubstr("linearizable"));
  const auto object = make_checker("linearizable", "registre");
  ASSERT_FALSE(object.has_value());
  EXPECT_THAT(object.error().next_step, HasSubstr("register"));
}

}  // namespace
}  // namespace eris::checkers::linearizability
