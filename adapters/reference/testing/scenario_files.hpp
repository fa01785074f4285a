// A protocol's testdata/ as parameterised tests: every text scenario goes as written.
//
// A protocol's scenario_test.cpp is one line:
//   ERIS_TEXT_SCENARIOS(RaftScenario, raft::Scenario, "adapters/reference/raft/testdata");
// Thread rule: one test at a time.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/reference/testing/scenario_text.hpp"

namespace eris::reference::testing {

/// The names of the .txt files there, without their ending, in order.
inline std::vector<std::string> scenario_names(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(directory))
    if (file.path().extension() == ".txt") names.push_back(file.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Runs the file; with ERIS_REWRITE set in the environment, rewrites it instead of comparing.
template <typename Scenario>
void expect_as_written(const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(expected.empty()) << path;
  Scenario scenario;
  const auto actual =
      rewrite(expected, [&](const std::string& command) { return scenario.run(command); });
  ASSERT_TRUE(actual.has_value()) << base::to_text(actual.error());
  if (std::getenv("ERIS_REWRITE") != nullptr) {
    std::ofstream(path) << *actual;
    GTEST_SKIP() << "ERIS_REWRITE is set: the expected output was rewritten, not compared";
  }
  EXPECT_EQ(*actual, expected) << "rewrite with ERIS_REWRITE=1 if the change is meant";
}

}  // namespace eris::reference::testing

/// `suite` is the tests' name, `scenario` the protocol's Scenario, `folder` from the source's root.
#define ERIS_TEXT_SCENARIOS(suite, scenario, folder)                                       \
  class suite : public ::testing::TestWithParam<std::string> {};                           \
  TEST_P(suite, GoesAsWritten) {                                                           \
    ::eris::reference::testing::expect_as_written<scenario>(                               \
        std::filesystem::path(ERIS_SOURCE_DIR) / (folder) / (GetParam() + ".txt"));        \
  }                                                                                        \
  INSTANTIATE_TEST_SUITE_P(Each, suite,                                                    \
                           ::testing::ValuesIn(::eris::reference::testing::scenario_names( \
                               std::filesystem::path(ERIS_SOURCE_DIR) / (folder))),        \
                           [](const auto& each) { return each.param; })
