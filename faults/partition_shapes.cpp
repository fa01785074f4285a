#include "faults/partition_shapes.hpp"

#include <algorithm>
#include <iterator>

#include "harness/base/assert.hpp"

namespace eris::faults {

namespace {

Nodes ascending(Nodes nodes) {
  std::ranges::sort(nodes);
  return nodes;
}

}  // namespace

Links links_from(const Nodes& senders, const Nodes& receivers) {
  Links links;
  for (const base::NodeId from : senders)
    for (const base::NodeId to : receivers) {
      ERIS_ASSERT(from != to, "the sides of a partition share no node");
      links.push_back({from, to});
    }
  std::ranges::sort(links);
  return links;
}

Links links_between(const Nodes& one, const Nodes& other) {
  Links links = links_from(one, other);
  std::ranges::copy(links_from(other, one), std::back_inserter(links));
  std::ranges::sort(links);
  return links;
}

Nodes others(const Nodes& all, const Nodes& some) {
  Nodes rest;
  std::ranges::copy_if(all, std::back_inserter(rest), [&](base::NodeId node) {
    return std::ranges::find(some, node) == some.end();
  });
  return ascending(std::move(rest));
}

Nodes draw_nodes(const Nodes& all, std::size_t count, base::Rng& rng) {
  ERIS_ASSERT(count <= all.size(), "no more nodes can be drawn than there are");
  Nodes shuffled = all;
  rng.shuffle(shuffled);
  shuffled.resize(count);
  return ascending(std::move(shuffled));
}

Halves draw_halves(const Nodes& all, base::Rng& rng) {
  ERIS_ASSERT(all.size() >= 2, "one node cannot be split");
  Nodes larger = draw_nodes(all, (all.size() + 1) / 2, rng);
  Nodes smaller = others(all, larger);
  return {std::move(larger), std::move(smaller)};
}

Links majorities_ring(const Nodes& ring) {
  const std::size_t count = ring.size();
  ERIS_ASSERT(count >= 3, "fewer than three nodes have no two different majorities");
  if (count == 3) return links_between({ring.front()}, {ring.back()});
  // A majority takes majority_of(count) - 1 others; half of them, rounded up, on each side.
  const std::size_t reach = majority_of(count) / 2;
  Links links;
  for (std::size_t from = 0; from < count; ++from)
    for (std::size_t to = 0; to < count; ++to) {
      const std::size_t clockwise = (to + count - from) % count;
      if (std::min(clockwise, count - clockwise) > reach) links.push_back({ring[from], ring[to]});
    }
  std::ranges::sort(links);
  return links;
}

Bridge draw_bridge(const Nodes& all, base::Rng& rng) {
  ERIS_ASSERT(all.size() >= 3, "a bridge needs a node on each side");
  const base::NodeId middle = rng.pick(all);
  const Nodes rest = others(all, {middle});
  Nodes left = draw_nodes(rest, rest.size() / 2, rng);
  Nodes right = others(rest, left);
  return {middle, std::move(left), std::move(right)};
}

}  // namespace eris::faults
