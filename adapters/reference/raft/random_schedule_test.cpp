// Random schedules over the whole cluster: whatever is delivered, lost, repeated, delayed, crashed,
// cut or reconfigured, the invariants hold.
#include "adapters/reference/testing/random_schedule.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/raft/testing/protocol.hpp"

namespace eris::raft {
namespace {

class Schedule : public reference::testing::LeaderSchedule<RaftProtocol> {
 public:
  using Protocol = RaftProtocol;

  Schedule(std::uint64_t seed, Config config)
      : LeaderSchedule(seed, std::move(config), node_count(seed), seed % 5 == 0 ? 2 : 0,
                       {.deliver = 550,
                        .sync = 170,
                        .pass_time = 70,
                        .ask = 170,
                        .crash = 8,
                        .cut = 6,
                        .heal = 6,
                        .membership = 5,
                        .own = 3}) {}

  static unsigned node_count(std::uint64_t seed) { return static_cast<unsigned>(3 + seed % 3); }

  /// Snapshots, chunks, windows, expired sessions.
  static Config small_limits(std::uint64_t seed) {
    Config config;
    config.seed = seed;
    config.snapshot_after_entries = 5 + seed % 7;
    config.snapshot_trailing_entries = seed % 3;
    config.limits.append_bytes_max = 100;
    config.limits.appends_in_flight_max = 3;
    config.limits.snapshot_chunk_bytes = 64;
    config.limits.uncommitted_entries_max = 30;
    config.limits.sessions_max = 3;
    config.pre_vote = seed % 2 == 0;
    config.lease_reads = seed % 4 == 1;
    return config;
  }

  static std::vector<Message> nonsense(base::Rng& rng) {
    const auto number = [&rng] { return rng.below(12); };
    const Term term(number());
    const LogIndex index(number());
    return {RequestVote{term, rng.chance(0.5), rng.chance(0.5), index, Term(number())},
            VoteReply{term, rng.chance(0.5), rng.chance(0.5)},
            AppendEntries{term,
                          index,
                          Term(number()),
                          LogIndex(number()),
                          {number(), {Term(number()), EntryKind::command, "not a command"}}},
            AppendReply{term, rng.chance(0.5), index, LogIndex(number()), Term(number())},
            Heartbeat{term, index, number()},
            HeartbeatReply{term, number()},
            InstallSnapshot{term, index, Term(number()), number(), number(), "not a snapshot"},
            SnapshotReply{term, index, number(), rng.chance(0.5)},
            TimeoutNow{term}};
  }

 protected:
  void change_membership() override {
    if (rng().chance(0.5))
      cluster().request(any_node(), kv::RemoveServer{any_node()});
    else
      cluster().request(any_node(), kv::AddServer{any_node()});
  }
  void do_own() override { cluster().request(any_node(), kv::TransferLeadership{any_node()}); }
};

TEST(RaftRandomSchedules, KeepEveryInvariant) {
  const std::uint64_t seeds = reference::testing::seed_count(300);
  std::uint64_t committed = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Schedule schedule(seed, Schedule::small_limits(seed));
    schedule.run(reference::testing::random_steps);
    committed += schedule.cluster().invariants().ghost_commit().value;
    ASSERT_EQ(schedule.first_violation(), "") << "seed " << seed;
  }
  EXPECT_GT(committed, 10 * seeds) << "schedules must get something done to test anything";
  RecordProperty("committed_entries", std::to_string(committed));
}

/// These need a schedule that chance seldom finds; testdata/*_bug.txt has one for each.
bool has_a_scenario_instead(Bug bug) {
  return bug == Bug::lease_clock_skew || bug == Bug::stale_match_index ||
         bug == Bug::snapshot_drops_tail || bug == Bug::disruptive_candidates;
}

std::vector<Bug> bugs_for_chance() {
  std::vector<Bug> bugs;
  for (const BugInfo& bug : all_bugs())
    if (!has_a_scenario_instead(bug.bug)) bugs.push_back(bug.bug);
  return bugs;
}

class RaftBugs : public testing::TestWithParam<Bug> {};

TEST_P(RaftBugs, AreFoundByRandomSchedules) {
  reference::testing::expect_found_by_random_schedules<Schedule>(GetParam(),
                                                                 raft::info(GetParam()).name, 2000);
}

INSTANTIATE_TEST_SUITE_P(Each, RaftBugs, testing::ValuesIn(bugs_for_chance()),
                         [](const auto& param) {
                           std::string name(raft::info(param.param).name);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

RC_GTEST_PROP(RaftRandomSchedules, SurviveMessagesThatMakeNoSense, ()) {
  reference::testing::survive_nonsense<Schedule>();
}

RC_GTEST_PROP(RaftRandomSchedules, ComeBackToLifeWhenFaultsEnd, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  Config config = Schedule::small_limits(seed);
  config.pre_vote = true;
  reference::testing::come_back_to_life<Schedule>(std::move(config), seed);
}

}  // namespace
}  // namespace eris::raft
