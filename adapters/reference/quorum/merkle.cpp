#include "adapters/reference/quorum/merkle.hpp"

#include <algorithm>

#include "adapters/reference/kv/hash.hpp"

namespace eris::quorum {
namespace {

/// Of a node over two children; an empty subtree is 0 at every height.
std::uint64_t combine(std::uint64_t left, std::uint64_t right) {
  return left == 0 && right == 0 ? 0 : kv::mix(left, right);
}

}  // namespace

MerkleTree::MerkleTree(const Leaves& leaves) {
  std::ranges::copy(leaves, nodes_.begin() + leaf_count);
  for (std::size_t node = leaf_count - 1; node > 0; --node)
    nodes_[node] = combine(nodes_[2 * node], nodes_[2 * node + 1]);
}

void MerkleTree::add(std::size_t leaf, std::uint64_t hash) {
  set_leaf(leaf, nodes_[leaf_count + leaf] + hash);
}

void MerkleTree::remove(std::size_t leaf, std::uint64_t hash) {
  set_leaf(leaf, nodes_[leaf_count + leaf] - hash);
}

void MerkleTree::set_leaf(std::size_t leaf, std::uint64_t sum) {
  std::size_t node = leaf_count + leaf;
  nodes_[node] = sum;
  for (node /= 2; node > 0; node /= 2)
    nodes_[node] = combine(nodes_[2 * node], nodes_[2 * node + 1]);
}

MerkleTree::Leaves MerkleTree::leaves() const {
  Leaves leaves{};
  std::copy(nodes_.begin() + leaf_count, nodes_.end(), leaves.begin());
  return leaves;
}

std::vector<std::size_t> MerkleTree::differing(const MerkleTree& other) const {
  std::vector<std::size_t> found;
  descend(other, 1, found);
  return found;
}

void MerkleTree::descend(const MerkleTree& other, std::size_t node,
                         std::vector<std::size_t>& found) const {
  if (nodes_[node] == other.nodes_[node]) return;
  if (node >= leaf_count) {
    found.push_back(node - leaf_count);
    return;
  }
  descend(other, 2 * node, found);
  descend(other, 2 * node + 1, found);
}

}  // namespace eris::quorum
