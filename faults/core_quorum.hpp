// The core quorum: the nodes that faults leave whole, so that what is found is the system's fault.
//
// No protocol that tolerates crashes survives the loss of what a majority has promised: nodes whose
// disks were damaged or erased remember no vote and no entry. So over a whole run faults take the
// disks of a minority at most, and leave the servers that have their disks a majority of the
// members. Where not all nodes hold everything, it is a minority of those that hold the same.
// Thread rule: pure functions.
#pragma once

#include <cstddef>

#include "faults/partition_shapes.hpp"
#include "harness/model/cluster_view.hpp"

namespace eris::faults {

[[nodiscard]] Nodes members_of(const model::ClusterView& view);

/// Members that are not guests: one that joined leaves again, perhaps before others come back.
[[nodiscard]] std::size_t lasting_members(const model::ClusterView& view);
/// How many nodes have lost theirs so far.
[[nodiscard]] std::size_t lost_disks(const model::ClusterView& view);
/// How many more members may lose their disks.
[[nodiscard]] std::size_t disks_to_spare(const model::ClusterView& view);

/// The members that run and have their disks.
[[nodiscard]] Nodes whole_nodes(const model::ClusterView& view);

}  // namespace eris::faults
