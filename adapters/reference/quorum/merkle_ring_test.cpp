#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/quorum/merkle.hpp"
#include "adapters/reference/quorum/ring.hpp"

namespace eris::quorum {
namespace {

std::vector<NodeId> nodes(std::initializer_list<std::uint32_t> ids) {
  std::vector<NodeId> result;
  for (const std::uint32_t id : ids) result.emplace_back(id);
  return result;
}

/// A twin that keeps all items of each leaf.
RC_GTEST_PROP(Merkle, FindsTheLeavesThatDifferWhateverTheOrder, ()) {
  using Items = std::vector<std::pair<std::size_t, std::uint64_t>>;
  const auto item = rc::gen::pair(rc::gen::inRange<std::size_t>(0, MerkleTree::leaf_count),
                                  rc::gen::inRange<std::uint64_t>(1, 1000));
  const auto common = *rc::gen::container<Items>(item);
  const auto only_a = *rc::gen::container<Items>(item);
  MerkleTree a;
  MerkleTree b;
  std::map<std::size_t, std::uint64_t> sums_a;
  std::map<std::size_t, std::uint64_t> sums_b;
  for (const auto& [leaf, hash] : common) {
    a.add(leaf, hash);
    sums_a[leaf] += hash;
  }
  for (const auto& [leaf, hash] : only_a) {
    a.add(leaf, hash);
    sums_a[leaf] += hash;
  }
  for (auto i = common.rbegin(); i != common.rend(); ++i) {
    b.add(i->first, i->second);
    sums_b[i->first] += i->second;
  }
  std::vector<std::size_t> expected;
  for (std::size_t leaf = 0; leaf < MerkleTree::leaf_count; ++leaf)
    if (sums_a[leaf] != sums_b[leaf]) expected.push_back(leaf);
  RC_ASSERT(a.differing(b) == expected);
  RC_ASSERT((a.root() == b.root()) == expected.empty());
  RC_ASSERT(MerkleTree(a.leaves()).root() == a.root());
  for (const auto& [leaf, hash] : only_a) a.remove(leaf, hash);
  RC_ASSERT(a.root() == b.root());
}

TEST(Ring, GivesEachKeyThatManyDifferentOwners) {
  const Ring ring({.version = 1, .members = nodes({1, 2, 3, 4, 5})}, 8, 3);
  std::set<NodeId> used;
  for (std::int64_t key = 0; key < 500; ++key) {
    const auto groups = ring.groups(position_of(Value(key)));
    ASSERT_EQ(groups.size(), 1u);
    const std::set<NodeId> owners(groups[0].begin(), groups[0].end());
    ASSERT_EQ(owners.size(), 3u);
    used.insert(owners.begin(), owners.end());
    ASSERT_EQ(ring.stand_ins(position_of(Value(key))).size(), 2u);
  }
  EXPECT_EQ(used.size(), 5u) << "every node holds something";
}

TEST(Ring, MovesFewKeysWhenANodeComes) {
  const Ring before({.version = 1, .members = nodes({1, 2, 3, 4, 5})}, 8, 1);
  const Ring after({.version = 2, .members = nodes({1, 2, 3, 4, 5, 6})}, 8, 1);
  int moved = 0;
  for (std::int64_t key = 0; key < 1000; ++key) {
    const Position position = position_of(Value(key));
    const NodeId now = after.groups(position)[0][0];
    if (before.groups(position)[0][0] == now) continue;
    ++moved;
    EXPECT_EQ(now, NodeId(6)) << "a key that moves, moves to the new node";
  }
  EXPECT_GT(moved, 50);
  EXPECT_LT(moved, 400);
}

TEST(Ring, CountsBothLayoutsWhileDataMoves) {
  const Ring ring({.version = 2, .members = nodes({2, 3, 4}), .leaving = nodes({1, 2, 3})}, 8, 3);
  const auto groups = ring.groups(position_of(Value(std::int64_t{7})));
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_NE(std::ranges::find(groups[0], NodeId(1)), groups[0].end());
  EXPECT_NE(std::ranges::find(groups[1], NodeId(4)), groups[1].end());
  EXPECT_EQ(ring.seed(), NodeId(2));
  EXPECT_EQ(ring.state().everyone(), nodes({1, 2, 3, 4}));
}

}  // namespace
}  // namespace eris::quorum
