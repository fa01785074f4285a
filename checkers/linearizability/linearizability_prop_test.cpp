// The fast algorithms against brute force, on random small histories.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/linearizability/brute_force.hpp"
#include "checkers/linearizability/problem.hpp"
#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/witness.hpp"
#include "checkers/linearizability/zones.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/testing/random_history.hpp"

namespace eris::checkers::linearizability {
namespace {

using model::History;
using model::Operation;
using model::Status;
using model::Value;

/// Straight from the conventions, sharing nothing with prepare().
std::vector<TimedCall> timed_calls(const History& history) {
  std::vector<TimedCall> calls;
  for (const Operation& operation : history.operations) {
    const bool cas = operation.function == model::function::cas;
    const bool compared = cas && (operation.error == 0 || !operation.result.is_nil());
    if (operation.status == Status::fail && !compared) continue;
    if (operation.status == Status::info && operation.function == model::function::read) continue;
    const Answer answer = operation.status == Status::ok     ? Answer::known
                          : operation.status == Status::info ? Answer::unknown
                                                             : Answer::refused;
    calls.push_back({{operation.function, operation.argument, operation.result, answer},
                     operation.invoked,
                     operation.completed});
  }
  return calls;
}

bool twin_accepts(const History& history, const SequentialObject& object) {
  return brute_force_linearizable(object, timed_calls(history), {object.initial()});
}

/// What the twin says of a witness, with the relaxations applied by hand.
bool twin_accepts(const History& history, const Problem& problem, const Witness& witness) {
  std::vector<TimedCall> calls;
  std::vector<Value> starts{problem.object->initial()};
  if (witness.unknown_start) {
    starts = problem.values;
    starts.emplace_back("a value that occurs nowhere");
  }
  for (const Pick& pick : witness.picks) {
    const Operation& operation = history.operations[problem.entries[pick.entry].operation];
    Call call = call_of(operation);
    if (pick.overwrite)
      call = {model::function::write, operation.argument.list()[1], {}, Answer::known};
    calls.push_back({call, operation.invoked, pick.optional ? model::never : operation.completed});
  }
  return brute_force_linearizable(*problem.object, calls, starts);
}

Budget no_limit() {
  return Budget([] { return false; }, std::uint64_t{1} << 30);
}

struct Tally {
  std::size_t cases = 0;
  std::size_t accepted = 0;
  std::size_t by_zones = 0;
  std::size_t witnesses = 0;
};

void record(const Tally& tally) {
  ::testing::Test::RecordProperty("cases", static_cast<int>(tally.cases));
  std::printf(
      "%zu cases: %zu linearizable, %zu decided by zones, %zu witnesses refused by the twin\n",
      tally.cases, tally.accepted, tally.by_zones, tally.witnesses);
}

/// A pass may leave it open, but what it says must be right; the exact one must say something.
void compare_passes(const Problem& problem, bool expected, const std::string& text) {
  const auto answer = [&](Pass pass, std::size_t beam) {
    Budget budget = no_limit();
    return search_by(problem, pass, beam, budget).answer;
  };
  const SearchAnswer right = expected ? SearchAnswer::linearizable : SearchAnswer::violated;
  ASSERT_EQ(answer(Pass::depth_first, unlimited_beam), right) << "depth first\n" << text;
  ASSERT_EQ(answer(Pass::exact, 0), right) << "breadth first\n" << text;
  ASSERT_TRUE(answer(Pass::unlimited, 0) != SearchAnswer::linearizable) << text;
  if (expected) {
    ASSERT_EQ(answer(Pass::unlimited, 0), SearchAnswer::unknown) << "unlimited\n" << text;
  }
  for (const std::size_t beam : {1, 2}) {
    const SearchAnswer said = answer(Pass::beam, beam);
    ASSERT_TRUE(said == right || said == SearchAnswer::unknown) << "beam " << beam << "\n" << text;
    const SearchAnswer deep = answer(Pass::depth_first, beam);
    ASSERT_TRUE(deep == right || deep == SearchAnswer::unknown) << "depth " << beam << "\n" << text;
  }
}

/// Compares every algorithm with the twin on one history.
void compare(const History& history, const SequentialObject& object, Tally& tally) {
  const KeyIndex index(history);
  const auto prepared = prepare(history, index.operations(0), object);
  ASSERT_TRUE(prepared.has_value());
  const Problem& problem = *prepared;
  const bool expected = twin_accepts(history, object);
  const std::string text = testing::to_timeline(history);
  ++tally.cases;
  tally.accepted += expected ? 1 : 0;

  const ZoneResult zones = check_zones(problem);
  if (zones.answer != ZoneAnswer::undecided) {
    ++tally.by_zones;
    ASSERT_EQ(zones.answer == ZoneAnswer::linearizable, expected) << "zones\n" << text;
  }
  Budget budget = no_limit();
  const SearchResult found = search(problem, budget);
  ASSERT_NE(found.answer, SearchAnswer::unknown) << text;
  ASSERT_EQ(found.answer == SearchAnswer::linearizable, expected)
      << "search, " << found.pass << "\n"
      << text;
  ASSERT_NO_FATAL_FAILURE(compare_passes(problem, expected, text));
  if (expected) return;
  const CheckContext context;
  const Witness by_search = witness_from_search(problem, found.blocked_entry, context);
  ++tally.witnesses;
  ASSERT_FALSE(twin_accepts(history, problem, by_search)) << "witness of the search\n" << text;
  if (zones.answer != ZoneAnswer::violated) return;
  Witness core;
  for (const std::uint32_t entry : zones.core)
    core.picks.push_back({entry, problem.entries[entry].optional()});
  ASSERT_FALSE(twin_accepts(history, problem, core)) << "core of the zones\n" << text;
  const Witness by_zones = witness_from_core(problem, zones.core, context);
  ASSERT_FALSE(twin_accepts(history, problem, by_zones)) << "witness of the zones\n" << text;
}

void compare_many(std::string_view object_name, std::uint64_t seed) {
  const SequentialObject& object = *find_object(object_name);
  Tally tally;
  base::Rng rng(seed);
  for (std::size_t i = testing::random_cases(20'000); i > 0; --i) {
    const testing::RandomHistoryOptions options = testing::random_options(rng, object_name);
    ASSERT_NO_FATAL_FAILURE(compare(testing::random_history(options, rng), object, tally));
  }
  record(tally);
}

TEST(LinearizabilityTwin, AgreesOnRandomRegisterHistories) {
  compare_many("register", 20'240'601);
}

TEST(LinearizabilityTwin, AgreesOnRandomKeyValueHistories) {
  compare_many("key-value", 20'240'602);
}

RC_GTEST_PROP(LinearizabilityTwin, AgreesOnAnySeed, (std::uint64_t seed)) {
  base::Rng rng(seed);
  const std::string_view object_name = rng.chance(0.5) ? "register" : "key-value";
  const testing::RandomHistoryOptions options = testing::random_options(rng, object_name);
  Tally tally;
  compare(testing::random_history(options, rng), *find_object(object_name), tally);
  RC_ASSERT(!::testing::Test::HasFatalFailure());
}

}  // namespace
}  // namespace eris::checkers::linearizability
