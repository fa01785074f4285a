// Quorum-KV's part of random schedules (adapters/reference/testing/schedule.hpp).
// Thread rule: pure functions.
#pragma once

#include <string>

#include <fmt/format.h>

#include "adapters/reference/quorum/testing/scenario.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {

struct QuorumSchedules {
  using Scenario = quorum::Scenario;

  static std::string cluster(base::Rng& rng) {
    std::string command = fmt::format("cluster {}", 3 + rng.below(3));
    const std::uint64_t mode = rng.below(4);
    if (mode == 0) command += " abd";
    if (mode == 1) command += " siblings";
    if (mode == 2 || rng.chance(0.2)) command += " strict";
    if (rng.chance(0.3)) command += " r=one";
    if (rng.chance(0.3)) command += " w=one";
    if (rng.chance(0.3)) command += " no-anti-entropy";
    if (rng.chance(0.5)) command += " grace=300ms";
    if (rng.chance(0.5)) command += fmt::format(" checkpoint={}", 10 + rng.below(30));
    return command;
  }

  /// Every node coordinates.
  static NodeId asked(base::Rng& rng, TestCluster& cluster) { return rng.pick(cluster.nodes()); }

  /// Of few keys, by one of two clients, or by one who has seen nothing.
  static std::string request(base::Rng& rng) {
    const char key = static_cast<char>('x' + rng.below(2));
    const std::uint64_t draw = rng.below(10);
    std::string command = fmt::format("write {} {}", key, rng.below(6));
    if (draw < 4) command = fmt::format("read {}", key);
    if (draw == 4) command = fmt::format("delete {}", key);
    const std::uint64_t client = rng.below(3);
    return client == 2 ? command : command + (client == 0 ? " by a" : " by b");
  }

  /// `quiet` asks for what replicas owe when all faults are over, if they compare what they have.
  static std::string own(base::Rng& rng, TestCluster& cluster) {
    const NodeId node = rng.pick(cluster.nodes());
    const std::uint64_t draw = rng.below(10);
    if (draw < 3 && cluster.common().anti_entropy) return "quiet";
    if (draw < 5) return fmt::format("clock {} {}ms", base::to_text(node), 50 * (1 + rng.below(5)));
    if (draw < 6 && cluster.nodes().size() < 6)
      return fmt::format("new n{}", cluster.nodes().size() + 1);
    return fmt::format("{} {} {}", rng.chance(0.5) ? "add-server" : "remove-server",
                       base::to_text(rng.chance(0.7) ? NodeId(1) : node),
                       base::to_text(rng.pick(cluster.nodes())));
  }
};

}  // namespace eris::quorum
