// What the client of a reconfiguration may rely on once it is told that it is in force.
#include <gtest/gtest.h>

#include "adapters/reference/paxos/testing/protocol.hpp"
#include "harness/base/rng.hpp"

namespace eris::paxos {
namespace {

using namespace std::chrono_literals;

const NodeId lost(3);
const NodeId removed(4);

/// Four servers, of which one has lost its disk: the other three are a quorum, just.
class LosingServers {
 public:
  explicit LosingServers(std::uint64_t seed) : rng_(seed), cluster_(4, config(seed)) {
    cluster_.run_for(1s);
    cluster_.wipe(lost);
  }

  [[nodiscard]] TestCluster& cluster() { return cluster_; }

  /// Asks for the removal again and again, while messages are lost and servers crash. False where
  /// nobody was told within so many steps.
  [[nodiscard]] bool is_told_of_removal() {
    for (int step = 0; step < 20'000; ++step) {
      if (step % 100 == 0) ask();
      take_a_step();
      for (const RequestId id : asked_)
        if (const auto reply = cluster_.reply(id); reply && reply->kind == kv::ReplyKind::ok)
          return true;
    }
    return false;
  }

 private:
  static Config config(std::uint64_t seed) {
    return {.members = first_members(4), .seed = seed, .alpha = 1 + seed % 4};
  }

  void ask() {
    for (const NodeId node : cluster_.nodes())
      if (cluster_.is_up(node) && cluster_.core(node).role() == Role::leader)
        asked_.push_back(cluster_.request(node, kv::RemoveServer{removed}));
  }

  void take_a_step() {
    const NodeId node = rng_.pick(cluster_.nodes());
    const std::size_t waiting = cluster_.in_flight().size();
    if (waiting > 0 && rng_.chance(0.8)) {
      const std::size_t message = rng_.below(waiting);
      rng_.chance(0.15) ? cluster_.drop(message) : cluster_.deliver(message);
    } else if (node == lost) {
      return;
    } else if (rng_.chance(0.5)) {
      cluster_.sync(node);
    } else if (rng_.chance(0.95)) {
      cluster_.fire_timer(node);
    } else {
      cluster_.crash(node);
      cluster_.restart(node);
    }
  }

  base::Rng rng_;
  TestCluster cluster_;
  std::vector<RequestId> asked_;
};

/// In the worst case: it is erased at that very moment, and the others lose what is not on disk.
TEST(PaxosReconfiguration, GoesOnWithoutTheRemovedServerOnceItsRemovalIsTold) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    LosingServers servers(seed);
    ASSERT_TRUE(servers.is_told_of_removal());
    TestCluster& cluster = servers.cluster();
    cluster.wipe(removed);
    for (const NodeId left : {NodeId(1), NodeId(2)}) {
      cluster.crash(left);
      cluster.restart(left);
    }
    cluster.run_for(5s);
    const NodeId leader = cluster.core(NodeId(1)).leader();
    ASSERT_NE(leader, NodeId()) << "nobody leads";
    const RequestId write = cluster.request(leader, kv::Command{.function = kv::Function::write});
    cluster.run_for(1s);
    const auto reply = cluster.reply(write);
    ASSERT_TRUE(reply && reply->kind == kv::ReplyKind::ok);
    EXPECT_TRUE(cluster.invariants().violations().empty());
  }
}

}  // namespace
}  // namespace eris::paxos
