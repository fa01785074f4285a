#include "adapters/reference/quorum/bugs.hpp"

#include <gtest/gtest.h>

#include "adapters/reference/bugs/testing/table_checks.hpp"
#include "adapters/reference/quorum/config.hpp"

namespace eris::quorum {
namespace {

TEST(QuorumBugTable, NamesAreUniqueAndNumbersAscend) {
  bugs::testing::expect_sound(all_bugs());
  EXPECT_EQ(all_bugs().size(), 14u) << "as many as the catalogue of quorum-KV bugs has";
}

TEST(QuorumBugTable, ProposesTheNearestName) {
  bugs::testing::expect_proposal(all_bugs(), "no-write-bakc", "no-write-back");
}

Config a_config() {
  Config config;
  config.self = base::NodeId(1);
  return config;
}

TEST(QuorumConfig, DefaultsAreSound) {
  EXPECT_TRUE(validate(a_config()).has_value());
}

TEST(QuorumConfig, RefusesContradictions) {
  Config config = a_config();
  config.self = base::NodeId(0);
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.replication = 0;
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.mode = Mode::abd;
  config.conflict = Conflict::siblings;
  EXPECT_FALSE(validate(config).has_value());
  config = a_config();
  config.timeouts.suspect = config.timeouts.gossip;
  EXPECT_FALSE(validate(config).has_value());
}

TEST(QuorumConfig, PromisesWhatItKeeps) {
  Config config = a_config();
  EXPECT_EQ(promised_consistency(config), "convergent") << "sloppy quorums need not meet";
  config.sloppy = false;
  EXPECT_EQ(promised_consistency(config), "causal-convergent");
  config.read_level = Level::one;
  EXPECT_EQ(promised_consistency(config), "convergent") << "1 + 2 is not more than 3";
  config.write_level = Level::all;
  EXPECT_EQ(promised_consistency(config), "causal-convergent");
  config.conflict = Conflict::siblings;
  EXPECT_EQ(promised_consistency(config), "lossless");
  config.conflict = Conflict::last_write_wins;
  config.mode = Mode::abd;
  EXPECT_EQ(promised_consistency(config), "linearizable");
}

}  // namespace
}  // namespace eris::quorum
