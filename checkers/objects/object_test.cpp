#include "checkers/objects/object.hpp"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "checkers/objects/nondeterministic.hpp"
#include "checkers/objects/register.hpp"
#include "checkers/objects/set.hpp"

namespace eris::checkers {
namespace {

using model::Value;
namespace function = model::function;

std::vector<Value> sample_values() {
  return {Value(),
          Value(false),
          Value(true),
          Value(0),
          Value(1),
          Value(2),
          Value("text"),
          Value(Value::List{Value(1)}),
          Value(Value::List{Value(1), Value(2)})};
}

Value micro(const char* kind, int name, const Value& value) {
  return Value(Value::List{Value(kind), Value(name), value});
}

void add_transactions(std::vector<Call>& calls) {
  const Value nothing;
  const Value asked(Value::List{micro("r", 1, nothing), micro("w", 2, Value(5))});
  const Value reads(Value::List{micro("r", 1, nothing), micro("r", 2, nothing)});
  const Value read_nil(Value::List{micro("r", 1, nothing), micro("w", 2, Value(5))});
  const Value read_five(Value::List{micro("r", 1, nothing), micro("r", 2, Value(5))});
  for (const Answer answer : {Answer::known, Answer::unknown, Answer::refused}) {
    calls.push_back({model::function::transaction, asked, read_nil, answer});
    calls.push_back({model::function::transaction, reads, reads, answer});
    calls.push_back({model::function::transaction, reads, read_five, answer});
  }
}

std::vector<Call> sample_calls() {
  std::vector<Call> calls;
  const auto add = [&](model::Function name, const Value& argument) {
    for (const Answer answer : {Answer::known, Answer::unknown, Answer::refused})
      for (const Value& result : sample_values())
        for (const std::uint64_t caller : {1, 2})
          calls.push_back({name, argument, result, answer, base::ProcessId(caller)});
  };
  for (const model::Function name :
       {function::read, function::write, function::append, function::remove, function::enqueue,
        function::dequeue, function::push, function::pop, function::insert, function::extract,
        function::add, function::discard, function::contains, function::acquire, function::release,
        function::generate, function::increment, function::fetch_add})
    for (const Value& value : sample_values()) add(name, value);
  for (const Value& value : sample_values())
    for (const Value& other : sample_values()) add(function::cas, Value(Value::List{value, other}));
  add_transactions(calls);
  return calls;
}

/// States that the object gets into by a few of these calls.
std::vector<Value> sample_states(const SequentialObject& object, const std::vector<Call>& calls) {
  constexpr std::size_t enough = 40;
  std::vector<Value> states{object.initial()};
  for (std::size_t i = 0; i < states.size() && states.size() < enough; ++i)
    for (const Call& call : calls) {
      if (object.shape(call).kind == ShapeKind::malformed) continue;
      const auto after = object.step(Value(states[i]), call);
      if (after && std::ranges::find(states, *after) == states.end()) states.push_back(*after);
      if (states.size() == enough) break;
    }
  return states;
}

/// The checkers rely on the shape alone wherever it says more than "effect".
void expect_shape_agrees(const SequentialObject& object) {
  const std::vector<Call> calls = sample_calls();
  const std::vector<Value> states = sample_states(object, calls);
  EXPECT_GT(states.size(), 1u) << object.name();
  for (const Call& call : calls) {
    const Shape shape = object.shape(call);
    if (shape.kind == ShapeKind::malformed || shape.kind == ShapeKind::effect) continue;
    for (const Value& state : states) {
      const auto after = object.step(state, call);
      const auto expected = shape.kind == ShapeKind::observe
                                ? (after ? std::optional(state) : std::nullopt)
                                : apply_shape(shape, state);
      EXPECT_EQ(after, expected) << object.name() << " " << call.function.view() << " "
                                 << to_text(call.argument) << " in " << to_text(state);
    }
  }
}

TEST(SequentialObject, ShapeAgreesWithStep) {
  for (const SequentialObject* object : objects()) expect_shape_agrees(*object);
  expect_shape_agrees(Membership());
}

TEST(SequentialObject, DescribesItsStates) {
  const auto initially = [](std::string_view name) {
    const SequentialObject& object = *find_object(name);
    return object.describe(object.initial());
  };
  EXPECT_EQ(initially("register"), "the value is nil");
  EXPECT_EQ(initially("queue"), "the queue is empty");
  EXPECT_EQ(initially("mutex"), "the lock is free");
  EXPECT_EQ(initially("multi-register"), "every register is nil");
  EXPECT_EQ(find_object("set")->describe(Value(Value::List{Value(1), Value(2)})),
            "the set holds 1 and 2");
}

TEST(KeyValueObject, AppendsToAnAbsentKeyOrAListOnly) {
  const SequentialObject& object = *find_object("key-value");
  const Call append{function::append, Value(3), {}, Answer::known};
  EXPECT_EQ(object.step(Value(), append), Value(Value::List{Value(3)}));
  EXPECT_EQ(object.step(Value(Value::List{Value(1)}), append),
            Value(Value::List{Value(1), Value(3)}));
  EXPECT_EQ(object.step(Value(5), append), std::nullopt);
}

TEST(KeyValueObject, DoesNotIncrementPastTheRangeOfIntegers) {
  const SequentialObject& object = *find_object("key-value");
  const Call increment{function::increment, Value(1), {}, Answer::known};
  EXPECT_EQ(object.step(Value(std::numeric_limits<std::int64_t>::max()), increment), std::nullopt);
  EXPECT_EQ(object.step(Value("text"), increment), std::nullopt);
}

TEST(SequentialObject, UnknownFunctionsAreMalformed) {
  const Call append{function::append, Value(3), {}, Answer::known};
  EXPECT_EQ(find_object("register")->shape(append).kind, ShapeKind::malformed);
  EXPECT_EQ(find_object("quueue"), nullptr);
}

/// Counts up by one or two at a time, as it likes.
class Leaper : public NondeterministicObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "leaper"; }
  [[nodiscard]] std::vector<Value> initial_states() const override { return {Value(0)}; }
  [[nodiscard]] std::vector<Value> steps(const Value& state, const Call& call) const override {
    if (call.function == function::read)
      return call.result == state ? std::vector{state} : std::vector<Value>{};
    return {Value(state.integer() + 1), Value(state.integer() + 2)};
  }
};

TEST(Powerset, KeepsEveryStateThatTheAnswersAllow) {
  const Powerset object(std::make_shared<Leaper>());
  const Call leap{function::increment, {}, {}, Answer::known};
  const auto read = [](int value) { return Call{function::read, {}, Value(value), Answer::known}; };
  const auto twice = object.step(*object.step(object.initial(), leap), leap);
  ASSERT_TRUE(twice.has_value());
  EXPECT_EQ(*twice, Value(Value::List{Value(2), Value(3), Value(4)}));
  EXPECT_EQ(object.step(*twice, read(3)), Value(Value::List{Value(3)}));
  EXPECT_EQ(object.step(*twice, read(1)), std::nullopt);
}

}  // namespace
}  // namespace eris::checkers
