#include "adapters/reference/paxos/bugs.hpp"

#include <gtest/gtest.h>

#include "adapters/reference/bugs/testing/table_checks.hpp"
#include "adapters/reference/paxos/config.hpp"

namespace eris::paxos {
namespace {

TEST(PaxosBugTable, NamesAreUniqueAndNumbersAscend) {
  bugs::testing::expect_sound(all_bugs());
  EXPECT_EQ(all_bugs().size(), 16u) << "as many as the catalogue of Multi-Paxos bugs has";
}

TEST(PaxosBugTable, ProposesTheNearestName) {
  bugs::testing::expect_proposal(all_bugs(), "balot-reused", "ballot-reused");
}

Config a_config() {
  Config config;
  config.self = NodeId(1);
  return config;
}

TEST(PaxosConfig, DefaultsAreSound) {
  EXPECT_TRUE(validate(a_config()).has_value());
}

TEST(PaxosConfig, RefusesContradictions) {
  Config config = a_config();
  config.timeouts.election_max = config.timeouts.election_min;
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.timeouts.heartbeat = config.timeouts.election_min;
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.self = NodeId(0);
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.alpha = 0;
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.limits.sessions_max = 0;
  EXPECT_FALSE(validate(config).has_value());
}

}  // namespace
}  // namespace eris::paxos
