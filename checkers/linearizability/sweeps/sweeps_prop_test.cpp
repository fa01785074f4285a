// The sweeps against brute force, on random small histories of every object.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/certificates/verify.hpp"
#include "checkers/linearizability/brute_force.hpp"
#include "checkers/linearizability/linearizability.hpp"
#include "checkers/linearizability/problem.hpp"
#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/sweeps/sweep.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/testing/random_objects.hpp"

namespace eris::checkers::linearizability {
namespace {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

bool only_looks(const Operation& operation) {
  return operation.function == function::read || operation.function == function::contains;
}

TimedCall timed(const SequentialObject& object, const Operation& operation) {
  const Answer answer = operation.status == Status::ok ? Answer::known : Answer::unknown;
  TimedCall made{{operation.function, operation.argument, operation.result, answer},
                 operation.invoked,
                 operation.completed};
  if (object.minds_caller()) made.call.caller = operation.process;
  return made;
}

/// Straight from the conventions, sharing nothing with prepare().
bool twin_accepts(const History& history, const SequentialObject& object) {
  std::vector<TimedCall> calls;
  for (const Operation& operation : history.operations) {
    if (operation.status == Status::fail) continue;
    if (operation.status == Status::info && only_looks(operation)) continue;
    calls.push_back(timed(object, operation));
  }
  return brute_force_linearizable(object, calls, {object.initial()});
}

// ---- witnesses

bool removes(const Operation& operation) {
  return operation.function == function::dequeue || operation.function == function::pop ||
         operation.function == function::extract;
}

bool adds(const Operation& operation) {
  return operation.function == function::append || operation.function == function::add;
}

/// No counter of these small histories goes further.
constexpr int count_max = 40;

/// Everything that a state before the proof can have been.
std::vector<Value> starts_of(const SequentialObject& object, const std::vector<Operation>& picked) {
  std::vector<Value> starts{object.initial()};
  for (int count = -count_max; count <= count_max && object.initial().is_integer(); ++count)
    starts.emplace_back(count);
  if (object.initial().is_list()) starts.emplace_back(Value::List{picked.front().argument});
  return starts;
}

/// What the twin says of the picks, with everything that was left out and might explain them:
/// removals that may have removed anything, and elements that others added.
bool twin_accepts(const History& history, const Problem& problem, const Contradiction& found) {
  const SequentialObject& object = *problem.object;
  std::vector<TimedCall> calls;
  std::vector<Operation> picked;
  std::set<std::size_t> kept;
  for (const Pick& pick : found.witness.picks) {
    const std::size_t index = problem.entries[pick.entry].operation;
    kept.insert(index);
    picked.push_back(history.operations[index]);
    calls.push_back(timed(object, picked.back()));
    if (pick.overwrite) calls.back().call.result = {};
    if (pick.optional) calls.back().completed = model::never;
  }
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& other = history.operations[i];
    if (kept.contains(i) || other.status == Status::fail) continue;
    const bool any_element = removes(other) && other.status == Status::info;
    // Elements may have come whenever they like, for all that a proof about whole reads says.
    const bool grows = adds(other) && std::ranges::any_of(picked, [](const Operation& operation) {
                         return operation.function == function::read;
                       });
    if (!any_element && !grows) continue;
    calls.push_back(timed(object, other));
    calls.back().completed = model::never;
    if (grows) calls.back().invoked = 0;
  }
  return brute_force_linearizable(
      object, calls,
      found.witness.unknown_start ? starts_of(object, picked) : std::vector{object.initial()});
}

/// Where the argument is that elements do not matter to each other: a proof that names an element
/// has all that was done to it.
bool names_all_of_its_elements(const History& history, const Problem& problem,
                               const Contradiction& found) {
  std::set<Value> named;
  std::set<std::size_t> kept;
  for (const Pick& pick : found.witness.picks) {
    const std::size_t index = problem.entries[pick.entry].operation;
    const Operation& operation = history.operations[index];
    kept.insert(index);
    named.insert(operation.argument.is_nil() ? operation.result : operation.argument);
  }
  named.erase(Value());
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (kept.contains(i) || operation.status == Status::fail) continue;
    if (named.contains(operation.argument.is_nil() ? operation.result : operation.argument))
      return false;
  }
  return true;
}

bool is_about_elements(const SequentialObject& object, const Contradiction& found) {
  const std::set<std::string_view> containers{"queue", "stack", "priority-queue"};
  const std::set<std::string_view> names{"out of order", "element lost", "empty although not"};
  return containers.contains(object.name()) && names.contains(found.anomaly);
}

struct Tally {
  std::size_t cases = 0;
  std::size_t accepted = 0;
  std::size_t undecided = 0;
  std::size_t largest_witness = 0;
  std::map<std::string, std::size_t> anomalies;
};

void record(std::string_view object, const Tally& tally) {
  std::printf("%s: %zu cases, %zu linearizable, %zu left undecided, largest witness %zu\n",
              std::string(object).c_str(), tally.cases, tally.accepted, tally.undecided,
              tally.largest_witness);
  for (const auto& [name, count] : tally.anomalies) std::printf("  %zu %s\n", count, name.c_str());
}

void check_witness(const History& history, const Problem& problem, const Contradiction& found,
                   const std::string& text, Tally& tally) {
  const std::string what = found.anomaly + ": " + found.sentence + "\n" + text;
  ++tally.anomalies[found.anomaly];
  tally.largest_witness = std::max(tally.largest_witness, found.witness.picks.size());
  ASSERT_EQ(found.remarks.size(), found.witness.picks.size()) << what;
  ASSERT_FALSE(found.witness.picks.empty()) << what;
  ASSERT_FALSE(found.premise.empty() || found.conclusion.empty()) << what;
  ASSERT_FALSE(twin_accepts(history, problem, found)) << "witness of " << what;
  if (is_about_elements(*problem.object, found)) {
    ASSERT_TRUE(names_all_of_its_elements(history, problem, found)) << what;
  }
}

void compare(const History& history, const SequentialObject& object, bool whole, Tally& tally) {
  const KeyIndex index(history);
  const auto prepared = prepare(history, index.operations(0), object);
  ASSERT_TRUE(prepared.has_value()) << to_text(prepared.error());
  const Problem& problem = *prepared;
  const bool expected = twin_accepts(history, object);
  const std::string text = testing::to_timeline(history);
  ++tally.cases;
  tally.accepted += expected ? 1 : 0;

  const CheckContext context;
  Order order;
  const SweepResult swept = sweep(history, problem, context, &order);
  tally.undecided += swept.answer == SweepAnswer::undecided ? 1 : 0;
  if (swept.answer != SweepAnswer::undecided) {
    ASSERT_EQ(swept.answer == SweepAnswer::linearizable, expected)
        << (swept.contradiction ? swept.contradiction->sentence : "") << "\n"
        << text;
  }
  if (swept.answer == SweepAnswer::linearizable) {
    std::vector<model::EventIndex> events;
    for (const std::uint32_t entry : order) events.push_back(problem.entries[entry].invoked);
    const auto objection =
        certificates::objection_to_order(history, object, index.operations(0), events);
    ASSERT_FALSE(objection) << *objection << "\n" << text;
  }
  if (swept.answer == SweepAnswer::violated) {
    ASSERT_NO_FATAL_FAILURE(check_witness(history, problem, *swept.contradiction, text, tally));
  }
  if (!whole) return;
  Budget budget([] { return false; }, std::uint64_t{1} << 30, 1'000'000);
  // Many additions of unknown outcome are too much for the search.
  const SearchAnswer wrong = expected ? SearchAnswer::violated : SearchAnswer::linearizable;
  ASSERT_NE(search(problem, budget).answer, wrong) << "search\n" << text;
  const auto result = make_linearizability_checker(object)->check(history, context);
  const auto opposite = expected ? model::Verdict::invalid : model::Verdict::valid;
  ASSERT_NE(result.verdict, opposite) << result.reason << "\n" << text;
}

void compare_many(const std::string& name, std::uint64_t seed) {
  const SequentialObject& object = *find_object(name);
  Tally tally;
  base::Rng rng(seed);
  const std::size_t cases = testing::random_cases(3'000);
  for (std::size_t i = 0; i < cases; ++i) {
    const auto options = testing::random_object_options(rng, name);
    ASSERT_NO_FATAL_FAILURE(
        compare(testing::random_object_history(options, rng), object, i % 4 == 0, tally));
  }
  record(name, tally);
  // Else nothing was tested.
  EXPECT_GT(tally.accepted, cases / 10);
  EXPECT_LT(tally.accepted, cases - cases / 40);
}

TEST(SweepTwin, AgreesOnQueues) {
  compare_many("queue", 1);
}
TEST(SweepTwin, AgreesOnStacks) {
  compare_many("stack", 2);
}
TEST(SweepTwin, AgreesOnPriorityQueues) {
  compare_many("priority-queue", 3);
}
TEST(SweepTwin, AgreesOnSets) {
  compare_many("set", 4);
}
TEST(SweepTwin, AgreesOnGrowOnlySets) {
  compare_many("grow-only-set", 5);
}
TEST(SweepTwin, AgreesOnLists) {
  compare_many("list", 6);
}
TEST(SweepTwin, AgreesOnCounters) {
  compare_many("counter", 7);
}
TEST(SweepTwin, AgreesOnFetchAndAdd) {
  compare_many("fetch-and-add", 8);
}
TEST(SweepTwin, AgreesOnMutexes) {
  compare_many("mutex", 9);
}
TEST(SweepTwin, AgreesOnFencedLocks) {
  compare_many("fenced-lock", 10);
}
TEST(SweepTwin, AgreesOnUniqueIds) {
  compare_many("unique-ids", 11);
}
TEST(SweepTwin, AgreesOnMultiRegisters) {
  compare_many("multi-register", 12);
}

RC_GTEST_PROP(SweepTwin, AgreesOnAnySeed, (std::uint64_t seed)) {
  base::Rng rng(seed);
  const SequentialObject& object = *find_object(rng.pick(std::vector<std::string>{
      "queue", "stack", "priority-queue", "set", "grow-only-set", "list", "counter",
      "fetch-and-add", "mutex", "fenced-lock", "unique-ids", "multi-register"}));
  const auto options = testing::random_object_options(rng, object.name());
  Tally tally;
  compare(testing::random_object_history(options, rng), object, true, tally);
  RC_ASSERT(!::testing::Test::HasFatalFailure());
}

}  // namespace
}  // namespace eris::checkers::linearizability
