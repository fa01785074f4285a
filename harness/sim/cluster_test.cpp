#include "harness/sim/cluster.hpp"

#include <gtest/gtest.h>

#include "adapters/reference/raft/simulated/system.hpp"

namespace eris::sim {
namespace {

using base::NodeId;
using namespace std::chrono_literals;

std::unique_ptr<Cluster> raft_cluster(unsigned nodes, std::uint64_t seed) {
  return std::make_unique<Cluster>(
      ClusterOptions{.system = raft::simulate({}), .nodes = nodes, .seed = seed});
}

TEST(SimCluster, ElectsALeaderAndServesAClient) {
  const auto cluster = raft_cluster(3, 1);
  ASSERT_TRUE(cluster->start().has_value());
  ASSERT_TRUE(cluster->view().leader.has_value());
  cluster->invoke({.process = base::ProcessId(0),
                   .function = model::function::write,
                   .key = model::Value("x"),
                   .argument = model::Value(1)});
  const base::Instant deadline = cluster->now() + 2s;
  while (const auto event = cluster->next(deadline)) {
    const auto* completion = std::get_if<run::Completion>(&*event);
    if (completion == nullptr) continue;
    EXPECT_EQ(completion->outcome.status, model::Status::ok);
    return;
  }
  FAIL() << "the write was never answered";
}

TEST(SimCluster, WithoutAMajorityAnOperationEndsUnknown) {
  const auto cluster = raft_cluster(3, 1);
  ASSERT_TRUE(cluster->start().has_value());
  cluster->invoke({.process = base::ProcessId(0),
                   .function = model::function::write,
                   .key = model::Value("x"),
                   .argument = model::Value(1)});
  ASSERT_TRUE(cluster->apply(model::Kill{{NodeId(1), NodeId(2)}}).has_value());
  const base::Instant deadline = cluster->now() + 5s;
  while (const auto event = cluster->next(deadline)) {
    const auto* completion = std::get_if<run::Completion>(&*event);
    if (completion == nullptr) continue;
    EXPECT_NE(completion->outcome.status, model::Status::ok);
    return;
  }
  FAIL() << "the write never ended";
}

TEST(SimCluster, ShowsACutByTheMessagesItLost) {
  const auto cluster = raft_cluster(3, 1);
  ASSERT_TRUE(cluster->start().has_value());
  const NodeId leader = cluster->view().leader.value();
  const NodeId other(leader == NodeId(1) ? 2 : 1);
  const std::vector<model::Link> links{{leader, other}, {other, leader}};
  ASSERT_TRUE(cluster->apply(model::Cut{links}).has_value());
  while (cluster->next(cluster->now() + 1s)) {
  }
  const auto healed = cluster->apply(model::Heal{links});
  ASSERT_TRUE(healed.has_value());
  EXPECT_TRUE(healed->took_effect);
}

}  // namespace
}  // namespace eris::sim
