#include "harness/model/value_pool.hpp"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"

namespace eris::model {
namespace {

Value numbers(std::int64_t first, std::int64_t last) {
  Value::List list;
  for (std::int64_t i = first; i <= last; ++i) list.emplace_back(i);
  return Value(std::move(list));
}

Value micro(const char* function, int key, Value value) {
  return Value(Value::List{Value(function), key, std::move(value)});
}

TEST(ValuePool, LeavesScalarsAndEmptyListsAlone) {
  ValuePool pool;
  for (const Value& value :
       {Value(), Value(true), Value(7), Value("a text of many characters"), Value(Value::List{})})
    EXPECT_EQ(pool.shared(value), value);
}

TEST(ValuePool, HoldsEqualListsOnce) {
  ValuePool pool;
  const Value asked = pool.shared(Value(Value::List{micro("append", 1, 5), micro("r", 2, {})}));
  const Value told =
      pool.shared(Value(Value::List{micro("append", 1, 5), micro("r", 2, numbers(1, 3))}));
  EXPECT_EQ(asked.list()[0].list().data(), told.list()[0].list().data());
  EXPECT_EQ(told, Value(Value::List{micro("append", 1, 5), micro("r", 2, numbers(1, 3))}));
}

TEST(ValuePool, HoldsAGrowingListOnceWhateverItsReadersSaw) {
  ValuePool pool;
  std::vector<Value> reads;
  for (std::int64_t length = 1; length <= 100; ++length)
    reads.push_back(pool.shared(numbers(1, length)));
  std::size_t blocks = 1;
  for (std::size_t i = 1; i < reads.size(); ++i)
    if (reads[i].list().data() != reads[i - 1].list().data()) ++blocks;
  EXPECT_LE(blocks, 7u) << "room is doubled each time";
  EXPECT_EQ(pool.shared(numbers(1, 97)).list().data(), reads.back().list().data())
      << "a read that is a little late";
  for (std::int64_t length = 1; length <= 100; ++length)
    EXPECT_EQ(reads[static_cast<std::size_t>(length - 1)], numbers(1, length));
}

TEST(ValuePool, KeepsListsApartThatPartWays) {
  ValuePool pool;
  const auto grown = [](Value::List list, int last) {
    list.emplace_back(last);
    return Value(std::move(list));
  };
  const Value stem = pool.shared(numbers(1, 4));
  const Value first = pool.shared(grown(copy_of(stem.list()), 5));
  const Value second = pool.shared(grown(copy_of(stem.list()), 6));
  const Value longer = pool.shared(grown(copy_of(second.list()), 7));
  EXPECT_EQ(first, numbers(1, 5));
  EXPECT_EQ(second, Value(Value::List{1, 2, 3, 4, 6}));
  EXPECT_EQ(longer, Value(Value::List{1, 2, 3, 4, 6, 7}));
}

/// A block that another pool made may be written to only by that one.
TEST(ValuePool, DoesNotGrowWhatAnotherPoolHolds) {
  ValuePool one, other;
  const Value stem = one.shared(numbers(1, 3));
  const Value shared = one.shared(numbers(1, 4));
  EXPECT_EQ(other.shared(shared), shared);
  const Value here = one.shared(Value(Value::List{1, 2, 3, 4, 5}));
  const Value there = other.shared(Value(Value::List{1, 2, 3, 4, 6}));
  EXPECT_EQ(here, numbers(1, 5));
  EXPECT_EQ(there, Value(Value::List{1, 2, 3, 4, 6}));
}

class Growth {
 public:
  explicit Growth(base::Rng& rng) : rng_(rng), keys_(3) {}

  Value draw() {
    Value::List& list = keys_[rng_.below(keys_.size())];
    const std::uint64_t what = rng_.below(10);
    if (what < 6) list.emplace_back(static_cast<std::int64_t>(rng_.below(4)));
    if (what == 6) list.resize(rng_.below(list.size() + 1));
    Value::List shown = list;
    if (what == 7 && !shown.empty()) shown.pop_back();
    if (what == 8 && !shown.empty()) shown[rng_.below(shown.size())] = Value("other");
    if (what != 9) return Value(std::move(shown));
    return Value(Value::List{micro("r", 1, Value(std::move(shown))), micro("w", 2, 3)});
  }

 private:
  base::Rng& rng_;
  std::vector<Value::List> keys_;
};

TEST(ValuePool, NeverChangesWhatAValueIs) {
  base::Rng rng(20'261'121);
  for (int round = 0; round < 200; ++round) {
    ValuePool pool;
    Growth growth(rng);
    std::vector<std::pair<Value::List, Value>> all;
    for (int i = 0; i < 200; ++i) {
      const Value drawn = growth.draw();
      all.emplace_back(copy_of(drawn.list()), pool.shared(drawn));
      // Once more without another owner, so that its elements may be shared as well.
      all.emplace_back(copy_of(drawn.list()), pool.shared(Value(copy_of(drawn.list()))));
      if (rng.chance(0.3))
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(rng.below(all.size())));
    }
    for (auto& [expected, shared] : all) ASSERT_EQ(shared, Value(std::move(expected)));
  }
}

}  // namespace
}  // namespace eris::model
