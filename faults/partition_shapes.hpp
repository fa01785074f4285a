// The shapes that a network partition can take, as pure functions from nodes to links.
//
// Why apart from partition.cpp: a shape is geometry that can be proven for every cluster size
// without options, views or text around it. The shapes are those that Jepsen made customary
// (jepsen.nemesis: bisect, split-one, majorities-ring, bridge), with one-way cuts added.
// Invariants: a link never leads from a node to itself, none is named twice, and links ascend.
// Every function takes the nodes of the whole cluster, ascending and without repeats: a dead node
// is cut off too, since it may come back while the partition lasts.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/model/fault.hpp"

namespace eris::faults {

using Nodes = std::vector<base::NodeId>;
using Links = std::vector<model::Link>;

/// The smallest number of nodes that is more than half.
[[nodiscard]] constexpr std::size_t majority_of(std::size_t nodes) {
  return nodes / 2 + 1;
}
/// The greatest number of nodes that is less than half.
[[nodiscard]] constexpr std::size_t minority_of(std::size_t nodes) {
  return nodes == 0 ? 0 : (nodes - 1) / 2;
}

/// Every link from one group to the other, one direction only.
[[nodiscard]] Links links_from(const Nodes& senders, const Nodes& receivers);
/// Every link between two groups, both directions.
[[nodiscard]] Links links_between(const Nodes& one, const Nodes& other);
/// Those of `all` that are not in `some`, ascending.
[[nodiscard]] Nodes others(const Nodes& all, const Nodes& some);
/// `count` of `all`, drawn without repeats, ascending.
[[nodiscard]] Nodes draw_nodes(const Nodes& all, std::size_t count, base::Rng& rng);

/// The cluster in two: of an odd number of nodes a bare majority and the rest; of an even number
/// two equal sides, neither of which is a majority.
struct Halves {
  Nodes larger;
  Nodes smaller;
};
[[nodiscard]] Halves draw_halves(const Nodes& all, base::Rng& rng);

/// Links that leave each node of `ring` only its neighbours: as many on each side as it needs to
/// see a majority, itself included, while no two nodes see the same one. Three nodes have no such
/// circle, since each neighbour of two is a neighbour of all; there the first and the last of the
/// ring lose sight of one another, which has the same property. Needs at least three nodes.
[[nodiscard]] Links majorities_ring(const Nodes& ring);

/// Two groups that only `middle` connects.
struct Bridge {
  base::NodeId middle;
  Nodes left;
  Nodes right;
};
/// Needs at least three nodes; the groups differ in size by one at most.
[[nodiscard]] Bridge draw_bridge(const Nodes& all, base::Rng& rng);

}  // namespace eris::faults
