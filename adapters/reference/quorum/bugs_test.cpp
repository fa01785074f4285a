#include "adapters/reference/quorum/bugs.hpp"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

#include "adapters/reference/quorum/config.hpp"

namespace eris::quorum {
namespace {

TEST(QuorumBugTable, NamesAreUniqueAndNumbersAscend) {
  std::set<std::string_view> names;
  int last = 0;
  for (const BugInfo& bug : all_bugs()) {
    EXPECT_TRUE(names.insert(bug.name).second) << bug.name;
    EXPECT_GT(bug.number, last) << bug.name;
    EXPECT_EQ(bug.number, static_cast<int>(bug.bug)) << bug.name;
    EXPECT_EQ(find_bug(bug.name), bug.bug);
    EXPECT_EQ(bug.forgot.back(), '.') << bug.name;
    EXPECT_EQ(bug.seen.back(), '.') << bug.name;
    last = bug.number;
  }
}

TEST(QuorumBugTable, ProposesTheNearestName) {
  const auto found = find_bug("no-write-bakc");
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(base::to_text(found.error()).find("did you mean 'no-write-back'"), std::string::npos);
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
