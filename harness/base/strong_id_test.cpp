#include "harness/base/strong_id.hpp"

#include <type_traits>
#include <unordered_set>

#include <gtest/gtest.h>

namespace eris::base {
namespace {

static_assert(!std::is_convertible_v<NodeId, ProcessId>);
static_assert(!std::is_convertible_v<int, NodeId>);

TEST(StrongId, OrdersAndCountsLikeItsInteger) {
  EXPECT_LT(Term(1), Term(2));
  EXPECT_EQ(LogIndex(7).next(), LogIndex(8));
}

TEST(StrongId, CanBeAHashKey) {
  std::unordered_set<NodeId> nodes{NodeId(1), NodeId(2), NodeId(1)};
  EXPECT_EQ(nodes.size(), 2u);
}

}  // namespace
}  // namespace eris::base
