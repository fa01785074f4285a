// Real eris-quorum processes on loopback, driven through the adapter as the harness does it.
#include "adapters/reference/quorum/process/adapter.hpp"
#include "adapters/reference/testing/live_nodes.hpp"
#include "harness/base/testing/eventually.hpp"

namespace eris::quorum {
namespace {

using base::testing::eventually;
using model::Status;
using model::Value;
using namespace std::chrono_literals;

/// Mode abd: a register on which clients can rely.
class LiveAbd : public reference::testing::LiveNodes {
 protected:
  LiveAbd() : LiveNodes(system_type(), {{"mode", "abd"}}) {}
};

ERIS_LIVE_NODES(LiveAbd)

TEST_F(LiveAbd, AnswersEveryFunction) {
  start();
  const auto client = connect();
  EXPECT_EQ(read(*client, "x"), Value());
  EXPECT_EQ(write(*client, "x", 5), Status::ok);
  EXPECT_EQ(read(*client, "x"), Value(5));
  EXPECT_EQ(ask(*client, model::function::remove, "x").status, Status::ok);
  EXPECT_EQ(read(*client, "x"), Value());
  EXPECT_EQ(ask(*client, model::function::increment, "x", Value(1)).error, "not supported");
}

TEST_F(LiveAbd, KeepsEverythingWhenAllNodesAreKilled) {
  keeps_everything_when_all_nodes_are_killed();
}

TEST_F(LiveAbd, LeavesAnOperationUnknownWhenNobodyElseAnswers) {
  start();
  leaves_an_operation_unknown_alone(0);
}

TEST_F(LiveAbd, GoesOnWhenANodeIsKilledAndReadsWhatItHadWritten) {
  start();
  std::int64_t written = 0;
  for (std::size_t node = 0; node < node_count; ++node) {
    ASSERT_EQ(write(*connect(node), "n", ++written), Status::ok);
    cluster_->kill(node);
    const auto client = connect(node);
    ASSERT_EQ(read(*client, "n"), Value(written));
    ASSERT_EQ(write(*client, "n", ++written), Status::ok);
    cluster_->start(node);
    ASSERT_TRUE(cluster_->wait_until_serving());
    ASSERT_EQ(read(*connect(node), "n"), Value(written));
  }
}

/// Dynamo's: available first.
class LiveDynamo : public reference::testing::LiveNodes {
 protected:
  LiveDynamo() : LiveNodes(system_type()) {}
};

TEST_F(LiveDynamo, ServesAloneWhereOneReplicaIsEnough) {
  start({{"read-level", "one"}, {"write-level", "one"}});
  signal_all_but(0, SIGSTOP);
  const auto client = connect_to(0);
  EXPECT_EQ(write(*client, "x", 1), Status::ok);
  EXPECT_EQ(read(*client, "x"), Value(1));
  signal_all_but(0, SIGCONT);
}

TEST_F(LiveDynamo, BringsANodeUpToDateThatWasAway) {
  start({{"read-level", "one"}});
  cluster_->kill(2);
  ASSERT_EQ(write(*connect_to(0), "x", 1), Status::ok);
  cluster_->start(2);
  ASSERT_TRUE(cluster_->wait_until_serving());
  // Of itself: where one replica is enough, a node asks itself first.
  const auto client = connect_to(2);
  EXPECT_TRUE(eventually([&] { return read(*client, "x") == Value(1); }, 60s));
}

TEST_F(LiveDynamo, UnitesSiblings) {
  start({{"conflict", "siblings"}});
  for (std::size_t node = 0; node < node_count; ++node)
    ASSERT_EQ(
        ask(*connect_to(node), model::function::add, "s", Value(static_cast<std::int64_t>(node)))
            .status,
        Status::ok);
  EXPECT_EQ(read(*connect(), "s"), Value(Value::List{0, 1, 2}));
  EXPECT_EQ(write(*connect(), "s", 1), Status::fail) << "a set is added to";
}

TEST_F(LiveDynamo, StartsEveryNodeWithEveryOption) {
  start({{"bug", "no-write-back,tie-keeps-local"},
         {"replication", "2"},
         {"read-level", "all"},
         {"write-level", "one"},
         {"sloppy", "false"},
         {"anti-entropy", "false"},
         {"virtual-nodes", "3"},
         {"tombstone-grace", "500ms"},
         {"fsync", "false"}});
  EXPECT_EQ(write(*connect(), "x", 1), Status::ok);
}

}  // namespace
}  // namespace eris::quorum
