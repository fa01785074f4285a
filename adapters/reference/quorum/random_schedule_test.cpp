// Random schedules over the whole cluster: whatever is delivered, lost, repeated, delayed, crashed
// or cut, the invariants hold, and when it ends the replicas agree.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include <fmt/format.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/quorum/testing/protocol.hpp"
#include "harness/base/rng.hpp"

namespace eris::quorum {
namespace {

using std::chrono::milliseconds;

struct Schedule {
  base::Rng rng;
  Config config;
  TestCluster cluster;
  unsigned steps;
  std::int64_t first_key;  ///< keys differ between seeds, and so do their places on the ring
  bool changes_ring;
  std::int64_t last_value = 0;
  using Place = std::pair<int, std::int64_t>;  ///< a client and a key
  std::map<RequestId, Place> asked;
  std::map<int, HybridTime> seen;  ///< by client
  std::map<Place, VersionVector> contexts;

  Schedule(std::uint64_t seed, const Config& common, unsigned nodes, unsigned step_count)
      : rng(seed),
        config(common),
        cluster(nodes, common),
        steps(step_count),
        first_key(static_cast<std::int64_t>(seed * 3)),
        changes_ring(seed % 3 == 0) {
    if (!changes_ring) return;
    cluster.add_node(NodeId(nodes + 1));
    cluster.add_node(NodeId(nodes + 2));
  }

  NodeId any_node() { return rng.pick(cluster.nodes()); }

  void run() {
    for (unsigned i = 0; i < steps && cluster.invariants().violations().empty(); ++i) step();
  }

  void step() {
    const std::uint64_t draw = rng.below(1000);
    if (draw < 500) return deliver_any();
    if (draw < 680) return sync_some();
    if (draw < 790) return pass_time();
    if (draw < 950) return ask();
    if (draw < 960) return crash_or_restart();
    if (draw < 968) return cluster.cut(any_node(), any_node());
    if (draw < 978) return cluster.heal();
    if (draw < 984) return change_membership();
    if (draw < 990)
      return cluster.advance_clock(rng.duration(milliseconds(200), milliseconds(900)));
    drop_any();
  }

  void deliver_any() {
    // Mostly in order, so that something gets done; sometimes any message, sometimes twice.
    for (std::uint64_t burst = 1 + rng.below(20); burst > 0 && !cluster.in_flight().empty();
         --burst) {
      const std::size_t which = rng.chance(0.8) ? 0 : rng.below(cluster.in_flight().size());
      cluster.deliver(which, rng.chance(0.03));
    }
    while (cluster.in_flight().size() > 300) cluster.drop(rng.below(300));
    listen();
  }
  void sync_some() {
    for (const NodeId node : cluster.nodes())
      if (rng.chance(0.5)) cluster.sync(node, 1 + rng.below(6));
    listen();
  }
  void drop_any() {
    if (!cluster.in_flight().empty()) cluster.drop(rng.below(cluster.in_flight().size()));
  }
  void pass_time() {
    if (rng.chance(0.5)) cluster.advance_clock(rng.duration({}, milliseconds(60)));
    const NodeId node = any_node();
    if (cluster.is_up(node)) cluster.fire_timer(node);
  }
  void crash_or_restart() {
    const NodeId node = any_node();
    if (cluster.is_up(node))
      cluster.crash(node);
    else
      cluster.restart(node);
    for (const NodeId other : cluster.nodes())
      if (rng.chance(0.5)) cluster.restart(other);
  }
  void change_membership() {
    if (!changes_ring) return;
    const NodeId seed = cluster.is_up(NodeId(1)) ? NodeId(1) : any_node();
    if (rng.chance(0.4))
      cluster.request(rng.chance(0.7) ? seed : any_node(), RemoveServer{any_node()});
    else
      cluster.request(rng.chance(0.7) ? seed : any_node(), AddServer{any_node()});
  }

  /// Three clients, each of which tells what it has seen, as real ones do.
  void ask() {
    const int client = static_cast<int>(rng.below(3));
    const Place place{client, first_key + rng.between(0, 2)};
    const Value key(place.second);
    if (rng.chance(0.5)) {
      asked[cluster.request(any_node(), ReadRequest{.key = key, .seen = seen[client]})] = place;
      return;
    }
    WriteRequest write{.key = key,
                       .value = Value(++last_value),
                       .deleted = rng.chance(0.25),
                       .seen = seen[client]};
    if (config.conflict == Conflict::siblings && rng.chance(0.8)) write.context = contexts[place];
    asked[cluster.request(any_node(), write)] = place;
  }
  void listen() {
    for (auto waiting = asked.begin(); waiting != asked.end();) {
      const auto reply = cluster.reply(waiting->first);
      if (!reply) {
        ++waiting;
        continue;
      }
      HybridTime& latest_seen = seen[waiting->second.first];
      latest_seen = std::max(latest_seen, reply->stamp.time);
      if (!reply->context.empty()) contexts[waiting->second] = reply->context;
      waiting = asked.erase(waiting);
    }
  }

  /// Faults end, and there is time for all that is left to be done.
  void come_to_rest() {
    cluster.heal();
    for (const NodeId node : cluster.nodes()) cluster.restart(node);
    cluster.run_for(milliseconds(6000));
    std::vector<const Core*> running;
    for (const NodeId node : cluster.nodes()) running.push_back(&cluster.core(node));
    cluster.invariants().quiet(running);
  }
};

/// Small limits and short times, so that the rare paths are common; configurations take turns.
Config small_limits(std::uint64_t seed) {
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

std::string first_violation(Schedule& schedule) {
  const auto& violations = schedule.cluster.invariants().violations();
  if (violations.empty()) return {};
  return violations.front().invariant + ": " + violations.front().what;
}

/// How many seeds: ERIS_QUORUM_SEEDS, or enough for a few seconds.
std::uint64_t seed_count() {
  const char* text = std::getenv("ERIS_QUORUM_SEEDS");
  return text == nullptr ? 200 : std::strtoull(text, nullptr, 10);
}

unsigned nodes_for(std::uint64_t seed) {
  return 3 + static_cast<unsigned>(seed % 4 == 0 ? 0 : seed % 3);
}

TEST(QuorumRandomSchedules, KeepEveryInvariantAndConverge) {
  std::uint64_t acknowledged = 0;
  std::uint64_t collected = 0;
  for (std::uint64_t seed = 1; seed <= seed_count(); ++seed) {
    Schedule schedule(seed, small_limits(seed), nodes_for(seed), 1500);
    schedule.run();
    if (first_violation(schedule).empty()) schedule.come_to_rest();
    acknowledged += schedule.cluster.invariants().acknowledged_writes();
    collected += schedule.cluster.invariants().collected_tombstones();
    EXPECT_EQ(first_violation(schedule), "") << "seed " << seed;
  }
  EXPECT_GT(acknowledged, 10 * seed_count())
      << "schedules must get something done to test anything";
  EXPECT_GT(collected, seed_count() / 10) << "and some tombstones must be collected";
  RecordProperty("acknowledged_writes", std::to_string(acknowledged));
  RecordProperty("collected_tombstones", std::to_string(collected));
}

std::string run_schedule(std::uint64_t seed, BugSet bugs) {
  Config config = small_limits(seed);
  config.bugs = bugs;
  Schedule schedule(seed, config, nodes_for(seed), 1500);
  schedule.run();
  if (first_violation(schedule).empty()) schedule.come_to_rest();
  return first_violation(schedule);
}

/// The other direction: with a bug planted in every node, some schedule breaks an invariant, and
/// the correct core passes under the same seed. Without this the test above could pass because the
/// invariants see nothing.
class QuorumBugs : public testing::TestWithParam<Bug> {};

TEST_P(QuorumBugs, AreFoundByRandomSchedules) {
  constexpr std::uint64_t seeds_max = 1000;
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    const std::string violation = run_schedule(seed, {GetParam()});
    if (violation.empty()) continue;
    RecordProperty("found", fmt::format("seed {}: {}", seed, violation));
    EXPECT_EQ(run_schedule(seed, {}), "") << "the correct core, seed " << seed;
    return;
  }
  FAIL() << quorum::info(GetParam()).name << " went unnoticed in " << seeds_max << " schedules";
}

std::vector<Bug> every_bug() {
  std::vector<Bug> bugs;
  for (const BugInfo& bug : all_bugs()) bugs.push_back(bug.bug);
  return bugs;
}

INSTANTIATE_TEST_SUITE_P(Each, QuorumBugs, testing::ValuesIn(every_bug()), [](const auto& param) {
  std::string name(quorum::info(param.param).name);
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace eris::quorum
