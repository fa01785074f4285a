#include "adapters/reference/quorum/ring.hpp"

#include <algorithm>
#include <utility>

#include "adapters/reference/kv/encodings.hpp"
#include "adapters/reference/kv/hash.hpp"

namespace eris::quorum {
namespace {

bool ascends(const std::vector<NodeId>& nodes) {
  return std::ranges::adjacent_find(nodes, std::greater_equal{}) == nodes.end();
}

std::vector<NodeId> decode_ascending(kv::Reader& reader) {
  std::vector<NodeId> nodes = kv::decode_nodes(reader);
  if (!ascends(nodes)) reader.fail();
  return nodes;
}

}  // namespace

Position position_of(const Value& key) {
  return kv::mix(0x72696e67, hash(key));
}

std::vector<NodeId> RingState::everyone() const {
  std::vector<NodeId> all;
  std::ranges::set_union(members, leaving, std::back_inserter(all));
  return all;
}

std::uint64_t RingState::stay_of(NodeId node) const {
  const auto came = stays.find(node);
  return came == stays.end() ? 0 : came->second;
}

void encode(kv::Writer& writer, const RingState& ring) {
  writer.u64(ring.version);
  kv::encode_nodes(writer, ring.members);
  kv::encode_nodes(writer, ring.leaving);
  writer.u32(static_cast<std::uint32_t>(ring.stays.size()));
  for (const auto& [node, stay] : ring.stays) {
    writer.id(node);
    writer.u64(stay);
  }
}

RingState decode_ring(kv::Reader& reader) {
  RingState ring{.version = reader.u64(), .members = decode_ascending(reader)};
  ring.leaving = decode_ascending(reader);
  for (std::uint32_t left = reader.count(sizeof(NodeId::value) + sizeof(std::uint64_t)); left > 0;
       --left) {
    const auto node = reader.id<NodeId>();
    if (!ring.stays.empty() && ring.stays.rbegin()->first >= node) reader.fail();
    ring.stays.emplace_hint(ring.stays.end(), node, reader.u64());
  }
  return ring;
}

Layout::Layout(const std::vector<NodeId>& members, std::size_t virtual_nodes,
               std::size_t replication)
    : members_(members.size()) {
  for (const NodeId node : members)
    for (std::size_t i = 0; i < virtual_nodes; ++i)
      tokens_.push_back({kv::mix(kv::mix(0x746f6b656e, node.value), i), node});
  std::ranges::sort(tokens_);
  for (std::size_t range = 0; range < tokens_.size(); ++range)
    owners_.push_back(walk(range, std::min(replication, members_)));
}

/// Positions up to and including a token belong to its range; those after the last one, to the
/// first.
std::size_t Layout::range_of(Position position) const {
  const auto found = std::ranges::lower_bound(tokens_, position, {}, &Token::at);
  return found == tokens_.end() ? 0 : static_cast<std::size_t>(found - tokens_.begin());
}

std::vector<NodeId> Layout::preference(std::size_t range) const {
  return walk(range, members_);
}

std::vector<NodeId> Layout::walk(std::size_t range, std::size_t count) const {
  std::vector<NodeId> nodes;
  for (std::size_t step = 0; step < tokens_.size() && nodes.size() < count; ++step) {
    const NodeId node = tokens_[(range + step) % tokens_.size()].node;
    if (std::ranges::find(nodes, node) == nodes.end()) nodes.push_back(node);
  }
  return nodes;
}

Ring::Ring(RingState state, std::size_t virtual_nodes, std::size_t replication)
    : state_(std::move(state)),
      layout_(state_.members, virtual_nodes, replication),
      before_(state_.leaving, virtual_nodes, replication) {}

std::vector<std::vector<NodeId>> Ring::groups(Position position) const {
  std::vector<std::vector<NodeId>> groups;
  // The layout before comes first: its owners have the data.
  if (before_.ranges() > 0) groups.push_back(before_.owners(before_.range_of(position)));
  if (layout_.ranges() > 0) groups.push_back(layout_.owners(layout_.range_of(position)));
  return groups;
}

std::vector<NodeId> Ring::stand_ins(Position position) const {
  if (layout_.ranges() == 0) return {};
  std::vector<NodeId> nodes = layout_.preference(layout_.range_of(position));
  std::erase_if(nodes, [&](NodeId node) { return owns(node, position); });
  return nodes;
}

bool Ring::owns(NodeId node, Position position) const {
  return std::ranges::any_of(groups(position), [node](const std::vector<NodeId>& owners) {
    return std::ranges::find(owners, node) != owners.end();
  });
}

NodeId Ring::seed() const {
  return state_.members.empty() ? NodeId() : state_.members.front();
}

}  // namespace eris::quorum
