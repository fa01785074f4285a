// ClusterView: what is known of the cluster when a fault chooses its targets.
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "harness/base/strong_id.hpp"

namespace eris::model {

enum class NodeState { running, paused, dead };

struct NodeView {
  base::NodeId id;
  NodeState state = NodeState::running;
  bool member = true;      ///< it counts in the system's majorities, or is on its way out or in
  bool joined = false;     ///< it was not there at the beginning
  bool disk_lost = false;  ///< what it had promised is gone, or can no longer be read
};

/// What may happen to a system without touching what it promises.
struct Tolerance {
  bool clock_jumps = true;
  /// By how much the rates of two clocks may differ.
  std::int64_t clock_drift_ppm = 1'000'000;
  bool empty_disks = false;  ///< a node may come back without what it had on its disk
  bool membership = false;   ///< servers may leave and join
  /// How many nodes hold each piece of data, where not all do.
  std::size_t copies = std::numeric_limits<std::size_t>::max();
};

struct ClusterView {
  std::vector<NodeView> nodes;         ///< ascending by id
  std::optional<base::NodeId> leader;  ///< the latest known leader, if any and alive
  std::optional<base::Term> leader_term;
  Tolerance tolerance;

  [[nodiscard]] std::vector<base::NodeId> in_state(NodeState state) const {
    std::vector<base::NodeId> found;
    for (const NodeView& node : nodes)
      if (node.state == state) found.push_back(node.id);
    return found;
  }
};

}  // namespace eris::model
