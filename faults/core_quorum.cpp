#include "faults/core_quorum.hpp"

#include <algorithm>

namespace eris::faults {

Nodes members_of(const model::ClusterView& view) {
  Nodes members;
  for (const model::NodeView& node : view.nodes)
    if (node.member) members.push_back(node.id);
  return members;
}

std::size_t lost_disks(const model::ClusterView& view) {
  return static_cast<std::size_t>(std::ranges::count_if(
      view.nodes, [](const model::NodeView& node) { return node.disk_lost; }));
}

std::size_t lasting_members(const model::ClusterView& view) {
  return static_cast<std::size_t>(std::ranges::count_if(
      view.nodes, [](const model::NodeView& node) { return node.member && !node.joined; }));
}

std::size_t disks_to_spare(const model::ClusterView& view) {
  const std::size_t most = minority_of(std::min(lasting_members(view), view.tolerance.copies));
  const std::size_t lost = lost_disks(view);
  return most > lost ? most - lost : 0;
}

Nodes whole_nodes(const model::ClusterView& view) {
  Nodes whole;
  for (const model::NodeView& node : view.nodes)
    if (node.member && !node.disk_lost && node.state == model::NodeState::running)
      whole.push_back(node.id);
  return whole;
}

}  // namespace eris::faults
