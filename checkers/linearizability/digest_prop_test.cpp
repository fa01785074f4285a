// The digest against prepare(): every key in the same form, whichever way it came to it.
#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "checkers/linearizability/digest.hpp"
#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/long_history.hpp"
#include "checkers/testing/random_history.hpp"

namespace eris::checkers::linearizability {
namespace {

using model::History;
using model::Operation;

/// Several random histories as the keys of one.
History several_keys(base::Rng& rng, std::string_view object) {
  History all;
  const std::size_t keys = 2 + rng.below(3);
  for (std::uint32_t key = 0; key < keys; ++key) {
    const History one = testing::random_history(testing::random_options(rng, object), rng);
    all.keys.emplace_back(static_cast<std::int64_t>(key));
    all.errors = one.errors;
    for (Operation operation : one.operations) {
      operation.key = key;
      all.operations.push_back(std::move(operation));
    }
  }
  std::ranges::stable_sort(all.operations, {}, &Operation::invoked);
  return all;
}

void expect_same(const Problem& digested, const Problem& prepared) {
  EXPECT_EQ(digested.object, prepared.object);
  EXPECT_EQ(digested.values, prepared.values);
  ASSERT_EQ(digested.entries.size(), prepared.entries.size());
  for (std::size_t i = 0; i < prepared.entries.size(); ++i)
    ASSERT_EQ(digested.entries[i], prepared.entries[i]) << i;
}

/// How many keys the digest gave, of how many.
std::pair<std::size_t, std::size_t> compare(const History& history,
                                            const SequentialObject& object) {
  const KeyIndex index(history);
  const CheckContext context;
  const Digest digest(history, index, object, Allowance(context));
  std::size_t given = 0;
  for (std::size_t key = 0; key < index.keys(); ++key) {
    const auto digested = digest.problem(key);
    const auto prepared = prepare(history, index.operations(key), object);
    const bool plain = prepared && prepared->plain();
    EXPECT_EQ(digested.has_value(), plain) << "key " << key;
    if (!digested || !plain) continue;
    expect_same(*digested, *prepared);
    ++given;
  }
  return {given, index.keys()};
}

TEST(Digest, GivesWhatPreparingTheKeyGives) {
  base::Rng rng(20'261'121);
  std::size_t given = 0, keys = 0;
  for (std::size_t i = testing::random_cases(3'000); i > 0 && !::testing::Test::HasFailure(); --i) {
    const char* object = rng.chance(0.5) ? "register" : "key-value";
    const auto [some, all] = compare(several_keys(rng, object), *find_object(object));
    given += some;
    keys += all;
  }
  EXPECT_GT(given, keys / 2);
  EXPECT_LT(given, keys) << "some keys hold lists and counters";
}

TEST(Digest, GivesKeysOfManyValuesOfTheirOwnToo) {
  History history = testing::long_history({.operations = 20'000, .keys = 50, .cas = 0.2});
  for (Operation& operation : history.operations)
    if (operation.function == model::function::write)
      operation.argument = model::Value(operation.argument.integer() * 50 + operation.key);
  EXPECT_EQ(compare(history, *find_object("register")).first, 50u);
}

TEST(Digest, LeavesWhatTheObjectDoesNotKnowToTheKey) {
  History history = testing::long_history({.operations = 100, .keys = 2});
  history.operations.back().function = model::Function{"dance"};
  EXPECT_EQ(compare(history, *find_object("register")).first, 1u);
}

TEST(Digest, LeavesEventsThatDoNotFitToTheKey) {
  History history = testing::long_history({.operations = 100, .keys = 2});
  const std::uint32_t far = history.operations.back().key;
  for (Operation& operation : history.operations) {
    if (operation.key != far) continue;
    operation.invoked += std::uint64_t{1} << 32;
    operation.completed += std::uint64_t{1} << 32;
  }
  const KeyIndex index(history);
  const CheckContext context;
  const Digest digest(history, index, *find_object("register"), Allowance(context));
  EXPECT_FALSE(digest.problem(far).has_value());
  EXPECT_TRUE(digest.problem(1 - far).has_value());
  const auto checker = make_linearizability_checker("register");
  EXPECT_EQ(checker->check(history, context).verdict, model::Verdict::valid);
}

/// A register that cannot stand the value 13.
class Superstitious : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "superstitious"; }
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override {
    return find_object("register")->step(state, call);
  }
  [[nodiscard]] Shape shape(const Call& call) const override {
    if (call.argument == model::Value(13)) throw std::runtime_error("not that number");
    return find_object("register")->shape(call);
  }
};

TEST(Digest, LeavesAKeyAtWhichTheObjectThrowsToSaySoItself) {
  History history = testing::long_history({.operations = 400, .clients = 3, .keys = 2});
  for (Operation& operation : history.operations) {
    if (operation.key == 0) continue;
    if (operation.argument == model::Value(13)) operation.argument = model::Value(1'013);
    if (operation.function == model::function::read) operation.result = model::Value(7'777);
  }
  const Superstitious object;
  const KeyIndex index(history);
  const CheckContext context;
  const Digest digest(history, index, object, Allowance(context));
  EXPECT_FALSE(digest.problem(0).has_value());
  EXPECT_TRUE(digest.problem(1).has_value());
  const auto result = make_linearizability_checker(object)->check(history, context);
  EXPECT_EQ(result.verdict, model::Verdict::invalid) << "what key 1 says is not lost";
}

TEST(Digest, StopsWhenTimeOrMemoryRunOut) {
  const History history = testing::long_history({.operations = 5'000, .keys = 2});
  const KeyIndex index(history);
  const SequentialObject& object = *find_object("register");
  const CheckContext no_time{.out_of_time = [] { return true; }};
  EXPECT_THROW(Digest(history, index, object, Allowance(no_time)), OutOfBudget);
  const CheckContext no_memory{.memory_budget_bytes = 1'000};
  EXPECT_THROW(Digest(history, index, object, Allowance(no_memory)), OutOfBudget);
}

}  // namespace
}  // namespace eris::checkers::linearizability
