// Real eris-paxos processes on loopback, driven through the adapter as the harness does it.
#include "adapters/reference/paxos/process/adapter.hpp"
#include "adapters/reference/testing/live_nodes.hpp"

namespace eris::paxos {
namespace {

class LivePaxos : public reference::testing::LiveNodes {
 protected:
  LivePaxos() : LiveNodes(system_type()) {}
};

ERIS_LIVE_LEADERS(LivePaxos)

TEST_F(LivePaxos, StartsEveryNodeWithEveryOption) {
  start({{"bug", "leader-reads-unconfirmed,execution-skips-gaps"},
         {"read-mode", "lease"},
         {"alpha", "3"},
         {"fsync", "false"}});
  EXPECT_EQ(write(*connect(), "x", 1), model::Status::ok);
}

}  // namespace
}  // namespace eris::paxos
