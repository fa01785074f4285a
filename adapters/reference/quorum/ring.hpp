// Ring: which nodes hold which keys, by consistent hashing with virtual nodes (Karger et al. 1997;
// DeCandia et al. 2007, section 4.2).
//
// A key belongs to the first N different nodes at or after its position. While the membership
// changes there are two layouts, and both owners of a key must agree to everything, as in joint
// consensus; so no read misses a write while data moves.
// Invariant: a ring's version names its members; only the seed of version v, its lowest member,
// makes version v+1. Thread rule: immutable but for assignment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/reference/quorum/cell.hpp"

namespace eris::quorum {

/// Where a key stands on the ring.
using Position = std::uint64_t;
[[nodiscard]] Position position_of(const Value& key);

/// What is agreed upon and stored; layouts follow from it.
struct RingState {
  std::uint64_t version = 0;      ///< 0: no ring is known
  std::vector<NodeId> members;    ///< ascending
  std::vector<NodeId> leaving{};  ///< ascending: the members before, while data moves; else empty
  /// For those who came after the first ring, the version in which they did.
  std::map<NodeId, std::uint64_t> stays{};
  [[nodiscard]] bool moving() const { return !leaving.empty(); }
  /// All nodes of both layouts, ascending.
  [[nodiscard]] std::vector<NodeId> everyone() const;
  /// As Actor has it.
  [[nodiscard]] std::uint64_t stay_of(NodeId node) const;
  bool operator==(const RingState&) const = default;
};

void encode(kv::Writer& writer, const RingState& ring);
[[nodiscard]] RingState decode_ring(kv::Reader& reader);

/// Where the virtual nodes of these members stand.
class Layout {
 public:
  Layout() = default;
  Layout(const std::vector<NodeId>& members, std::size_t virtual_nodes, std::size_t replication);

  [[nodiscard]] std::size_t ranges() const { return tokens_.size(); }
  /// The range that a position falls into; ranges must not be 0.
  [[nodiscard]] std::size_t range_of(Position position) const;
  /// The nodes that hold a range, in order of preference.
  [[nodiscard]] const std::vector<NodeId>& owners(std::size_t range) const {
    return owners_[range];
  }
  /// All members in the order in which they stand in for a range's owners, owners first.
  [[nodiscard]] std::vector<NodeId> preference(std::size_t range) const;

 private:
  struct Token {
    Position at = 0;
    NodeId node;
    auto operator<=>(const Token&) const = default;
  };
  [[nodiscard]] std::vector<NodeId> walk(std::size_t range, std::size_t count) const;

  std::vector<Token> tokens_;
  std::vector<std::vector<NodeId>> owners_;
  std::size_t members_ = 0;
};

class Ring {
 public:
  Ring(RingState state, std::size_t virtual_nodes, std::size_t replication);

  [[nodiscard]] const RingState& state() const { return state_; }
  [[nodiscard]] std::uint64_t version() const { return state_.version; }
  /// The layout towards which data moves, or simply the layout.
  [[nodiscard]] const Layout& layout() const { return layout_; }
  /// The owners of a key in each layout that counts: one group, two while moving, none without a
  /// ring.
  [[nodiscard]] std::vector<std::vector<NodeId>> groups(Position position) const;
  /// Members that may stand in for the owners of a key, nearest first.
  [[nodiscard]] std::vector<NodeId> stand_ins(Position position) const;
  [[nodiscard]] bool owns(NodeId node, Position position) const;
  /// Who decides about the membership; 0 without a ring.
  [[nodiscard]] NodeId seed() const;

 private:
  RingState state_;
  Layout layout_;
  Layout before_;
};

}  // namespace eris::quorum
