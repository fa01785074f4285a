// ClusterView: what is known of the cluster when a fault chooses its targets.
// Thread rule: plain values.
#pragma once

#include <optional>
#include <vector>

#include "harness/base/strong_id.hpp"

namespace eris::model {

enum class NodeState { running, paused, dead };

struct NodeView {
  base::NodeId id;
  NodeState state = NodeState::running;
};

struct ClusterView {
  std::vector<NodeView> nodes;         ///< ascending by id
  std::optional<base::NodeId> leader;  ///< the latest known leader, if any and alive
  std::optional<base::Term> leader_term;

  [[nodiscard]] std::vector<base::NodeId> in_state(NodeState state) const {
    std::vector<base::NodeId> found;
    for (const NodeView& node : nodes)
      if (node.state == state) found.push_back(node.id);
    return found;
  }
};

}  // namespace eris::model
