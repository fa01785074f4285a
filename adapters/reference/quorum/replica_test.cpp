// What a replica keeps of what it is sent.
#include <gtest/gtest.h>

#include "adapters/reference/quorum/testing/protocol.hpp"

namespace eris::quorum {
namespace {

/// While data moves, a read writes back even that a key is not there.
TEST(QuorumReplica, KeepsNoHintOfNothing) {
  TestCluster cluster(3, {.members = {NodeId(1), NodeId(2), NodeId(3)}});
  const auto receive = [&](const Cell& cell) {
    const Put put{.operation = 1, .key = Value("x"), .cell = cell, .hint_for = NodeId(3)};
    cluster.input(NodeId(1), core::Received{NodeId(2), encode(Message{1, 0, put})});
    return cluster.core(NodeId(1)).hint_count();
  };
  EXPECT_EQ(receive({}), 0u);
  EXPECT_EQ(receive({.versions = {{.stamp = {1, NodeId(2)}}}}), 1u);
}

}  // namespace
}  // namespace eris::quorum
