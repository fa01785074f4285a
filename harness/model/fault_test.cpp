#include "harness/model/fault.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/testing/generators.hpp"

namespace eris::model {
namespace {

using namespace std::chrono_literals;

using base::NodeId;

RC_GTEST_PROP(FaultAction, IsTheInverseOfItsInverse, ()) {
  const FaultAction action = *testing::any_action();
  RC_ASSERT(inverse(inverse(action)) == action);
  RC_ASSERT(!(inverse(action) == action));
}

RC_GTEST_PROP(FaultAction, TouchesTheSameNodesAsItsInverse, ()) {
  const FaultAction action = *testing::any_action();
  const std::vector<NodeId> nodes = nodes_of(action);
  RC_ASSERT(nodes_of(inverse(action)) == nodes);
  for (std::size_t i = 1; i < nodes.size(); ++i) RC_ASSERT(nodes[i - 1] < nodes[i]);
}

TEST(FaultAction, IsUndoneByItsOpposite) {
  EXPECT_EQ(inverse(Cut{{{NodeId(1), NodeId(2)}}}), FaultAction(Heal{{{NodeId(1), NodeId(2)}}}));
  EXPECT_EQ(inverse(Kill{{NodeId(3)}}), FaultAction(Restart{{NodeId(3)}}));
  EXPECT_EQ(inverse(Pause{{NodeId(3)}}), FaultAction(Resume{{NodeId(3)}}));
}

TEST(FaultAction, TellsWhoseEndIsNoNews) {
  const std::vector<NodeId> nodes{NodeId(3)};
  EXPECT_EQ(nodes_ended_by(PowerOff{nodes}), nodes);
  EXPECT_EQ(nodes_ended_by(HarmDisk{nodes, DiskTrouble::failing}), nodes);
  EXPECT_TRUE(nodes_ended_by(HarmDisk{nodes, DiskTrouble::slow}).empty());
  EXPECT_TRUE(nodes_ended_by(Pause{nodes}).empty());
}

TEST(FaultAction, IsShownInWords) {
  const std::vector<Link> both_ways{{NodeId(1), NodeId(2)}, {NodeId(2), NodeId(1)}};
  EXPECT_EQ(to_text(Cut{both_ways}), "cut n1→n2, n2→n1");
  EXPECT_EQ(to_text(Restart{{NodeId(1), NodeId(3)}}), "restart n1 and n3");
  EXPECT_EQ(to_text(BendClock{{NodeId(2)}, {.jump = std::chrono::milliseconds(250)}}),
            "bend-clock n2 (jump 250 ms)");
  EXPECT_EQ(to_text(BendClock{{NodeId(2)}, {.rate_ppm = -500}}), "bend-clock n2 (rate -500 ppm)");
  EXPECT_EQ(to_text(Degrade{both_ways, {.loss_ppm = 170'664, .delay = 150'774'748ns}}),
            "degrade n1→n2, n2→n1 (loss 17.1 %, delay 151 ms)");
  EXPECT_EQ(to_text(HarmDisk{{NodeId(2)}, DiskTrouble::full}), "harm-disk n2 (full)");
}

}  // namespace
}  // namespace eris::model
