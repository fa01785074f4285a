// The fast algorithms against brute force, on random small histories.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/linearizability/brute_force.hpp"
#include "checkers/linearizability/collections.hpp"
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

/// No counter of these small histories shows more.
constexpr int count_max = 40;

/// What the twin says of a witness, with the relaxations applied by hand.
bool twin_accepts(const History& history, const Problem& problem, const Witness& witness,
                  std::vector<TimedCall> calls = {}) {
  std::vector<Value> starts{problem.object->initial()};
  if (witness.unknown_start) {
    starts = problem.values;
    starts.emplace_back("a value that occurs nowhere");
    for (int count = 0; count <= count_max; ++count) starts.emplace_back(count);
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

// ---- contradictions of lists and counters

/// Everything that bystanders can do which anybody in the witness could see, as calls that may
/// happen at any time or never.
std::vector<TimedCall> bystanders(const History& history, const Problem& problem,
                                  const Contradiction& found) {
  std::map<Value, std::size_t> times;
  if (found.bystanders->function == model::function::increment) times[Value(1)] = count_max;
  for (const Pick& pick : found.witness.picks) {
    const Operation& operation = history.operations[problem.entries[pick.entry].operation];
    std::map<Value, std::size_t> here;
    if (found.bystanders->function == model::function::append && operation.result.is_list())
      for (const Value& element : operation.result.list()) ++here[element];
    for (const auto& [element, count] : here) times[element] = std::max(times[element], count);
  }
  for (const Value& element : found.bystanders->except) times.erase(element);
  std::vector<TimedCall> calls;
  for (const auto& [argument, count] : times)
    for (std::size_t i = 0; i < count; ++i)
      calls.push_back({{found.bystanders->function, argument, {}, Answer::unknown}});
  return calls;
}

/// May never have changed anything.
bool harmless(const Operation& operation) {
  namespace function = model::function;
  if (operation.function == function::read || operation.status == Status::fail) return true;
  return operation.function == function::cas &&
         operation.argument.list()[0] == operation.argument.list()[1];
}

/// True when everything that the witness leaves out could not matter to the answers in it, or does
/// what bystanders do, or was over before an unknown start.
bool leaves_out_what_it_may(const History& history, const Problem& problem,
                            const Contradiction& found) {
  std::set<std::size_t> kept;
  model::EventIndex start = model::never, end = 0;
  for (const Pick& pick : found.witness.picks) {
    const std::size_t index = problem.entries[pick.entry].operation;
    kept.insert(index);
    const Operation& operation = history.operations[index];
    const bool optional = pick.optional || operation.status == Status::info;
    if (optional || (operation.result.is_nil() && operation.function != model::function::read))
      continue;
    start = std::min(start, operation.invoked);
    end = std::max(end, operation.completed);
  }
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (harmless(operation) || kept.contains(i) || operation.invoked > end) continue;
    if (found.witness.unknown_start && operation.completed < start) continue;
    if (!found.bystanders || operation.function != found.bystanders->function) return false;
    const auto& except = found.bystanders->except;
    if (std::ranges::find(except, operation.argument) != except.end()) return false;
    if (operation.function == model::function::increment && operation.argument.integer() <= 0)
      return false;
  }
  return true;
}

/// A contradiction is only found where there is one, and its witness proves it.
void compare_contradiction(const History& history, const Problem& problem, bool expected,
                           const std::string& text, std::map<std::string, std::size_t>& names) {
  const auto found = find_contradiction(history, problem);
  if (!found) return;
  const std::string what = found->sentence + "\n" + text;
  ++names[found->anomaly];
  ASSERT_FALSE(expected) << what;
  ASSERT_EQ(found->remarks.size(), found->witness.picks.size()) << what;
  ASSERT_TRUE(leaves_out_what_it_may(history, problem, *found)) << what;
  std::vector<TimedCall> others;
  if (found->bystanders) others = bystanders(history, problem, *found);
  ASSERT_FALSE(twin_accepts(history, problem, found->witness, others)) << what;
}

Budget no_limit() {
  return Budget([] { return false; }, std::uint64_t{1} << 30);
}

struct Tally {
  std::size_t cases = 0;
  std::size_t accepted = 0;
  std::size_t by_zones = 0;
  std::size_t witnesses = 0;
  std::map<std::string, std::size_t> contradictions;  ///< by anomaly
};

void record(const Tally& tally) {
  ::testing::Test::RecordProperty("cases", static_cast<int>(tally.cases));
  std::printf(
      "%zu cases: %zu linearizable, %zu decided by zones, %zu witnesses refused by the twin\n",
      tally.cases, tally.accepted, tally.by_zones, tally.witnesses);
  for (const auto& [name, count] : tally.contradictions)
    std::printf("  %zu contradictions: %s\n", count, name.c_str());
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

  ASSERT_NO_FATAL_FAILURE(
      compare_contradiction(history, problem, expected, text, tally.contradictions));
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

/// Every kind of contradiction must have occurred: else nothing was tested.
void expect_all_contradictions(const Tally& tally) {
  for (const char* name :
       {"duplicate append", "incompatible order", "lost update", "lost write", "new-old inversion",
        "operation applied twice", "read of a failed write", "read of a value never written",
        "read of a value not yet written", "reordered writes", "stale read"})
    EXPECT_TRUE(tally.contradictions.contains(name)) << name;
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
  if (object_name == "key-value" && tally.cases >= 20'000) expect_all_contradictions(tally);
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
