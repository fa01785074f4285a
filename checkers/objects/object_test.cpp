#include "checkers/objects/object.hpp"

#include <gtest/gtest.h>

#include "checkers/objects/register.hpp"

namespace eris::checkers {
namespace {

using model::Value;
namespace function = model::function;

std::vector<Value> sample_values() {
  return {Value(),
          Value(0),
          Value(1),
          Value(2),
          Value("text"),
          Value(Value::List{Value(1)}),
          Value(Value::List{Value(1), Value(2)})};
}

std::vector<Call> sample_calls() {
  std::vector<Call> calls;
  const auto add = [&](model::Function name, const Value& argument) {
    for (const Answer answer : {Answer::known, Answer::unknown, Answer::refused})
      for (const Value& result : sample_values()) calls.push_back({name, argument, result, answer});
  };
  for (const model::Function name :
       {function::read, function::write, function::append, function::remove})
    for (const Value& value : sample_values()) add(name, value);
  for (const Value& value : sample_values())
    for (const Value& other : sample_values()) add(function::cas, Value(Value::List{value, other}));
  for (const int delta : {-1, 0, 3}) add(function::increment, Value(delta));
  return calls;
}

/// The checkers rely on the shape alone wherever it says more than "effect".
TEST(SequentialObject, ShapeAgreesWithStep) {
  for (const SequentialObject* object : objects())
    for (const Call& call : sample_calls()) {
      const Shape shape = object->shape(call);
      for (const Value& state : sample_values()) {
        if (shape.kind == ShapeKind::malformed || shape.kind == ShapeKind::effect) continue;
        EXPECT_EQ(object->step(state, call), apply_shape(shape, state))
            << object->name() << " " << call.function.view() << " " << to_text(call.argument);
      }
    }
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
  EXPECT_EQ(find_object("queue"), nullptr);
}

}  // namespace
}  // namespace eris::checkers
