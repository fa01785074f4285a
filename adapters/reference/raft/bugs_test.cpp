#include "adapters/reference/raft/bugs.hpp"

#include <gtest/gtest.h>

#include "adapters/reference/bugs/testing/table_checks.hpp"
#include "adapters/reference/raft/config.hpp"

namespace eris::raft {
namespace {

TEST(RaftBugTable, NamesAreUniqueAndNumbersAscend) {
  bugs::testing::expect_sound(all_bugs());
  EXPECT_EQ(all_bugs().size(), 32u) << "as many as the catalogue of Raft bugs has";
}

TEST(RaftBugTable, ProposesTheNearestName) {
  bugs::testing::expect_proposal(all_bugs(), "stale-raed", "stale-read");
}

Config a_config() {
  Config config;
  config.self = base::NodeId(1);
  return config;
}

TEST(RaftConfig, DefaultsAreSound) {
  EXPECT_TRUE(validate(a_config()).has_value());
}

TEST(RaftConfig, RefusesContradictions) {
  Config config = a_config();
  config.timeouts.election_max = config.timeouts.election_min;
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.timeouts.heartbeat = config.timeouts.election_min;
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.self = base::NodeId(0);
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.limits.sessions_max = 0;
  EXPECT_FALSE(validate(config).has_value());
}

}  // namespace
}  // namespace eris::raft
