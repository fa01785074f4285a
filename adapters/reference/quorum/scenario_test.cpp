// Runs every text scenario in testdata/. See testing/scenario.hpp for the form of the files.
#include "adapters/reference/quorum/testing/scenario.hpp"

#include <gtest/gtest.h>

#include "adapters/reference/testing/scenario_files.hpp"

namespace eris::quorum {
namespace {

ERIS_TEXT_SCENARIOS(QuorumScenario, Scenario, "adapters/reference/quorum/testdata");

TEST(QuorumScenarios, RefuseACommandThatIsNone) {
  Scenario scenario;
  EXPECT_FALSE(scenario.run("ask n1 read x").has_value()) << "there is no cluster yet";
  ASSERT_TRUE(scenario.run("cluster 3").has_value());
  EXPECT_FALSE(scenario.run("aks n1 read x").has_value());
  EXPECT_FALSE(scenario.run("ask n9 read x").has_value());
  EXPECT_FALSE(scenario.run("ask n1 increment x").has_value());
}

}  // namespace
}  // namespace eris::quorum
