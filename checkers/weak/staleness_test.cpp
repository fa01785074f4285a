// Staleness against brute force on random small histories.
#include "checkers/weak/staleness.hpp"

#include <algorithm>
#include <cstdio>

#include <gtest/gtest.h>

#include "checkers/linearizability/brute_force.hpp"
#include "checkers/linearizability/problem.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/testing/weak_history.hpp"

namespace eris::checkers::weak {
namespace {

using linearizability::TimedCall;
using model::History;
using model::Operation;
using model::Status;

const SequentialObject& register_object() {
  return *find_object("register");
}

/// The smallest Δ that makes the history linearizable, by trying each; times are whole numbers.
std::int64_t twin_delta(const History& history) {
  for (std::int64_t delta = 0; delta < 100; ++delta) {
    std::vector<TimedCall> calls;
    for (const Operation& operation : history.operations) {
      const bool read = operation.function == model::function::read;
      if (operation.status == Status::fail || (read && operation.status == Status::info)) continue;
      const auto invoked = static_cast<std::int64_t>(operation.invoked) - (read ? delta : 0);
      calls.push_back({linearizability::call_of(operation),
                       static_cast<model::EventIndex>(std::max<std::int64_t>(invoked, 0)),
                       operation.completed});
    }
    if (linearizability::brute_force_linearizable(register_object(), calls,
                                                  {register_object().initial()}))
      return delta;
  }
  return -1;
}

/// Tries every order of the operations left; gives the least k that fits what is done so far.
std::size_t least_k(const std::vector<const Operation*>& left, std::vector<model::Value>& written) {
  if (left.empty()) return 1;
  std::size_t best = 1'000;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (std::ranges::any_of(left,
                            [&](const Operation* o) { return o->completed < left[i]->invoked; }))
      continue;
    std::vector<const Operation*> rest = left;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    std::size_t here = 1;
    if (left[i]->function == model::function::read) {
      const auto at = std::ranges::find(written, left[i]->result);
      if (at == written.end()) continue;
      here = static_cast<std::size_t>(written.end() - at);
      best = std::min(best, std::max(here, least_k(rest, written)));
      continue;
    }
    written.push_back(left[i]->argument);
    best = std::min(best, std::max(here, least_k(rest, written)));
    written.pop_back();
  }
  return best;
}

/// The k of k-atomicity. Writes without an answer count where their value was read.
std::size_t twin_k(const History& history) {
  std::vector<const Operation*> operations;
  for (const Operation& operation : history.operations) {
    const bool read = operation.function == model::function::read;
    const bool seen = std::ranges::any_of(history.operations, [&](const Operation& other) {
      return other.function == model::function::read && other.status == Status::ok &&
             other.result == operation.argument;
    });
    if (operation.status == Status::ok || (operation.status == Status::info && !read && seen))
      operations.push_back(&operation);
  }
  std::vector<model::Value> written{model::Value()};
  return least_k(operations, written);
}

/// Single-key histories whose operations overlap.
History overlapping(base::Rng& rng) {
  testing::RandomHistoryOptions options;
  options.operations = 3 + rng.below(5);
  options.clients = 1 + rng.below(3);
  options.values = 0;
  options.unknown_outcomes = rng.chance(0.6) ? 0 : 0.2;
  options.failures = 0;
  options.mutations = rng.below(3);
  return testing::random_history(options, rng);
}

/// Of replicas that lag behind one order of writes.
History lagging(base::Rng& rng) {
  return testing::weak_history({.delivery = testing::Delivery::log,
                                .operations = 4 + rng.below(5),
                                .clients = 2 + rng.below(2),
                                .keys = 1,
                                .delivering = 0.3,
                                .mutations = rng.below(2)},
                               rng);
}

TEST(Staleness, AgreesWithBruteForce) {
  base::Rng rng(20'240'704);
  std::size_t stale = 0, exact = 0, unbounded = 0, cases = 0;
  for (std::size_t i = testing::random_cases(4'000); i > 0; --i) {
    const History history = rng.chance(0.5) ? overlapping(rng) : lagging(rng);
    const Sessions sessions = sessions_of(history, register_object());
    if (!sessions.flaws.empty() || sessions.uncertain > 0) continue;
    ++cases;
    const Staleness found = staleness_of(history, register_object(), sessions, {});
    const std::int64_t delta = twin_delta(history);
    ASSERT_EQ(found.time.has_value(), delta >= 0) << testing::to_lines(history);
    if (found.time) {
      ASSERT_EQ(*found.time, base::Duration(std::chrono::milliseconds(delta)))
          << testing::to_lines(history);
    }
    stale += delta > 0 ? 1 : 0;
    unbounded += delta < 0 ? 1 : 0;
    if (delta < 0) continue;
    const std::size_t k = twin_k(history);
    ASSERT_LE(found.writes, k) << testing::to_lines(history);
    exact += found.writes == k ? 1 : 0;
  }
  std::printf("%zu cases: %zu stale, %zu that no delta explains; k was exact in %zu\n", cases,
              stale, unbounded, exact);
  EXPECT_GT(stale, cases / 20);
  EXPECT_GT(exact, cases / 2);
}

}  // namespace
}  // namespace eris::checkers::weak
