// Who leads, and what clients of a protocol under a leader ask: the store of adapters/reference/kv.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "adapters/reference/testing/kv_requests.hpp"
#include "adapters/reference/testing/test_cluster.hpp"
#include "harness/base/rng.hpp"

namespace eris::reference::testing {

/// All that take themselves for the leader.
template <Protocol P>
[[nodiscard]] std::vector<NodeId> leaders(TestCluster<P>& cluster) {
  std::vector<NodeId> found;
  for (const NodeId node : cluster.nodes())
    if (cluster.is_up(node) && P::leads(cluster.core(node))) found.push_back(node);
  return found;
}

/// Mostly one that leads.
template <Protocol P>
[[nodiscard]] NodeId likely_leader(base::Rng& rng, TestCluster<P>& cluster) {
  const std::vector<NodeId> found = leaders(cluster);
  return found.empty() || rng.chance(0.1) ? rng.pick(cluster.nodes()) : rng.pick(found);
}

/// The clients' part of random schedules (schedule.hpp); protocols inherit it.
template <Protocol P>
struct LeaderSchedules {
  static NodeId asked(base::Rng& rng, TestCluster<P>& cluster) {
    return likely_leader(rng, cluster);
  }
  static std::string request(base::Rng& rng) { return random_command(rng); }
};

}  // namespace eris::reference::testing
