// Anti-entropy (Dynamo, section 4.7): owners of the same ranges compare hash trees, in turn, and
// give each other what differs.
#include <algorithm>

#include "adapters/reference/kv/hash.hpp"
#include "adapters/reference/quorum/core.hpp"

namespace eris::quorum {
namespace {

/// Cells in one message, and answers to one list of roots: the rest waits for the next round.
constexpr std::size_t cells_at_once = 64;
constexpr std::size_t ranges_at_once = 16;

bool owns(const Layout& layout, std::size_t range, NodeId node) {
  const std::vector<NodeId>& owners = layout.owners(range);
  return std::ranges::find(owners, node) != owners.end();
}

}  // namespace

std::uint64_t cell_hash(const StoredKey& place, const Cell& cell) {
  return kv::mix(kv::hash_bytes(place.position, place.bytes), hash(cell));
}

void Core::rebuild_trees() {
  trees_.clear();
  tombstones_.clear();
  strays_.clear();
  for (std::size_t range = 0; range < ring_.layout().ranges(); ++range)
    if (owns(ring_.layout(), range, config_.self)) trees_.emplace(range, MerkleTree());
  for (const auto& [place, entry] : store_) replaced(place, nullptr, &entry.cell);
}

/// With one other owner at a time, so that each is met in turn.
void Core::sync() {
  std::vector<NodeId> peers = ring_.state().members;
  std::erase(peers, config_.self);
  if (peers.empty() || trees_.empty()) return;
  for (std::size_t tried = 0; tried < peers.size(); ++tried) {
    const NodeId peer = peers[sync_turn_++ % peers.size()];
    if (!alive(peer)) continue;
    SyncRoots message;
    for (const auto& [range, tree] : trees_)
      if (owns(ring_.layout(), range, peer))
        message.roots.emplace_back(static_cast<std::uint32_t>(range), tree.root());
    if (message.roots.empty()) continue;
    send(peer, std::move(message));
    return;
  }
}

void Core::handle(NodeId from, const SyncRoots& message) {
  std::size_t answered = 0;
  for (const auto& [range, root] : message.roots) {
    const auto tree = trees_.find(range);
    if (tree == trees_.end() || tree->second.root() == root) continue;
    send(from, SyncLeaves{range, tree->second.leaves()});
    if (++answered == ranges_at_once) return;
  }
}

void Core::handle(NodeId from, const SyncLeaves& message) {
  const auto tree = trees_.find(message.range);
  if (tree == trees_.end()) return;
  std::uint32_t leaves = 0;
  for (const std::size_t leaf : tree->second.differing(MerkleTree(message.leaves))) {
    if (has(Bug::merkle_range_off_by_one) && leaf + 1 == MerkleTree::leaf_count) continue;
    leaves |= std::uint32_t{1} << leaf;
  }
  if (leaves == 0) return;
  send_cells(from, message.range, leaves, cells_in(message.range, leaves));
}

void Core::handle(NodeId from, const SyncCells& message) {
  for (const auto& [key, cell] : message.cells) store(key, stored_key(key), cell);
  if (message.leaves == 0 || !trees_.contains(message.range)) return;
  // Whatever of the same leaves is still other than what was sent.
  auto ours = cells_in(message.range, message.leaves);
  std::erase_if(ours, [&](const auto& pair) {
    return std::ranges::find(message.cells, pair) != message.cells.end();
  });
  if (!ours.empty()) send_cells(from, message.range, 0, std::move(ours));
}

std::vector<std::pair<Value, Cell>> Core::cells_in(std::size_t range, std::uint32_t leaves) const {
  std::vector<std::pair<Value, Cell>> cells;
  for (const auto& [place, entry] : store_) {
    const bool wanted = (leaves >> MerkleTree::leaf_of(place.position) & 1) != 0;
    if (wanted && ring_.layout().range_of(place.position) == range)
      cells.emplace_back(entry.key, entry.cell);
  }
  return cells;
}

void Core::send_cells(NodeId to, std::uint32_t range, std::uint32_t leaves,
                      std::vector<std::pair<Value, Cell>> cells) {
  for (;;) {
    const std::size_t count = std::min(cells.size(), cells_at_once);
    const bool last = count == cells.size();
    SyncCells message{.range = range, .leaves = last ? leaves : 0};
    const auto middle = cells.begin() + static_cast<std::ptrdiff_t>(count);
    message.cells.assign(cells.begin(), middle);
    cells.erase(cells.begin(), middle);
    send(to, std::move(message));
    if (last) return;
  }
}

}  // namespace eris::quorum
