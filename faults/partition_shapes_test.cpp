#include "faults/partition_shapes.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::faults {
namespace {

Nodes cluster_of(std::size_t count) {
  Nodes nodes;
  for (std::uint32_t id = 1; id <= count; ++id) nodes.emplace_back(id);
  return nodes;
}

/// The nodes that `node` still hears and reaches, itself included.
std::set<base::NodeId> seen_by(base::NodeId node, const Nodes& all, const Links& cut) {
  std::set<base::NodeId> seen;
  for (const base::NodeId other : all) {
    const bool out = std::ranges::find(cut, model::Link{node, other}) == cut.end();
    const bool in = std::ranges::find(cut, model::Link{other, node}) == cut.end();
    if (out && in) seen.insert(other);
  }
  return seen;
}

bool well_formed(const Links& links) {
  return std::ranges::is_sorted(links) && std::ranges::adjacent_find(links) == links.end() &&
         std::ranges::none_of(links, [](const model::Link& link) { return link.from == link.to; });
}

void expect_majorities_ring(const Nodes& ring) {
  const Links cut = majorities_ring(ring);
  EXPECT_TRUE(well_formed(cut));
  std::set<std::set<base::NodeId>> majorities;
  for (const base::NodeId node : ring) {
    const auto seen = seen_by(node, ring, cut);
    EXPECT_GE(seen.size(), majority_of(ring.size()));
    EXPECT_TRUE(majorities.insert(seen).second) << "two nodes see the same majority";
  }
}

TEST(MajoritiesRing, GivesEachNodeAMajorityOfItsOwn) {
  for (const std::size_t nodes : {3u, 4u, 5u, 6u, 7u, 8u, 9u, 10u, 15u})
    expect_majorities_ring(cluster_of(nodes));
}

TEST(MajoritiesRing, LeavesFiveNodesTheirTwoNeighbours) {
  const Nodes ring = cluster_of(5);
  EXPECT_EQ(seen_by(base::NodeId(1), ring, majorities_ring(ring)),
            (std::set{base::NodeId(5), base::NodeId(1), base::NodeId(2)}));
}

TEST(Majority, IsMoreThanHalfAndMinorityLess) {
  EXPECT_EQ(majority_of(3), 2u);
  EXPECT_EQ(majority_of(4), 3u);
  EXPECT_EQ(minority_of(1), 0u);
  EXPECT_EQ(minority_of(2), 0u);
  EXPECT_EQ(minority_of(4), 1u);
  EXPECT_EQ(minority_of(5), 2u);
}

RC_GTEST_PROP(Halves, LeaveEachSideConnectedAndNothingAcross, (std::uint64_t seed)) {
  const Nodes all = cluster_of(*rc::gen::element<std::size_t>(3, 4, 5, 7));
  base::Rng rng(seed);
  const Halves halves = draw_halves(all, rng);
  const Links cut = links_between(halves.larger, halves.smaller);
  RC_ASSERT(well_formed(cut));
  RC_ASSERT(halves.larger.size() == (all.size() + 1) / 2);
  RC_ASSERT(!halves.smaller.empty());
  for (const base::NodeId node : halves.larger)
    RC_ASSERT(seen_by(node, all, cut) == std::set(halves.larger.begin(), halves.larger.end()));
  for (const base::NodeId node : halves.smaller)
    RC_ASSERT(seen_by(node, all, cut) == std::set(halves.smaller.begin(), halves.smaller.end()));
}

RC_GTEST_PROP(Bridge, MiddleSeesAllAndTheSidesOnlyThemselvesAndIt, (std::uint64_t seed)) {
  const Nodes all = cluster_of(*rc::gen::element<std::size_t>(3, 4, 5, 7));
  base::Rng rng(seed);
  const Bridge bridge = draw_bridge(all, rng);
  const Links cut = links_between(bridge.left, bridge.right);
  RC_ASSERT(well_formed(cut));
  RC_ASSERT(seen_by(bridge.middle, all, cut).size() == all.size());
  RC_ASSERT(!bridge.left.empty() && !bridge.right.empty());
  for (const base::NodeId node : bridge.left)
    RC_ASSERT(seen_by(node, all, cut).size() == bridge.left.size() + 1);
  for (const base::NodeId node : bridge.right)
    RC_ASSERT(seen_by(node, all, cut).size() == bridge.right.size() + 1);
}

RC_GTEST_PROP(MajoritiesRing, HoldsForEveryOrderOfTheRing, (std::uint64_t seed)) {
  Nodes ring = cluster_of(*rc::gen::element<std::size_t>(3, 4, 5, 7));
  base::Rng(seed).shuffle(ring);
  const Links cut = majorities_ring(ring);
  std::set<std::set<base::NodeId>> majorities;
  for (const base::NodeId node : ring) {
    const auto seen = seen_by(node, ring, cut);
    RC_ASSERT(seen.size() >= majority_of(ring.size()));
    RC_ASSERT(majorities.insert(seen).second);
  }
}

RC_GTEST_PROP(DrawNodes, DrawsThatManyDifferentNodesInOrder, (std::uint64_t seed)) {
  const Nodes all = cluster_of(*rc::gen::inRange<std::size_t>(1, 9));
  base::Rng rng(seed);
  const Nodes drawn = draw_nodes(all, *rc::gen::inRange<std::size_t>(0, all.size() + 1), rng);
  RC_ASSERT(std::ranges::is_sorted(drawn));
  RC_ASSERT(std::ranges::adjacent_find(drawn) == drawn.end());
  RC_ASSERT(others(all, others(all, drawn)) == drawn);
}

}  // namespace
}  // namespace eris::faults
