// Paxos' part of random schedules (adapters/reference/testing/schedule.hpp).
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "adapters/reference/paxos/testing/scenario.hpp"
#include "adapters/reference/testing/leaders.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace eris::paxos {

struct PaxosSchedules : reference::testing::LeaderSchedules<PaxosProtocol> {
  using Scenario = paxos::Scenario;

  static std::string cluster(base::Rng& rng) {
    std::string command = fmt::format("cluster {}", 3 + rng.below(3));
    if (rng.chance(0.3)) command += " lease";
    if (rng.chance(0.5)) command += fmt::format(" alpha={}", 1 + rng.below(4));
    if (rng.chance(0.5))
      command += fmt::format(" snapshot={} trailing={} chunk=64", 4 + rng.below(8), rng.below(3));
    return command;
  }

  static std::string own(base::Rng& rng, TestCluster& cluster) {
    const std::vector<NodeId> nodes = cluster.nodes();
    const NodeId leader = asked(rng, cluster);
    if (rng.chance(0.1) && nodes.size() < 7) return fmt::format("new n{}", nodes.size() + 1);
    return fmt::format("{} {} {}", rng.chance(0.5) ? "add-server" : "remove-server",
                       base::to_text(leader), base::to_text(rng.pick(nodes)));
  }
};

}  // namespace eris::paxos
