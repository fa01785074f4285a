// Merkle trees over the cells of each range: two replicas find out where they differ by comparing a
// root, then leaves, then only the cells below the leaves that differ (DeCandia et al. 2007,
// section 4.7).
//
// Leaves are sums of hashes, so that a changed cell costs one leaf and a path to the root.
// Thread rule: plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace eris::quorum {

class MerkleTree {
 public:
  static constexpr std::size_t leaf_count = 16;
  using Leaves = std::array<std::uint64_t, leaf_count>;

  MerkleTree() = default;
  explicit MerkleTree(const Leaves& leaves);

  /// The leaf of a cell, by its position on the ring.
  [[nodiscard]] static std::size_t leaf_of(std::uint64_t position) { return position % leaf_count; }

  /// A cell with this hash came to a leaf, or left it.
  void add(std::size_t leaf, std::uint64_t hash);
  void remove(std::size_t leaf, std::uint64_t hash);

  [[nodiscard]] std::uint64_t root() const { return nodes_[1]; }
  [[nodiscard]] Leaves leaves() const;
  /// Leaves in which two trees differ; whole subtrees with equal hashes are passed over.
  [[nodiscard]] std::vector<std::size_t> differing(const MerkleTree& other) const;

 private:
  void set_leaf(std::size_t leaf, std::uint64_t sum);
  void descend(const MerkleTree& other, std::size_t node, std::vector<std::size_t>& found) const;

  /// As in a heap: the children of node i are 2i and 2i+1; the root is 1, leaves come last.
  std::array<std::uint64_t, 2 * leaf_count> nodes_{};
};

}  // namespace eris::quorum
