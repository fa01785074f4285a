// Certificates one by one: what is accepted, what is refused and in which words, and long
// histories.
#include <algorithm>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "checkers/certificates/certificate_json.hpp"
#include "checkers/certificates/verify.hpp"
#include "checkers/linearizability/certify.hpp"
#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/long_history.hpp"
#include "checkers/testing/long_objects.hpp"
#include "checkers/testing/timeline.hpp"
#include "harness/base/rng.hpp"

namespace eris::checkers::certificates {
namespace {

using model::History;
using model::Verdict;
using ::testing::HasSubstr;

History timeline(const char* text) {
  auto history = testing::parse_timeline(text);
  EXPECT_TRUE(history.has_value()) << to_text(history.error());
  return *std::move(history);
}

Certificate certified(const History& history, const std::string& object = "register") {
  const CheckContext context;
  const auto result =
      linearizability::make_linearizability_checker(object)->check(history, context);
  return linearizability::certify(history, *find_object(object), result, context);
}

Certificate claim(const History& history, Verdict verdict,
                  std::vector<model::EventIndex> operations, model::EventIndex until = 0,
                  const char* object = "register") {
  return {.object = object,
          .history = identity_of(history),
          .verdict = verdict,
          .keys = {{.key = model::Value("x"),
                    .verdict = verdict,
                    .operations = std::move(operations),
                    .until = until}}};
}

/// Why a certificate is refused; empty where it is not.
std::string refusal(const History& history, const Certificate& certificate) {
  const Verification said = verify(history, certificate);
  return said.accepted ? std::string() : said.reason;
}

const char* const two_writes =
    "p1 write 1 [0 1] ok\n"
    "p1 write 2 [2 4] ok\n"
    "p2 read -> 1 [3 5] ok\n"
    "p3 write 3 [6 -] info\n"
    "p2 write 9 [7 8] fail refused\n";

TEST(Verify, AcceptsAnOrderThatExplainsEveryAnswer) {
  const History history = timeline(two_writes);
  EXPECT_EQ(refusal(history, claim(history, Verdict::valid, {0, 3, 2})), "");
  EXPECT_EQ(refusal(history, claim(history, Verdict::valid, {0, 3, 2, 6})), "")
      << "what may have happened may stand in it";
}

TEST(Verify, SaysWhatIsWrongWithAnOrder) {
  const History history = timeline(two_writes);
  const auto why = [&](std::vector<model::EventIndex> order) {
    return refusal(history, claim(history, Verdict::valid, std::move(order)));
  };
  EXPECT_EQ(
      why({0, 2, 3}),
      "key \"x\": the read of process 2 at event 3 cannot have had its answer when its turn comes");
  EXPECT_EQ(
      why({2, 0, 3}),
      "key \"x\": the write of process 1 at event 2 stands before the write of process 1 at event "
      "0, which had ended before it began");
  EXPECT_EQ(why({0, 2}), "key \"x\": the read of process 2 at event 3 is missing from the order");
  EXPECT_EQ(why({0, 3, 2, 2}), "key \"x\": the write of process 1 at event 2 stands there twice");
  EXPECT_EQ(
      why({0, 3, 2, 7}),
      "key \"x\": the write of process 2 at event 7 did nothing, so it has no place in an order");
  EXPECT_EQ(why({0, 3, 2, 99}), "key \"x\": no operation on this key began at event 99");
}

const char* const stale_read =
    "p1 write 1 [0 1] ok\n"
    "p1 write 2 [2 3] ok\n"
    "p2 read -> 1 [4 5] ok\n"
    "p2 write 3 [6 7] ok\n";

TEST(Verify, AcceptsAFewOperationsWithoutAnOrder) {
  const History history = timeline(stale_read);
  EXPECT_EQ(refusal(history, claim(history, Verdict::invalid, {0, 2, 4}, 5)), "");
  EXPECT_EQ(refusal(history, claim(history, Verdict::invalid, {2, 4}, 7)), "")
      << "that 1 had been written before 2 is in the history";
}

TEST(Verify, RefusesOperationsThatHaveAnOrder) {
  const History history = timeline(stale_read);
  const auto why = [&](std::vector<model::EventIndex> picks, model::EventIndex until) {
    return refusal(history, claim(history, Verdict::invalid, std::move(picks), until));
  };
  EXPECT_EQ(why({4}, 5), "key \"x\": 1 operation has an order");
  EXPECT_EQ(why({0, 4}, 5), "key \"x\": 2 operations have an order");
  EXPECT_EQ(why({0, 2, 4}, 4), "key \"x\": 3 operations have an order")
      << "by then the read had not been answered";
  EXPECT_EQ(why({}, 7), "key \"x\": 0 operations have an order");
}

TEST(Verify, LeavesOutNoWriteThatSomebodyMayHaveRead) {
  const History history = timeline(
      "p1 write 1 [0 1] ok\n"
      "p1 write 2 [2 3] ok\n"
      "p3 write 1 [4 5] ok\n"
      "p2 read -> 1 [6 7] ok\n");
  EXPECT_NE(refusal(history, claim(history, Verdict::invalid, {0, 2, 6}, 7)), "");
}

TEST(Verify, TakesAnOperationWithoutAnAnswerForOneThatMayCome) {
  const History history = timeline(
      "p1 write 1 [0 -] info\n"
      "p2 write 2 [1 2] ok\n"
      "p2 read -> 1 [3 4] ok\n");
  EXPECT_NE(refusal(history, claim(history, Verdict::invalid, {0, 1, 3}, model::never)), "");
  EXPECT_NE(refusal(history, claim(history, Verdict::invalid, {1, 3}, model::never)), "");
}

TEST(Verify, FollowsAListPastAppendsThatTheProofLeavesOut) {
  const History history = timeline(
      "p1 append 1 [0 1] ok\n"
      "p2 append 2 [2 3] ok\n"
      "p3 append 3 [4 -] info\n"
      "p1 append 4 [5 6] ok\n"
      "p2 read -> [1 2 1 4] [7 8] ok\n");
  const auto why = [&](std::vector<model::EventIndex> picks) {
    return refusal(history, claim(history, Verdict::invalid, std::move(picks), 8, "key-value"));
  };
  EXPECT_EQ(why({0, 7}), "") << "1 is there twice and was appended once, whatever else was";
  EXPECT_EQ(why({2, 7}), "") << "the second 1 would be left out of the time of its append";
  EXPECT_NE(why({7}), "") << "an append that is not followed may have happened again";
}

TEST(Verify, FollowsACountPastIncrementsThatTheProofLeavesOut) {
  const History history = timeline(
      "p1 increment 1 -> 1 [0 1] ok\n"
      "p2 increment 5 [2 -] info\n"
      "p1 increment 1 -> 7 [3 4] ok\n"
      "p3 read -> 6 [5 6] ok\n");
  const auto why = [&](std::vector<model::EventIndex> picks) {
    return refusal(history, claim(history, Verdict::invalid, std::move(picks), 6, "key-value"));
  };
  EXPECT_EQ(why({3, 5}), "") << "it had been 7, whatever was added";
  EXPECT_NE(why({0, 5}), "");
  EXPECT_NE(why({5}), "");
}

TEST(Verify, KnowsWhichHistoryACertificateIsAbout) {
  const History history = timeline(stale_read);
  const Certificate certificate = certified(history);
  const History other = timeline(two_writes);
  EXPECT_THAT(refusal(other, certificate),
              HasSubstr("it is about another history, of 4 operations"));
  History changed = history;
  changed.operations[2].result = model::Value(2);
  EXPECT_EQ(refusal(changed, certificate), "it is about another history, of the same length");
}

TEST(Verify, HoldsTheWholeToItsKeys) {
  const History history = timeline(stale_read);
  Certificate certificate = claim(history, Verdict::invalid, {0, 2, 4}, 5);
  certificate.verdict = Verdict::valid;
  EXPECT_EQ(refusal(history, certificate), "it says 'valid', but its keys prove 'invalid'");
  certificate = claim(history, Verdict::valid, {});
  certificate.keys.clear();
  EXPECT_EQ(refusal(history, certificate), "key \"x\": the certificate says nothing of it");
  certificate = claim(history, Verdict::invalid, {0, 2, 4}, 5);
  certificate.keys.push_back(certificate.keys.front());
  EXPECT_EQ(refusal(history, certificate), "key \"x\": the certificate has it twice");
  certificate = claim(history, Verdict::invalid, {0, 2, 4}, 5);
  certificate.object = "teapot";
  EXPECT_EQ(refusal(history, certificate), "this build knows no object 'teapot'");
}

/// The write of 3 may have come before the comparison, so that it alone proves nothing.
TEST(Certificate, OfARefusedComparisonNamesWhoSawTheValueAfterIt) {
  const History history = timeline(
      "p0 cas nil 1 [0 2] fail\n"
      "p1 write 3 [1 -] info\n"
      "p2 read -> nil [3 4] ok\n");
  const Certificate certificate = certified(history);
  EXPECT_EQ(certificate.verdict, Verdict::invalid);
  EXPECT_THAT(certificate.keys.front().operations, ::testing::ElementsAre(0, 3));
  EXPECT_EQ(refusal(history, certificate), "");
  EXPECT_NE(refusal(history, claim(history, Verdict::invalid, {0}, 2)), "");
}

TEST(Certificate, ReadsBackFromItsJson) {
  Certificate certificate = certified(timeline(stale_read));
  certificate.keys.push_back(
      {.key = model::Value("y"), .text = "no time", .log = {"a", "b \"c\""}});
  const auto back = parse_certificate(to_json(certificate));
  ASSERT_TRUE(back.has_value()) << to_text(back.error());
  EXPECT_EQ(*back, certificate);
}

TEST(Certificate, SaysWhatIsWrongWithItsJson) {
  const std::string json = to_json(certified(timeline(stale_read)));
  const auto error = [&](std::string_view from, std::string_view to) {
    std::string changed = json;
    changed.replace(changed.find(from), from.size(), to);
    const auto parsed = parse_certificate(changed);
    return parsed ? std::string() : to_text(parsed.error());
  };
  EXPECT_THAT(error("eris-certificate", "picture"), HasSubstr("this is not a certificate"));
  EXPECT_THAT(error("\"version\":1", "\"version\":2"), HasSubstr("version 2"));
  EXPECT_THAT(error("\"verdict\":\"invalid\"", "\"verdict\":\"vacuous\""), HasSubstr("no verdict"));
  EXPECT_THAT(error("\"until\"", "\"unless\""), HasSubstr("no 'unless'"));
  EXPECT_THAT(error("\"hash\":\"", "\"hash\":\"x"), HasSubstr("hash"));
  EXPECT_NE(error("]}", "]"), "");
}

TEST(Certificate, ASearchedOrderIsWrittenDownToo) {
  for (const double unknown_outcomes : {0.0, 0.02}) {
    const History history = testing::long_history({.operations = 3'000,
                                                   .clients = 10,
                                                   .values = 5,
                                                   .cas = 0.2,
                                                   .unknown_outcomes = unknown_outcomes});
    const Verification said = verify(history, certified(history));
    EXPECT_TRUE(said.accepted) << said.reason;
    EXPECT_EQ(said.proven, Verdict::valid);
  }
}

class LongCertificates : public ::testing::TestWithParam<std::string> {};

TEST_P(LongCertificates, OfACorrectObjectAreOrdersWithoutASearch) {
  const SequentialObject& object = *find_object(GetParam());
  const model::CheckResult valid{.checker = "linearizability", .verdict = Verdict::valid};
  for (const double unknown_outcomes : {0.0, 0.01, 0.05}) {
    const History history = testing::long_object_history({.object = GetParam(),
                                                          .operations = 20'000,
                                                          .puts = 0.52,
                                                          .unknown_outcomes = unknown_outcomes});
    // Enough for a sweep; a search would go on and on.
    const CheckContext context{.out_of_time = [left = 1000]() mutable { return left-- <= 0; }};
    const Certificate certificate = linearizability::certify(history, object, valid, context);
    ASSERT_EQ(certificate.verdict, Verdict::valid)
        << unknown_outcomes << " " << certificate.keys.front().text;
    const Verification said = verify(history, certificate);
    EXPECT_TRUE(said.accepted) << said.reason;
    EXPECT_EQ(said.proven, Verdict::valid);
  }
}

INSTANTIATE_TEST_SUITE_P(Objects, LongCertificates,
                         ::testing::Values("queue", "stack", "priority-queue", "set",
                                           "grow-only-set", "list", "counter", "fetch-and-add",
                                           "mutex", "fenced-lock", "unique-ids"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Certificate, SaysWhyThereIsNoEvidence) {
  const History history =
      testing::long_history({.operations = 3'000, .clients = 10, .values = 5, .cas = 0.2});
  const model::CheckResult valid{.checker = "linearizability", .verdict = Verdict::valid};
  const CheckContext no_time{.out_of_time = [] { return true; }};
  const Certificate certificate =
      linearizability::certify(history, *find_object("register"), valid, no_time);
  ASSERT_EQ(certificate.verdict, Verdict::unknown);
  EXPECT_EQ(certificate.keys.front().text, "no order was found in the time and memory allowed");
  EXPECT_FALSE(certificate.keys.front().log.empty());
  const Verification said = verify(history, certificate);
  EXPECT_TRUE(said.accepted);
  EXPECT_EQ(said.proven, Verdict::unknown) << said.reason;
}

struct Long {
  const char* name;
  testing::LongHistoryOptions options;
  std::size_t operations_max;  ///< of the proof
};

/// The size of a proof has nothing to do with the length of the history.
TEST(Certificate, AViolationAtTheEndOfALongHistoryIsProvenByAHandful) {
  for (const Long& planted :
       {Long{"unique values", {.operations = 50'000, .violation_at = 0.999}, 4},
        Long{"few values", {.operations = 20'000, .values = 5, .violation_at = 0.999}, 8},
        Long{"compare-and-set", {.operations = 20'000, .cas = 0.2, .violation_at = 0.999}, 6}}) {
    const History history = testing::long_history(planted.options);
    const Certificate certificate = certified(history);
    ASSERT_EQ(certificate.verdict, Verdict::invalid) << planted.name;
    EXPECT_LE(certificate.keys.front().operations.size(), planted.operations_max) << planted.name;
    EXPECT_EQ(refusal(history, certificate), "") << planted.name;
  }
}

/// One key on which everything is done that a key-value store can do, three operations at a time;
/// the last read sees what an increment or append left some operations before.
History mixed_history(std::size_t count) {
  namespace function = model::function;
  const SequentialObject& object = *find_object("key-value");
  base::Rng rng(7);
  History history;
  history.keys.emplace_back("x");
  model::Value state, stale;
  while (history.operations.size() < count) {
    const std::size_t i = history.operations.size();
    const model::Value small(static_cast<std::int64_t>(rng.below(3)));
    Call call{function::read, {}, state};
    if (rng.chance(0.6)) {
      const model::Function change = rng.pick(std::vector<model::Function>{
          function::write, function::append, function::increment, function::remove});
      call = {change, change == function::remove ? model::Value() : small};
    }
    const auto next = object.step(state, call);
    if (!next) continue;
    if (i + 40 < count && call.function != function::read) stale = *next;
    if (i + 1 == count) call = {function::read, {}, stale};
    state = *next;
    history.operations.push_back({.process = base::ProcessId{static_cast<std::uint32_t>(i % 3)},
                                  .function = call.function,
                                  .argument = call.argument,
                                  .result = call.result,
                                  .invoked = 2 * i,
                                  .completed = 2 * i + 3,
                                  .status = model::Status::ok});
  }
  history.events = 2 * count + 2;
  return history;
}

/// Here nothing can be left out of the search's own proof, as anything may have been built upon.
TEST(Certificate, OfManySortsOfOperationsAFewNearTheEndAreEnough) {
  const History history = mixed_history(150);
  const Certificate certificate = certified(history, "key-value");
  ASSERT_EQ(certificate.verdict, Verdict::invalid) << to_json(certificate);
  EXPECT_LE(certificate.keys.front().operations.size(), 12u) << to_json(certificate);
  EXPECT_EQ(refusal(history, certificate), "");
}

}  // namespace
}  // namespace eris::checkers::certificates
