// Runs every text scenario in testdata/. For the form of the files see testing/scenario.hpp here
// and adapters/reference/testing/scenario.hpp.
#include "adapters/reference/paxos/testing/scenario.hpp"

#include <gtest/gtest.h>

#include "adapters/reference/testing/scenario_files.hpp"

namespace eris::paxos {
namespace {

ERIS_TEXT_SCENARIOS(PaxosScenario, Scenario, "adapters/reference/paxos/testdata");

TEST(PaxosScenarios, RefuseACommandThatIsNone) {
  Scenario scenario;
  EXPECT_FALSE(scenario.run("elect n1").has_value()) << "there is no cluster yet";
  ASSERT_TRUE(scenario.run("cluster 3").has_value());
  EXPECT_FALSE(scenario.run("elekt n1").has_value());
  EXPECT_FALSE(scenario.run("elect n9").has_value());
  EXPECT_FALSE(scenario.run("add-server n1").has_value());
}

}  // namespace
}  // namespace eris::paxos
