// The analyses against brute force, on random small histories.
#include <cstdio>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/testing/beginning.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/transactions/brute_force.hpp"
#include "checkers/transactions/cyclic_versions.hpp"
#include "checkers/transactions/testing/random_transactions.hpp"
#include "checkers/transactions/transactions.hpp"

namespace eris::checkers::transactions {
namespace {

using checkers::testing::random_cases;
using model::CheckResult;
using model::History;
using model::Verdict;

struct Promise {
  Model model;
  Level level;
  Order order;
};
constexpr Promise promises[] = {
    {Model::serializable, Level::serializable, Order::any},
    {Model::strong_session_serializable, Level::serializable, Order::session},
    {Model::strict_serializable, Level::serializable, Order::realtime},
    {Model::snapshot_isolation, Level::snapshot_isolation, Order::any},
    {Model::strong_session_snapshot_isolation, Level::snapshot_isolation, Order::session},
    {Model::strong_snapshot_isolation, Level::snapshot_isolation, Order::realtime},
};

struct Tally {
  std::size_t cases = 0;
  std::map<std::string, std::size_t> allowed;    ///< by model
  std::map<std::string, std::size_t> undecided;  ///< by model
  std::map<std::string, std::size_t> anomalies;
};

void compare(const History& history, Flavour flavour, Tally& tally) {
  const std::string object = flavour == Flavour::list_append ? "list-append" : "rw-register";
  ++tally.cases;
  // An execution in the order of real time, one after the other, is one of every other kind.
  const bool strict = brute_force_allows(history, flavour, Level::serializable, Order::realtime);
  for (const Promise& promise : promises) {
    const std::string name(name_of(promise.model));
    const bool expected =
        strict || brute_force_allows(history, flavour, promise.level, promise.order);
    const CheckResult result = make_transaction_checker(promise.model, object)->check(history, {});
    tally.allowed[name] += expected ? 1 : 0;
    const std::string text =
        name + ": " + result.reason + "\n" + checkers::testing::to_timeline(history);
    if (result.verdict == Verdict::unknown) {
      ++tally.undecided[name];
      continue;
    }
    ASSERT_EQ(result.verdict != Verdict::invalid, expected) << text;
    ASSERT_EQ(result.findings.empty(), expected) << text;
    if (promise.model != Model::strict_serializable) continue;
    for (const model::Finding& finding : result.findings) ++tally.anomalies[finding.anomaly];
  }
}

void record(const Tally& tally) {
  std::printf("%zu cases\n", tally.cases);
  for (const Promise& promise : promises) {
    const std::string name(name_of(promise.model));
    const auto count = [&](const auto& map) { return map.contains(name) ? map.at(name) : 0; };
    std::printf("  %-36s allowed %zu, undecided %zu\n", name.c_str(), count(tally.allowed),
                count(tally.undecided));
  }
  for (const auto& [name, count] : tally.anomalies) std::printf("  %8zu %s\n", count, name.c_str());
}

/// Both verdicts must occur often: else nothing was tested.
void expect_balance(const Tally& tally) {
  for (const Promise& promise : promises) {
    const std::string name(name_of(promise.model));
    const std::size_t allowed = tally.allowed.at(name);
    EXPECT_GT(allowed, tally.cases / 10) << name;
    EXPECT_LT(allowed, tally.cases * 9 / 10) << name;
    EXPECT_LE(tally.undecided.contains(name) ? tally.undecided.at(name) : 0, tally.cases / 1000);
  }
}

void compare_many(Flavour flavour, std::uint64_t seed, Tally& tally) {
  base::Rng rng(seed);
  for (std::size_t i = random_cases(4'000); i > 0; --i) {
    const auto options = testing::random_options(rng, flavour);
    ASSERT_NO_FATAL_FAILURE(compare(testing::random_transactions(options, rng), flavour, tally));
  }
  record(tally);
}

TEST(TransactionsTwin, AgreesOnListAppend) {
  Tally tally;
  compare_many(Flavour::list_append, 20'261'121, tally);
  if (HasFatalFailure() || tally.cases < 4'000) return;
  expect_balance(tally);
  for (const char* name :
       {"G0", "G1a", "G1b", "G1c", "G-single", "G2-item", "internal", "lost update",
        "fractured read", "incompatible order", "G-single-process", "G-single-realtime",
        "G1c-realtime", "duplicate elements", "read of a value never written", "future read",
        "dirty update"})
    EXPECT_TRUE(tally.anomalies.contains(name)) << name;
}

/// However little time or memory there is, what is called proven is: by itself it has an execution
/// as promised; where time ran out, even a serial one in real time.
void expect_proven(const History& history, Flavour flavour, const Promise& promise,
                   const CheckContext& context, Level level, Order order,
                   std::map<std::string, std::size_t>& tally) {
  const std::string object = flavour == Flavour::list_append ? "list-append" : "rw-register";
  const CheckResult result =
      make_transaction_checker(promise.model, object)->check(history, context);
  const model::Value* until = model::find(result.statistics, "proven until event");
  if (result.verdict != Verdict::unknown) return;
  ASSERT_NE(until, nullptr) << result.reason;
  const History proven =
      checkers::testing::beginning_of(history, static_cast<model::EventIndex>(until->integer()));
  const bool all = proven.operations.size() == history.operations.size();
  ++tally[proven.operations.empty() ? "nothing proven" : all ? "all but answers" : "a part"];
  ASSERT_TRUE(brute_force_allows(proven, flavour, level, order))
      << result.reason << "\n"
      << checkers::testing::to_timeline(proven) << "of\n"
      << checkers::testing::to_timeline(history);
}

TEST(TransactionsTwin, AgreesOnWhatIsProvenWhenABudgetRunsOut) {
  base::Rng rng(20'261'124);
  std::map<std::string, std::size_t> by_time, by_memory;
  const std::size_t cases = random_cases(1'000);
  for (std::size_t i = 0; i < cases; ++i) {
    const Flavour flavour = rng.chance(0.5) ? Flavour::list_append : Flavour::rw_register;
    const Promise& promise = promises[rng.below(std::size(promises))];
    const History history =
        testing::random_transactions(testing::random_options(rng, flavour), rng);
    for (int questions = 0; questions < 20; ++questions) {
      CheckContext context;
      context.out_of_time = [left = questions]() mutable { return left-- <= 0; };
      ASSERT_NO_FATAL_FAILURE(expect_proven(history, flavour, promise, context, Level::serializable,
                                            Order::realtime, by_time));
    }
    for (std::uint64_t bytes = 64; bytes < 4096; bytes = bytes * 5 / 4) {
      CheckContext context;
      context.memory_budget_bytes = bytes;
      ASSERT_NO_FATAL_FAILURE(expect_proven(history, flavour, promise, context, promise.level,
                                            promise.order, by_memory));
    }
  }
  for (const auto& [what, count] : by_time) std::printf("  time: %zu %s\n", count, what.c_str());
  for (const auto& [what, count] : by_memory)
    std::printf("  memory: %zu %s\n", count, what.c_str());
  EXPECT_GT(by_time["a part"], cases / 10);
  EXPECT_GT(by_memory["a part"], cases / 10);
}

/// Read atomic and causal, which need no execution but only an order of writes.
TEST(TransactionsTwin, AgreesOnWeakLevelsOfRegisters) {
  base::Rng rng(20'261'123);
  std::map<Model, std::size_t> allowed;
  const std::size_t cases = random_cases(4'000);
  for (std::size_t i = 0; i < cases; ++i) {
    const auto options = testing::random_options(rng, Flavour::rw_register);
    const History history = testing::random_transactions(options, rng);
    for (const Model model : {Model::read_atomic, Model::transactional_causal}) {
      const bool expected =
          brute_force_allows_registers(history, model == Model::transactional_causal);
      const CheckResult result = make_transaction_checker(model, "rw-register")->check(history, {});
      allowed[model] += expected ? 1 : 0;
      ASSERT_NE(result.verdict, Verdict::unknown) << result.reason;
      ASSERT_EQ(result.verdict != Verdict::invalid, expected)
          << name_of(model) << ": " << result.reason << "\n"
          << checkers::testing::to_timeline(history);
    }
  }
  std::printf("%zu cases: read-atomic allowed %zu, transactional-causal allowed %zu\n", cases,
              allowed[Model::read_atomic], allowed[Model::transactional_causal]);
  for (const auto& [model, count] : allowed) {
    EXPECT_GT(count, cases / 10) << name_of(model);
    EXPECT_LT(count, cases * 19 / 20) << name_of(model);
  }
}

/// Also among those that more than versions is wrong with.
TEST(TransactionsTwin, AgreesOnCyclicVersions) {
  base::Rng rng(20'261'125);
  std::map<Scope, std::size_t> cyclic;
  const std::size_t cases = random_cases(10'000);
  for (std::size_t i = 0; i < cases; ++i) {
    auto options = testing::random_options(rng, Flavour::rw_register);
    options.mutations = rng.below(8);
    options.keys = rng.chance(0.8) ? 1 : 2;
    options.reads = 0.6;
    const History history = testing::random_transactions(options, rng);
    const CheckContext context;
    Allowance allowance(context);
    const auto transactions = parse(history, Flavour::rw_register, allowance);
    ASSERT_TRUE(transactions);
    for (const Scope scope : {Scope::plain, Scope::process}) {
      Anomalies others, found;
      const auto registers = find_registers(*transactions, others, allowance);
      ASSERT_TRUE(registers);
      find_cyclic_versions(*transactions, *registers, scope, allowance, found);
      cyclic[scope] += found.all().size();
      ASSERT_EQ(found.all().empty(), brute_force_orders_versions(history, scope == Scope::process))
          << checkers::testing::to_timeline(history);
    }
  }
  std::printf("%zu cases: %zu cyclic, %zu by processes\n", cases, cyclic[Scope::plain],
              cyclic[Scope::process]);
  EXPECT_GT(cyclic[Scope::plain], cases / 2'000);
  EXPECT_GT(cyclic[Scope::process], cases / 30);
}

TEST(TransactionsTwin, AgreesOnRegisters) {
  Tally tally;
  compare_many(Flavour::rw_register, 20'261'122, tally);
  if (HasFatalFailure() || tally.cases < 4'000) return;
  expect_balance(tally);
  for (const char* name :
       {"G1a", "G1b", "G1c", "G-single", "G2-item", "internal", "lost update", "fractured read",
        "G-single-process", "G-single-realtime", "G1c-realtime", "read of a value never written",
        "future read", "causality violation"})
    EXPECT_TRUE(tally.anomalies.contains(name)) << name;
}

}  // namespace
}  // namespace eris::checkers::transactions
