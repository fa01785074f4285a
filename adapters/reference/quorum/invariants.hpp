// Invariants: what must hold across all quorum-KV nodes, checked after each step from outside.
//
// Why from outside: a broken node's own claims prove nothing. What is stored is read from what
// reached the disks; what clients were told is held against that.
// Cost: constant work for each version that is stored, and for each request and answer (a few
// nodes are looked at when a tombstone or a range is given up).
// Thread rule: one owner.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/reference/quorum/core.hpp"

namespace eris::quorum {

/// Something that must never happen, and did.
struct Violation {
  std::string invariant;  ///< "acknowledged-too-early"
  std::string what;       ///< a sentence
  std::vector<NodeId> nodes{};
};

class Invariants {
 public:
  /// `common` is what all nodes share; planted bugs are not looked at.
  explicit Invariants(Config common);

  /// A node was made, for the first time or from what its disk held.
  void started(const Core& core);
  /// The node took a step.
  void stepped(const Core& core);
  /// One durable action (core::Append, core::Checkpoint) of the node reached its disk.
  void durable(NodeId node, const core::Append& action);
  void durable(NodeId node, const core::Checkpoint& action);
  /// The disk lost everything.
  void wiped(NodeId node) { disks_.erase(node); }
  /// Messages need no watching: what they bring about is seen on disks and in answers.
  void sent(NodeId, NodeId, const Message&) {}
  /// A client asked, and was answered.
  void invoked(RequestId request, const ClientRequest& what);
  void answered(RequestId request, const ClientReply& reply);
  /// It was invoked and reads or writes, and was not answered yet.
  [[nodiscard]] bool awaits(RequestId request) const { return asked_.contains(request); }
  /// All faults have long ended and nothing was asked since: replicas must agree by now.
  void quiet(const std::vector<const Core*>& running);

  /// In the order in which they were noticed.
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }
  [[nodiscard]] bool violated(const std::string& invariant) const;
  [[nodiscard]] std::uint64_t acknowledged_writes() const { return acknowledged_writes_; }
  [[nodiscard]] std::uint64_t collected_tombstones() const { return collected_tombstones_; }

 private:
  struct Disk {
    std::map<StoredKey, Cell> cells;
    std::map<std::pair<NodeId, StoredKey>, Cell> hints;
    RingState ring;
  };
  /// What is known of a key beside the disks.
  struct Key {
    Stamp acknowledged;                       ///< the latest write that was
    Stamp shown;                              ///< the latest version that a read was answered with
    VersionVector replaced;                   ///< all that writers said they had seen
    Cell collected;                           ///< what everybody has agreed to forget
    std::map<Stamp, std::uint64_t> versions;  ///< the hash of what each stamp names
    std::set<Stamp> failed;                   ///< writes whose client was told that they failed
  };
  struct Asked {
    StoredKey key;
    bool is_write = false;
    Level level = Level::usual;
    HybridTime seen = 0;
    Stamp floor;  ///< what a read must not miss
  };

  void violate(const char* invariant, std::string what, std::vector<NodeId> nodes = {});
  void store(NodeId node, const Record& record);
  void store_cell(NodeId node, const StoredKey& place, const Cell& cell);
  void check_progress(NodeId node, const StoredKey& place, const Cell& before, const Cell& after);
  void check_versions(NodeId node, const StoredKey& place, const Cell& cell);
  void check_hint_dropped(NodeId node, NodeId target, const StoredKey& place, const Cell& hint);
  void check_collected(NodeId node, const StoredKey& place, const Cell& tombstone);
  void check_moved(NodeId node, const StoredKey& place, const Cell& cell);
  void check_write(const Asked& asked, const ClientReply& reply);
  void check_read(const Asked& asked, const ClientReply& reply);
  void learn(const RingState& ring);
  [[nodiscard]] bool holds(NodeId node, const StoredKey& place, const Cell& cell) const;
  [[nodiscard]] bool holds(NodeId node, const StoredKey& place, Stamp stamp) const;
  [[nodiscard]] bool forgotten(const StoredKey& place, Stamp stamp) const;
  [[nodiscard]] bool all_owners_hold(const StoredKey& place, const Cell& cell) const;
  [[nodiscard]] bool enough_hold(const Asked& asked, Stamp stamp) const;

  Config config_;
  std::map<NodeId, Disk> disks_;
  std::map<StoredKey, Key> keys_;
  std::map<std::uint64_t, Ring> rings_;
  std::map<NodeId, std::uint64_t> ring_seen_;
  std::map<RequestId, Asked> asked_;
  std::uint64_t acknowledged_writes_ = 0;
  std::uint64_t collected_tombstones_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace eris::quorum
