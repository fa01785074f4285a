#include "harness/model/value.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/testing/generators.hpp"

namespace eris::model {
namespace {

TEST(Value, TakesSixteenBytes) {
  EXPECT_EQ(sizeof(Value), 16u);
}

TEST(Value, HoldsTextOfAnyLength) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  std::vector<Value> values;
  for (std::size_t length = 0; length <= letters.size(); ++length) {
    const std::string_view text = std::string_view(letters).substr(0, length);
    values.emplace_back(text);
    const Value copy = values.back();
    EXPECT_EQ(copy.text(), text);
    EXPECT_EQ(copy, Value(text));
    EXPECT_EQ(copy.hash(), Value(text).hash());
  }
  EXPECT_TRUE(std::ranges::is_sorted(values)) << "wherever the text is held";
  EXPECT_NE(Value(std::string_view("a\0", 2)), Value("a"));
}

TEST(Value, OutlivesWhatItWasCopiedFrom) {
  Value kept;
  {
    const Value list(Value::List{Value("a text of many characters"), Value(Value::List{1, 2})});
    kept = list.list()[1];
    Value moved(list);
    kept = Value(Value::List{std::move(kept), moved});
    moved = moved.list()[0];
    EXPECT_EQ(moved.text(), "a text of many characters");
  }
  EXPECT_EQ(to_text(kept), "[[1 2] [\"a text of many characters\" [1 2]]]");
  const Value& itself = kept;
  kept = itself;
  EXPECT_EQ(kept.list().size(), 2u);
}

TEST(Value, OrdersByKindThenByContent) {
  const std::vector<Value> ascending{
      Value(),
      Value(false),
      Value(true),
      Value(-1),
      Value(0),
      Value(7),
      Value(""),
      Value("a"),
      Value("b"),
      Value("b, but longer than fits in place"),
      Value(Value::List{}),
      Value(Value::List{Value()}),
      Value(Value::List{Value(), Value(1)}),
      Value(Value::List{Value(1)}),
  };
  for (std::size_t i = 0; i < ascending.size(); ++i)
    for (std::size_t j = 0; j < ascending.size(); ++j)
      EXPECT_EQ(ascending[i] <=> ascending[j], i <=> j) << i << " and " << j;
}

TEST(Value, IsShownAsPeopleReadIt) {
  EXPECT_EQ(to_text(Value()), "nil");
  EXPECT_EQ(to_text(Value(true)), "true");
  EXPECT_EQ(to_text(Value(-42)), "-42");
  EXPECT_EQ(to_text(Value("x")), "\"x\"");
  EXPECT_EQ(to_text(Value(Value::List{Value(1), Value(), Value(Value::List{Value("a")})})),
            "[1 nil [\"a\"]]");
}

TEST(Value, FindsTheFirstFieldOfAName) {
  const Fields fields{{"term", Value(3)}, {"role", Value("leader")}, {"term", Value(4)}};
  ASSERT_NE(find(fields, "term"), nullptr);
  EXPECT_EQ(*find(fields, "term"), Value(3));
  EXPECT_EQ(find(fields, "commit"), nullptr);
}

TEST(ValueDeathTest, RefusesToBeWhatItIsNot) {
  EXPECT_DEATH(static_cast<void>(Value("x").integer()), "asked a value for an integer");
}

RC_GTEST_PROP(Value, EqualValuesHashEqually, ()) {
  const Value value = *testing::any_value();
  const auto copy_deeply = [](const Value& from, const auto& self) -> Value {
    if (from.is_text()) return Value(std::string_view(from.text()));
    if (!from.is_list()) return from;
    Value::List items;
    for (const Value& item : from.list()) items.push_back(self(item, self));
    return Value(std::move(items));
  };
  const Value copy = copy_deeply(value, copy_deeply);
  RC_ASSERT(copy == value);
  RC_ASSERT(copy.hash() == value.hash());
}

RC_GTEST_PROP(Value, OrderIsTotal, ()) {
  auto values = *rc::gen::container<std::vector<Value>>(testing::any_value());
  std::ranges::sort(values);
  for (std::size_t i = 1; i < values.size(); ++i) {
    RC_ASSERT(values[i - 1] <= values[i]);
    RC_ASSERT((values[i - 1] <=> values[i]) == (0 <=> (values[i] <=> values[i - 1])));
  }
}

TEST(Value, HashesTellCloseValuesApart) {
  std::vector<std::size_t> hashes;
  for (int i = 0; i < 1'000; ++i) {
    hashes.push_back(Value(i).hash());
    hashes.push_back(Value(Value::List{Value(i), Value(i + 1)}).hash());
  }
  std::ranges::sort(hashes);
  EXPECT_EQ(std::ranges::unique(hashes).size(), 0u);
}

}  // namespace
}  // namespace eris::model
