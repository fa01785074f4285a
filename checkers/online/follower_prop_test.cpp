// The follower against brute force, on random small histories of every object, after every event.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "checkers/linearizability/brute_force.hpp"
#include "checkers/linearizability/linearizability.hpp"
#include "checkers/linearizability/problem.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/online/follower.hpp"
#include "checkers/online/testing/telling.hpp"
#include "checkers/testing/long_history.hpp"
#include "checkers/testing/long_objects.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/testing/random_objects.hpp"

namespace eris::checkers::online {
namespace {

using linearizability::TimedCall;
using model::History;
using model::Operation;
using model::Status;
using model::Value;
using testing::Abandon;
namespace function = model::function;

bool only_looks(const Operation& operation) {
  return operation.function == function::read || operation.function == function::contains;
}

/// Straight from the conventions, sharing nothing with the follower.
std::vector<TimedCall> timed_calls(const History& history, const SequentialObject& object) {
  std::vector<TimedCall> calls;
  for (const Operation& operation : history.operations) {
    const bool cas = operation.function == function::cas;
    const bool compared = cas && (operation.error == 0 || !operation.result.is_nil());
    if (operation.status == Status::fail && !compared) continue;
    if (operation.status == Status::info && only_looks(operation)) continue;
    const Answer answer = operation.status == Status::ok     ? Answer::known
                          : operation.status == Status::info ? Answer::unknown
                                                             : Answer::refused;
    calls.push_back({{operation.function, operation.argument, operation.result, answer},
                     operation.invoked,
                     operation.completed});
    if (object.minds_caller()) calls.back().call.caller = operation.process;
  }
  return calls;
}

bool twin_accepts(const History& history, const SequentialObject& object) {
  return linearizability::brute_force_linearizable(object, timed_calls(history, object),
                                                   {object.initial()});
}

/// A comparison that failed without telling what it saw; zones do not look at all of those.
bool hides_what_it_saw(const History& history) {
  return std::ranges::any_of(history.operations, [](const Operation& operation) {
    return operation.function == function::cas && operation.status == Status::fail &&
           operation.result.is_nil();
  });
}

/// Hurt histories may have answers that never come; a run has none.
History with_answers(History history) {
  for (Operation& operation : history.operations)
    if (operation.status != Status::info && operation.completed == model::never)
      operation.completed = history.events++;
  return history;
}

struct Tally {
  std::size_t cases = 0;
  std::size_t accepted = 0;
  std::size_t refused = 0;
  std::size_t given_up = 0;
  std::string why;  ///< one was given up
  std::map<std::string, std::size_t> anomalies;
};

FollowerOptions options_for(const History& history, base::Rng& rng) {
  FollowerOptions options;
  options.answers_between_forgetting = 1 + rng.below(3);
  if (!rng.chance(0.5)) return options;
  for (const Operation& operation : history.operations)
    if (std::ranges::find(options.functions, operation.function) == options.functions.end())
      options.functions.push_back(operation.function);
  return options;
}

/// Which event completed the violation, by the twin: nothing where there is none.
std::optional<std::size_t> first_refused(const History& history, const SequentialObject& object) {
  if (twin_accepts(history, object)) return std::nullopt;
  std::size_t good = 0, bad = history.operations.size() * 2;
  while (good + 1 < bad) {
    const std::size_t middle = (good + bad) / 2;
    (twin_accepts(testing::known_after(history, middle), object) ? good : bad) = middle;
  }
  return bad;
}

/// Where each answer is looked at as it comes, the violation is seen with the very event that
/// completes it.
void compare_eagerly(const History& history, const SequentialObject& object,
                     const FollowerOptions& options, Abandon abandon, Tally& tally,
                     const std::string& text) {
  const auto expected = first_refused(history, object);
  Follower follower(object, options);
  std::optional<std::size_t> found;
  testing::tell(follower, history, abandon, [&](std::size_t told) {
    follower.catch_up();
    if (follower.violation() && !found) found = told;
  });
  if (follower.course().keys_given_up > 0) {
    ++tally.given_up;
    ASSERT_FALSE(found) << text;
    tally.why = follower.course().remarks.front();
    return;
  }
  const std::string said = found ? follower.violation()->sentence : "nothing was found";
  if (hides_what_it_saw(history)) {
    ASSERT_TRUE(!found || (expected && *found >= *expected)) << text << said;
    return;
  }
  ASSERT_EQ(found, expected) << text << said;
}

void compare(const History& history, const SequentialObject& object, base::Rng& rng, Tally& tally) {
  const std::string text =
      std::string(object.name()) + "\n" + ::eris::checkers::testing::to_timeline(history);
  const bool expected = twin_accepts(history, object);
  ++tally.cases;
  ++(expected ? tally.accepted : tally.refused);
  const FollowerOptions options = options_for(history, rng);
  const Abandon abandon = rng.chance(0.5) ? Abandon::at_once : Abandon::at_the_end;
  if (rng.chance(0.3)) return compare_eagerly(history, object, options, abandon, tally, text);
  Follower follower(object, options);
  testing::tell(follower, history, abandon);
  follower.catch_up();
  const Course course = follower.course();
  if (expected || course.keys_given_up > 0) {
    tally.given_up += course.keys_given_up;
    if (course.keys_given_up > 0) tally.why = course.remarks.front();
    ASSERT_FALSE(expected && follower.violation()) << follower.violation()->sentence << "\n"
                                                   << text;
    return;
  }
  if (hides_what_it_saw(history) && !follower.violation()) return;
  ASSERT_TRUE(follower.violation().has_value()) << text;
  ++tally.anomalies[follower.violation()->anomaly];
}

void report(const std::string& object, const Tally& tally) {
  std::string anomalies;
  for (const auto& [name, count] : tally.anomalies)
    anomalies += " " + name + ":" + std::to_string(count);
  std::printf("%s: %zu cases, %zu accepted, %zu refused, %zu given up (%s);%s\n", object.c_str(),
              tally.cases, tally.accepted, tally.refused, tally.given_up, tally.why.c_str(),
              anomalies.c_str());
  EXPECT_GT(tally.accepted, 0u);
  EXPECT_GT(tally.refused, 0u);
  // Lists that nobody reads may have come about in many ways.
  EXPECT_LT(tally.given_up, tally.cases / 10 + 1);
}

bool is_of_registers(const std::string& name) {
  return name == "register" || name == "cas-register" || name == "key-value";
}

History random_history_of(const SequentialObject& object, base::Rng& rng) {
  namespace random = ::eris::checkers::testing;
  const std::string name(object.name());
  return is_of_registers(name)
             ? random::random_history(random::random_options(rng, name), rng)
             : random::random_object_history(random::random_object_options(rng, name), rng);
}

class FollowerOf : public ::testing::TestWithParam<std::string> {};

TEST_P(FollowerOf, FindsWhatBruteForceFindsAtTheEventThatCompletesIt) {
  const SequentialObject& object = *find_object(GetParam());
  base::Rng rng = base::Rng(20261121).stream(GetParam());
  Tally tally;
  const std::size_t cases = ::eris::checkers::testing::random_cases(1000);
  for (std::size_t i = 0; i < cases && !HasFatalFailure(); ++i) {
    compare(with_answers(random_history_of(object, rng)), object, rng, tally);
  }
  report(GetParam(), tally);
}

// ---- longer histories, against the checker that judges after the run

void compare_with_checker(const History& history, const SequentialObject& object, base::Rng& rng,
                          Tally& tally) {
  const auto judged =
      linearizability::make_linearizability_checker(object)->check(history, CheckContext{});
  ASSERT_NE(judged.verdict, model::Verdict::unknown) << judged.reason;
  const bool expected = judged.verdict != model::Verdict::invalid;
  ++tally.cases;
  ++(expected ? tally.accepted : tally.refused);
  Follower follower(object, options_for(history, rng));
  testing::tell(follower, history, rng.chance(0.5) ? Abandon::at_once : Abandon::at_the_end);
  follower.catch_up();
  const Course course = follower.course();
  tally.given_up += course.keys_given_up;
  if (course.keys_given_up > 0) tally.why = course.remarks.front();
  const std::string text = ::eris::checkers::testing::to_timeline(history);
  if (expected || course.keys_given_up > 0 || hides_what_it_saw(history)) {
    ASSERT_FALSE(expected && follower.violation()) << follower.violation()->sentence << "\n"
                                                   << text;
    return;
  }
  ASSERT_TRUE(follower.violation().has_value()) << object.name() << "\n" << text;
  ++tally.anomalies[follower.violation()->anomaly];
}

/// Two clients that asked for the same are given each other's answers, or one the other's.
void swap_two_answers(History& history, base::Rng& rng) {
  Operation& one = history.operations[rng.below(history.operations.size())];
  for (int attempt = 0; attempt < 20; ++attempt) {
    Operation& other = history.operations[rng.below(history.operations.size())];
    if (one.status != Status::ok || other.status != Status::ok || one.function != other.function)
      continue;
    if (rng.chance(0.5)) std::swap(one.result, other.result);
    one.result = other.result;
    return;
  }
}

History longer_history(const std::string& object, base::Rng& rng) {
  const double violation = rng.chance(0.5) ? rng.unit() : -1;
  const double unknown = rng.chance(0.5) ? 0.0 : 0.1 * rng.unit();
  if (is_of_registers(object))
    return ::eris::checkers::testing::long_history(
        {.operations = 20 + rng.below(200),
         .clients = 2 + rng.below(6),
         .values = rng.chance(0.6) ? 0 : 2 + rng.below(4),
         .reads = 0.3 + 0.4 * rng.unit(),
         .cas = rng.chance(0.5) ? 0.0 : 0.3,
         .unknown_outcomes = unknown,
         .violation_at = violation,
         .seed = rng.next()});
  History history =
      ::eris::checkers::testing::long_object_history({.object = object,
                                                      .operations = 10 + rng.below(40),
                                                      .clients = 2 + rng.below(2),
                                                      .reads = 8,
                                                      .unknown_outcomes = unknown * 0.2,
                                                      .violation_at = violation,
                                                      .seed = rng.next()});
  if (violation >= 0) swap_two_answers(history, rng);
  return history;
}

TEST_P(FollowerOf, AgreesWithTheCheckerOnLongerHistories) {
  const SequentialObject& object = *find_object(GetParam());
  base::Rng rng = base::Rng(4711).stream(GetParam());
  Tally tally;
  const std::size_t cases = ::eris::checkers::testing::random_cases(1000) / 5;
  for (std::size_t i = 0; i < cases && !HasFatalFailure(); ++i)
    compare_with_checker(longer_history(GetParam(), rng), object, rng, tally);
  report(GetParam(), tally);
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Objects, FollowerOf,
                         ::testing::Values("register", "cas-register", "key-value", "queue",
                                           "stack", "priority-queue", "set", "grow-only-set",
                                           "counter", "fetch-and-add", "list", "mutex",
                                           "fenced-lock", "unique-ids"),
                         test_name);

}  // namespace
}  // namespace eris::checkers::online
