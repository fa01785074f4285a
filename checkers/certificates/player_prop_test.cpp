// Players against the objects' own steps, call by call, on random calls.
#include <algorithm>

#include <gtest/gtest.h>

#include "checkers/certificates/player.hpp"
#include "checkers/testing/random_history.hpp"
#include "harness/base/rng.hpp"

namespace eris::checkers::certificates {
namespace {

using model::Value;
namespace function = model::function;

/// Of few values, so that many fit.
Value any_value(base::Rng& rng) {
  switch (rng.below(8)) {
    case 0:
      return {};
    case 1:
      return Value(rng.chance(0.5));
    case 2: {
      Value::List list;
      for (std::uint64_t size = rng.below(4); size > 0; --size)
        list.emplace_back(rng.between(1, 3));
      return Value(std::move(list));
    }
    default:
      return rng.between(1, 3);
  }
}

/// A call that the object knows, mostly with an answer that fits.
Call any_call(const SequentialObject& object, const Value& state,
              const std::vector<model::Function>& functions, base::Rng& rng) {
  for (;;) {
    Call call{rng.pick(functions), rng.chance(0.8) ? Value(rng.between(1, 3)) : any_value(rng),
              any_value(rng)};
    if (rng.chance(0.1)) call.answer = Answer::unknown;
    if (rng.chance(0.05)) call.answer = Answer::refused;
    const ShapeKind kind = object.shape(call).kind;
    if (kind == ShapeKind::malformed || kind == ShapeKind::nothing) continue;
    // Whole reads seldom fit by chance.
    if (call.function == function::read && rng.chance(0.5)) call.result = state;
    if (object.step(state, call) || rng.chance(0.1)) return call;
  }
}

struct Kind {
  std::string object;
  std::vector<model::Function> functions;
};

class Players : public ::testing::TestWithParam<Kind> {};

TEST_P(Players, AcceptWhatTheStepsOfTheObjectAccept) {
  const SequentialObject& object = *find_object(GetParam().object);
  base::Rng rng(20'261'121);
  std::size_t refused = 0, played = 0;
  for (std::size_t i = testing::random_cases(2'000); i > 0; --i) {
    const auto player = make_player(object);
    Value state = object.initial();
    for (std::uint64_t length = rng.below(20); length > 0; --length, ++played) {
      const Call call = any_call(object, state, GetParam().functions, rng);
      const auto next = object.step(state, call);
      ASSERT_EQ(player->play(call), next.has_value())
          << call.function.view() << " " << to_text(call.argument) << " -> " << to_text(call.result)
          << " where " << object.describe(state);
      if (!next) {
        ++refused;
        break;
      }
      state = *next;
    }
  }
  EXPECT_GT(refused, played / 100);
  EXPECT_LT(refused, played / 2);
}

INSTANTIATE_TEST_SUITE_P(
    PlayersTwin, Players,
    ::testing::Values(Kind{"queue", {function::enqueue, function::dequeue}},
                      Kind{"stack", {function::push, function::pop}},
                      Kind{"priority-queue", {function::insert, function::extract}},
                      Kind{"set",
                           {function::add, function::discard, function::contains, function::read}},
                      Kind{"grow-only-set", {function::add, function::contains, function::read}},
                      Kind{"list", {function::append, function::read}},
                      Kind{"unique-ids", {function::generate}},
                      Kind{"counter", {function::increment, function::read}}),
    [](const auto& instance) {
      std::string name = instance.param.object;
      std::ranges::replace(name, '-', '_');
      return name;
    });

}  // namespace
}  // namespace eris::checkers::certificates
