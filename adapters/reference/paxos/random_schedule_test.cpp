// Random schedules over the whole cluster: whatever is delivered, lost, repeated, delayed, crashed,
// cut or reconfigured, the invariants hold.
#include "adapters/reference/testing/random_schedule.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/paxos/testing/protocol.hpp"

namespace eris::paxos {
namespace {

class Schedule : public reference::testing::LeaderSchedule<PaxosProtocol> {
 public:
  using Protocol = PaxosProtocol;

  Schedule(std::uint64_t seed, const Config& config)
      : LeaderSchedule(seed, config, static_cast<unsigned>(config.members.size()), 1,
                       {.deliver = 550,
                        .sync = 170,
                        .pass_time = 80,
                        .ask = 150,
                        .crash = 10,
                        .cut = 7,
                        .heal = 6,
                        .membership = 5}) {}

  /// Snapshots, chunks, windows, expired sessions.
  static Config small_limits(std::uint64_t seed) {
    Config config;
    config.seed = seed;
    config.members = first_members(static_cast<unsigned>(3 + seed % 3));
    config.alpha = 1 + seed % 7;
    config.snapshot_after_slots = 5 + seed % 11;
    config.snapshot_trailing_slots = seed % 4;
    config.limits.message_bytes_max = 100;
    config.limits.snapshot_chunk_bytes = 64;
    config.limits.waiting_commands_max = 30;
    config.limits.sessions_max = 3;
    config.limits.chosen_record_slots = 1 + seed % 5;
    config.read_mode = seed % 4 == 1 ? ReadMode::lease : ReadMode::quorum_read;
    return config;
  }

  static std::vector<Message> nonsense(base::Rng& rng) {
    const auto slot = [&rng] { return Slot(rng.below(12)); };
    const auto ballot = [&rng] {
      return Ballot{rng.below(6), NodeId(static_cast<std::uint32_t>(rng.below(5)))};
    };
    const AcceptedDecree decree{ballot(), {DecreeKind::command, "not a command"}};
    return {Prepare{ballot(), slot(), rng.chance(0.2)},
            Promise{ballot(), slot(), slot(), {{slot().next(), decree}}},
            Accept{ballot(), slot(), slot(), {rng.below(5), decree.decree}},
            Accepted{ballot(), slot(), slot()},
            Refused{ballot(), ballot()},
            Heartbeat{ballot(), slot(), rng.below(12)},
            HeartbeatReply{ballot(), rng.below(12)},
            LearnRequest{slot(), slot(), rng.below(100)},
            Learn{slot(), {rng.below(5), decree}},
            SnapshotChunk{slot(), 0, rng.below(30), "not a snapshot"}};
  }

  /// Somebody has left the first configuration behind.
  [[nodiscard]] bool has_reconfigured() {
    return std::ranges::any_of(cluster().nodes(), [this](NodeId node) {
      return cluster().is_up(node) &&
             cluster().core(node).configurations().latest().first != Slot();
    });
  }

 protected:
  void change_membership() override {
    if (rng().chance(0.5))
      cluster().request(likely_leader(), kv::RemoveServer{any_node()});
    else
      cluster().request(likely_leader(), kv::AddServer{any_node()});
  }
};

TEST(PaxosRandomSchedules, KeepEveryInvariant) {
  const std::uint64_t seeds = reference::testing::seed_count(300);
  std::uint64_t chosen = 0;
  std::uint64_t reconfigured = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Schedule schedule(seed, Schedule::small_limits(seed));
    schedule.run(reference::testing::random_steps);
    ASSERT_EQ(schedule.first_violation(), "") << "seed " << seed;
    chosen += schedule.cluster().invariants().ghost_chosen().value;
    reconfigured += schedule.has_reconfigured() ? 1 : 0;
  }
  EXPECT_GT(chosen, 10 * seeds) << "schedules must get something done to test anything";
  EXPECT_GT(reconfigured, seeds / 10) << "and change the configuration now and then";
  RecordProperty("chosen_slots", std::to_string(chosen));
  RecordProperty("reconfigured", std::to_string(reconfigured));
}

class PaxosBugs : public testing::TestWithParam<BugInfo> {};

TEST_P(PaxosBugs, AreFoundByRandomSchedules) {
  reference::testing::expect_found_by_random_schedules<Schedule>(GetParam().bug, GetParam().name,
                                                                 2000);
}

INSTANTIATE_TEST_SUITE_P(Each, PaxosBugs, testing::ValuesIn(all_bugs()), [](const auto& param) {
  std::string name(param.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
});

RC_GTEST_PROP(PaxosRandomSchedules, SurviveMessagesThatMakeNoSense, ()) {
  reference::testing::survive_nonsense<Schedule>();
}

RC_GTEST_PROP(PaxosRandomSchedules, ComeBackToLifeWhenFaultsEnd, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  reference::testing::come_back_to_life<Schedule>(Schedule::small_limits(seed), seed);
}

}  // namespace
}  // namespace eris::paxos
