// What becomes of versions when cells meet that know different parts of a history.
#include "adapters/reference/quorum/cell.hpp"

#include <gtest/gtest.h>

namespace eris::quorum {
namespace {

constexpr JoinRule siblings{.conflict = Conflict::siblings};

Version version(Stamp stamp, std::int64_t value) {
  return {.stamp = stamp, .value = Value(value)};
}

/// A cell in which `stamp` replaced all that was there.
Cell replaced(Cell cell, Stamp stamp, std::int64_t value) {
  const VersionVector context = cell.clock;
  write(cell, version(stamp, value), context, siblings);
  return cell;
}

TEST(QuorumCell, AReturningNodeReplacesNothingThatItNumberedBefore) {
  const NodeId node(5);
  const Cell acknowledged = replaced({}, {1, node}, 10);
  const Cell hidden = replaced(acknowledged, {2, node}, 20);
  // It left with the only replica of `hidden`, and came back with what the others hold.
  Cell returned = acknowledged;
  write(returned, version({3, node, 4}, 30), {}, siblings);
  ASSERT_TRUE(join(returned, hidden, siblings));
  ASSERT_EQ(returned.versions.size(), 2u);
  EXPECT_EQ(returned.versions[0].value, Value(std::int64_t{20})) << "it stands for 10";
  EXPECT_EQ(returned.versions[1].value, Value(std::int64_t{30}));
}

TEST(QuorumCell, StampsOfAnotherStayAreOthers) {
  EXPECT_EQ(to_text(Stamp{to_hybrid(std::chrono::milliseconds(7)), NodeId(2), 4}), "7.0@n2/4");
  EXPECT_FALSE(has_seen(VersionVector{{{NodeId(2)}, 9}}, Stamp{1, NodeId(2), 4}));
  EXPECT_TRUE(has_seen(VersionVector{{{NodeId(2), 4}, 9}}, Stamp{1, NodeId(2), 4}));
}

}  // namespace
}  // namespace eris::quorum
