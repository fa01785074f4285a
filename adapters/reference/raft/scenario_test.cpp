// Runs every text scenario in testdata/. For the form of the files see testing/scenario.hpp here
// and adapters/reference/testing/scenario.hpp.
#include "adapters/reference/raft/testing/scenario.hpp"

#include <gtest/gtest.h>

#include "adapters/reference/testing/scenario_files.hpp"

namespace eris::raft {
namespace {

ERIS_TEXT_SCENARIOS(RaftScenario, Scenario, "adapters/reference/raft/testdata");

TEST(RaftScenarios, RefuseACommandThatIsNone) {
  Scenario scenario;
  EXPECT_FALSE(scenario.run("elect n1").has_value()) << "there is no cluster yet";
  ASSERT_TRUE(scenario.run("cluster 3").has_value());
  EXPECT_FALSE(scenario.run("elekt n1").has_value());
  EXPECT_FALSE(scenario.run("elect n9").has_value());
  EXPECT_FALSE(scenario.run("new n1").has_value());
  EXPECT_FALSE(scenario.run("deliver n1 n2 #x").has_value());
}

TEST(RaftScenarios, PickOneMessageOfALink) {
  Scenario scenario;
  for (const char* command : {"cluster 3", "elect n1", "beat n1", "beat n1"})
    ASSERT_TRUE(scenario.run(command).has_value()) << command;
  EXPECT_EQ(scenario.run("drop n1 n2 #2"),
            "n1 -> n2: Heartbeat term 1 commit 1 round 3 (dropped)\n");
  EXPECT_EQ(scenario.run("deliver n1 n2"), "n1 -> n2: Heartbeat term 1 commit 1 round 2\n");
}

}  // namespace
}  // namespace eris::raft
