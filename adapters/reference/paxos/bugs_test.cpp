#include "adapters/reference/paxos/bugs.hpp"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

#include "adapters/reference/paxos/config.hpp"

namespace eris::paxos {
namespace {

TEST(PaxosBugTable, NamesAreUniqueAndNumbersAscend) {
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
  EXPECT_EQ(last, 16) << "the catalogue of Multi-Paxos bugs has sixteen, without gaps";
  EXPECT_EQ(all_bugs().size(), 16u);
}

TEST(PaxosBugTable, ProposesTheNearestName) {
  const auto found = find_bug("balot-reused");
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(base::to_text(found.error()).find("did you mean 'ballot-reused'"), std::string::npos);
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
