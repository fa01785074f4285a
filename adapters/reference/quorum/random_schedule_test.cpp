// Random schedules over the whole cluster: whatever is delivered, lost, repeated, delayed, crashed,
// cut or reconfigured, the invariants hold, and when it ends the replicas agree.
#include "adapters/reference/testing/random_schedule.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/quorum/testing/protocol.hpp"

namespace eris::quorum {
namespace {

using std::chrono::milliseconds;

class Schedule : public reference::testing::RandomSchedule<QuorumProtocol> {
 public:
  using Protocol = QuorumProtocol;

  Schedule(std::uint64_t seed, const Config& config)
      : RandomSchedule(seed, config, node_count(seed), changes_ring(seed) ? 2 : 0,
                       {.deliver = 500,
                        .sync = 180,
                        .pass_time = 110,
                        .ask = 160,
                        .crash = 10,
                        .cut = 8,
                        .heal = 10,
                        .membership = changes_ring(seed) ? 6u : 0u,
                        .own = 6},
                       {.burst_max = 20, .in_order = 0.8, .in_flight_max = 300}),
        siblings_(config.conflict == Conflict::siblings),
        first_key_(static_cast<std::int64_t>(seed * 3)) {}

  /// Short times; configurations take turns.
  static Config small_limits(std::uint64_t seed) {
    Config config;
    config.seed = seed;
    config.virtual_nodes = 2 + seed % 3;
    config.limits.checkpoint_after_records = 20 + seed % 30;
    config.limits.transfers_max = 8;
    config.timeouts.request = milliseconds(400);
    config.timeouts.tombstone_grace = milliseconds(300);
    config.timeouts.message_age_max = milliseconds(600);
    switch (seed % 5) {
      case 0:
        config.mode = Mode::abd;
        break;
      case 1:
        config.sloppy = false;
        break;
      case 2:
        config.conflict = Conflict::siblings;
        break;
      case 3:
        config.read_level = Level::one;
        config.write_level = Level::one;
        break;
      default:
        break;
    }
    return config;
  }

  static std::vector<Message> nonsense(base::Rng& rng) {
    const Value key(rng.between(0, 2));
    const auto number = [&rng] { return rng.below(12); };
    const Stamp stamp{number(), NodeId(static_cast<std::uint32_t>(rng.below(5)))};
    const Cell cell{{}, {{stamp, rng.chance(0.3), Value(rng.between(0, 5))}}};
    const auto part = static_cast<std::uint32_t>(rng.below(1000));
    std::vector<Message> messages;
    for (Body body : std::vector<Body>{
             Get{number(), key}, GetReply{number(), cell},
             Put{number(), key, cell, stamp.node, rng.chance(0.5)}, PutReply{number()},
             Forward{number(), "not a request"}, ForwardReply{number(), "not a reply"}, Gossip{},
             Moved{}, SyncRoots{{{part, number()}}}, SyncLeaves{part, {}},
             SyncCells{part, part, {{key, cell}}}, Confirm{key, cell},
             ConfirmReply{key, stamp, rng.chance(0.5)}, Collect{key, cell}})
      messages.push_back({1, number(), std::move(body)});
    return messages;
  }

  void come_to_rest() override {
    heal();
    cluster().run_for(milliseconds(6000));
    std::vector<const Core*> running;
    for (const NodeId node : cluster().nodes()) running.push_back(&cluster().core(node));
    cluster().invariants().quiet(running);
  }

 protected:
  /// Three clients, each of which tells what it has seen, as real ones do.
  void ask() override {
    const int client = static_cast<int>(rng().below(3));
    const Place place{client, first_key_ + rng().between(0, 2)};
    const Value key(place.second);
    if (rng().chance(0.5)) {
      asked_[cluster().request(any_node(), ReadRequest{.key = key, .seen = seen_[client]})] = place;
      return;
    }
    WriteRequest write{.key = key,
                       .value = Value(++last_value_),
                       .deleted = rng().chance(0.25),
                       .seen = seen_[client]};
    if (siblings_ && rng().chance(0.8)) write.context = contexts_[place];
    asked_[cluster().request(any_node(), write)] = place;
  }
  void listen() override {
    for (auto waiting = asked_.begin(); waiting != asked_.end();) {
      const auto reply = cluster().reply(waiting->first);
      if (!reply) {
        ++waiting;
        continue;
      }
      HybridTime& latest_seen = seen_[waiting->second.first];
      latest_seen = std::max(latest_seen, reply->stamp.time);
      if (!reply->context.empty()) contexts_[waiting->second] = reply->context;
      waiting = asked_.erase(waiting);
    }
  }
  void change_membership() override {
    const NodeId seed = cluster().is_up(NodeId(1)) ? NodeId(1) : any_node();
    if (rng().chance(0.4))
      cluster().request(rng().chance(0.7) ? seed : any_node(), RemoveServer{any_node()});
    else
      cluster().request(rng().chance(0.7) ? seed : any_node(), AddServer{any_node()});
  }
  /// A leap of time: hints are handed off, trees compared, tombstones collected.
  void do_own() override {
    cluster().advance_clock(rng().duration(milliseconds(200), milliseconds(900)));
  }

 private:
  using Place = std::pair<int, std::int64_t>;  ///< a client and a key

  static unsigned node_count(std::uint64_t seed) {
    return 3 + static_cast<unsigned>(seed % 4 == 0 ? 0 : seed % 3);
  }
  static bool changes_ring(std::uint64_t seed) { return seed % 3 == 0; }

  bool siblings_;
  std::int64_t first_key_;  ///< keys differ between seeds, and so do their places on the ring
  std::int64_t last_value_ = 0;
  std::map<RequestId, Place> asked_;
  std::map<int, HybridTime> seen_;  ///< by client
  std::map<Place, VersionVector> contexts_;
};

TEST(QuorumRandomSchedules, KeepEveryInvariantAndConverge) {
  const std::uint64_t seeds = reference::testing::seed_count(200);
  std::uint64_t acknowledged = 0;
  std::uint64_t collected = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Schedule schedule(seed, Schedule::small_limits(seed));
    schedule.run(reference::testing::random_steps);
    if (schedule.first_violation().empty()) schedule.come_to_rest();
    acknowledged += schedule.cluster().invariants().acknowledged_writes();
    collected += schedule.cluster().invariants().collected_tombstones();
    EXPECT_EQ(schedule.first_violation(), "") << "seed " << seed;
  }
  EXPECT_GT(acknowledged, 10 * seeds) << "schedules must get something done to test anything";
  EXPECT_GT(collected, seeds / 10) << "and some tombstones must be collected";
  RecordProperty("acknowledged_writes", std::to_string(acknowledged));
  RecordProperty("collected_tombstones", std::to_string(collected));
}

class QuorumBugs : public testing::TestWithParam<BugInfo> {};

TEST_P(QuorumBugs, AreFoundByRandomSchedules) {
  reference::testing::expect_found_by_random_schedules<Schedule>(GetParam().bug, GetParam().name,
                                                                 1000);
}

INSTANTIATE_TEST_SUITE_P(Each, QuorumBugs, testing::ValuesIn(all_bugs()), [](const auto& param) {
  std::string name(param.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
});

RC_GTEST_PROP(QuorumRandomSchedules, SurviveMessagesThatMakeNoSense, ()) {
  reference::testing::survive_nonsense<Schedule>();
}

}  // namespace
}  // namespace eris::quorum
