// Real eris-raft processes on loopback, driven through the adapter as the harness does it.
#include "adapters/reference/raft/process/adapter.hpp"
#include "adapters/reference/testing/live_nodes.hpp"

namespace eris::raft {
namespace {

class LiveRaft : public reference::testing::LiveNodes {
 protected:
  LiveRaft() : LiveNodes(system_type()) {}
};

ERIS_LIVE_LEADERS(LiveRaft)

TEST_F(LiveRaft, StartsEveryNodeWithEveryOption) {
  start({{"bug", "stale-read,double-apply"},
         {"read-mode", "lease"},
         {"pre-vote", "false"},
         {"fsync", "false"}});
  EXPECT_EQ(write(*connect(), "x", 1), model::Status::ok);
}

}  // namespace
}  // namespace eris::raft
