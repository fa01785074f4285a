// Raft's part of random schedules (adapters/reference/testing/schedule.hpp).
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "adapters/reference/raft/testing/scenario.hpp"
#include "adapters/reference/testing/leaders.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace eris::raft {

struct RaftSchedules : reference::testing::LeaderSchedules<RaftProtocol> {
  using Scenario = raft::Scenario;

  static std::string cluster(base::Rng& rng) {
    std::string command = fmt::format("cluster {}", 3 + rng.below(3));
    if (rng.chance(0.5)) command += " no-pre-vote";
    if (rng.chance(0.3)) command += " lease";
    if (rng.chance(0.3)) command += " small-messages";
    if (rng.chance(0.5))
      command += fmt::format(" snapshot={} trailing={} chunk=64", 4 + rng.below(8), rng.below(3));
    return command;
  }

  static std::string own(base::Rng& rng, TestCluster& cluster) {
    const std::vector<NodeId> nodes = cluster.nodes();
    const NodeId leader = asked(rng, cluster);
    const std::uint64_t draw = rng.below(10);
    if (draw == 0 && nodes.size() < 7) return fmt::format("new n{}", nodes.size() + 1);
    const char* verb = draw < 4 ? "add-server" : draw < 8 ? "remove-server" : "transfer";
    return fmt::format("{} {} {}", verb, base::to_text(leader), base::to_text(rng.pick(nodes)));
  }
};

}  // namespace eris::raft
