// Runs every text scenario in testdata/. See scenario.hpp for the form of the files.
#include "adapters/reference/raft/testing/scenario.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace eris::raft {
namespace {

std::filesystem::path directory() {
  return std::filesystem::path(ERIS_SOURCE_DIR) / "adapters/reference/raft/testdata";
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(directory()))
    if (file.path().extension() == ".txt") names.push_back(file.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class RaftScenario : public testing::TestWithParam<std::string> {};

TEST_P(RaftScenario, GoesAsWritten) {
  const std::filesystem::path path = directory() / (GetParam() + ".txt");
  const std::string expected = read(path);
  ASSERT_FALSE(expected.empty()) << path;
  const auto actual = Scenario::rewrite(expected);
  ASSERT_TRUE(actual.has_value()) << base::to_text(actual.error());
  if (std::getenv("ERIS_REWRITE") != nullptr) {
    std::ofstream(path) << *actual;
    GTEST_SKIP() << "ERIS_REWRITE is set: the expected output was rewritten, not compared";
  }
  EXPECT_EQ(*actual, expected) << "rewrite with ERIS_REWRITE=1 if the change is meant";
}

INSTANTIATE_TEST_SUITE_P(Each, RaftScenario, testing::ValuesIn(scenario_names()),
                         [](const auto& scenario) { return scenario.param; });

TEST(RaftScenarios, RefuseACommandThatIsNone) {
  Scenario scenario;
  EXPECT_FALSE(scenario.run("elect n1").has_value()) << "there is no cluster yet";
  ASSERT_TRUE(scenario.run("cluster 3").has_value());
  EXPECT_FALSE(scenario.run("elekt n1").has_value());
  EXPECT_FALSE(scenario.run("elect n9").has_value());
}

}  // namespace
}  // namespace eris::raft
