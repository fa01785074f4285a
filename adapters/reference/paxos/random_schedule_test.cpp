// Random schedules over the whole cluster: whatever is delivered, lost, repeated, delayed, crashed,
// cut or reconfigured, the invariants hold.
#include <algorithm>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/paxos/testing/protocol.hpp"
#include "harness/base/rng.hpp"

namespace eris::paxos {
namespace {

using std::chrono::milliseconds;

struct Schedule {
  base::Rng rng;
  TestCluster cluster;
  unsigned steps;

  /// One server more than there are members at first: it waits to be added.
  Schedule(std::uint64_t seed, Config config, unsigned nodes, unsigned step_count)
      : rng(seed), cluster(nodes, std::move(config)), steps(step_count) {
    cluster.add_node(NodeId(nodes + 1));
  }

  NodeId any_node() { return rng.pick(cluster.nodes()); }

  void run() {
    for (unsigned i = 0; i < steps && cluster.invariants().violations().empty(); ++i) step();
  }

  void step() {
    const std::uint64_t draw = rng.below(1000);
    if (draw < 550) return deliver_any();
    if (draw < 720) return sync_some();
    if (draw < 800) return pass_time();
    if (draw < 950) return ask();
    if (draw < 960) return crash_or_restart();
    if (draw < 967) return cluster.cut(any_node(), any_node());
    if (draw < 973) return cluster.heal();
    if (draw < 978) return change_configuration();
    drop_any();
  }

  void deliver_any() {
    // Mostly in order, so that something gets done; sometimes any message, sometimes twice.
    for (std::uint64_t burst = 1 + rng.below(6); burst > 0 && !cluster.in_flight().empty();
         --burst) {
      const std::size_t which = rng.chance(0.9) ? 0 : rng.below(cluster.in_flight().size());
      cluster.deliver(which, rng.chance(0.03));
    }
    while (cluster.in_flight().size() > 200) cluster.drop(rng.below(200));
  }
  void sync_some() {
    for (const NodeId node : cluster.nodes())
      if (rng.chance(0.5)) cluster.sync(node, 1 + rng.below(6));
  }
  void drop_any() {
    if (!cluster.in_flight().empty()) cluster.drop(rng.below(cluster.in_flight().size()));
  }
  void pass_time() {
    if (rng.chance(0.5)) cluster.advance_clock(rng.duration({}, milliseconds(60)));
    const NodeId node = any_node();
    if (cluster.is_up(node) && rng.chance(0.5)) cluster.fire_timer(node);
  }
  void crash_or_restart() {
    const NodeId node = any_node();
    if (cluster.is_up(node) && rng.chance(0.3))
      cluster.tear(node);
    else if (cluster.is_up(node))
      cluster.crash(node);
    else
      cluster.restart(node);
    for (const NodeId other : cluster.nodes())
      if (rng.chance(0.5)) cluster.restart(other);
  }
  void change_configuration() {
    if (rng.chance(0.5))
      cluster.request(likely_leader(), kv::RemoveServer{any_node()});
    else
      cluster.request(likely_leader(), kv::AddServer{any_node()});
  }
  void ask() {
    kv::Command command{.session = kv::SessionId(rng.below(4)),
                        .sequence = rng.below(20),
                        .function = static_cast<kv::Function>(rng.between(1, 7)),
                        .key = kv::Value(rng.between(0, 2)),
                        .argument = kv::Value(rng.between(0, 5))};
    if (rng.chance(0.3)) command.function = kv::Function::read;
    cluster.request(likely_leader(), command);
  }
  NodeId likely_leader() {
    std::vector<NodeId> leaders;
    for (const NodeId node : cluster.nodes())
      if (cluster.is_up(node) && cluster.core(node).role() == Role::leader) leaders.push_back(node);
    return leaders.empty() || rng.chance(0.1) ? any_node() : rng.pick(leaders);
  }
};

unsigned node_count(std::uint64_t seed) {
  return static_cast<unsigned>(3 + seed % 3);
}

/// Small limits, so that the rare paths are common: snapshots, chunks, windows, expired sessions.
Config small_limits(std::uint64_t seed) {
  Config config;
  config.seed = seed;
  config.members = first_members(node_count(seed));
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

std::string first_violation(Schedule& schedule) {
  const auto& violations = schedule.cluster.invariants().violations();
  if (violations.empty()) return {};
  return violations.front().invariant + ": " + violations.front().what;
}

/// How many seeds: ERIS_PAXOS_SEEDS, or enough for a few seconds.
std::uint64_t seed_count() {
  const char* text = std::getenv("ERIS_PAXOS_SEEDS");
  return text == nullptr ? 300 : std::strtoull(text, nullptr, 10);
}

TEST(PaxosRandomSchedules, KeepEveryInvariant) {
  std::uint64_t chosen = 0;
  std::uint64_t reconfigured = 0;
  for (std::uint64_t seed = 1; seed <= seed_count(); ++seed) {
    Schedule schedule(seed, small_limits(seed), node_count(seed), 1500);
    schedule.run();
    ASSERT_EQ(first_violation(schedule), "") << "seed " << seed;
    chosen += schedule.cluster.invariants().ghost_chosen().value;
    for (const NodeId node : schedule.cluster.nodes())
      if (schedule.cluster.is_up(node) &&
          schedule.cluster.core(node).configurations().latest().first != Slot()) {
        ++reconfigured;
        break;
      }
  }
  EXPECT_GT(chosen, 10 * seed_count()) << "schedules must get something done to test anything";
  EXPECT_GT(reconfigured, seed_count() / 10) << "and change the configuration now and then";
  RecordProperty("chosen_slots", std::to_string(chosen));
  RecordProperty("reconfigured", std::to_string(reconfigured));
}

std::string run_schedule(std::uint64_t seed, BugSet bugs) {
  Config config = small_limits(seed);
  config.bugs = bugs;
  Schedule schedule(seed, std::move(config), node_count(seed), 1500);
  schedule.run();
  return first_violation(schedule);
}

/// The other direction: with a bug planted in every node, some schedule breaks an invariant, and
/// the correct core passes under the same seed. Without this the test above could pass because the
/// invariants see nothing.
class PaxosBugs : public testing::TestWithParam<BugInfo> {};

TEST_P(PaxosBugs, AreFoundByRandomSchedules) {
  constexpr std::uint64_t seeds_max = 2000;
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    const std::string violation = run_schedule(seed, {GetParam().bug});
    if (violation.empty()) continue;
    RecordProperty("found", fmt::format("seed {}: {}", seed, violation));
    EXPECT_EQ(run_schedule(seed, {}), "") << "the correct core, seed " << seed;
    return;
  }
  FAIL() << GetParam().name << " went unnoticed in " << seeds_max << " schedules";
}

INSTANTIATE_TEST_SUITE_P(Each, PaxosBugs, testing::ValuesIn(all_bugs()), [](const auto& param) {
  std::string name(param.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

/// A broken or hostile peer may break the protocol, but not this program.
RC_GTEST_PROP(PaxosRandomSchedules, SurviveMessagesThatMakeNoSense, ()) {
  base::Rng rng(*rc::gen::arbitrary<std::uint32_t>());
  Config config = small_limits(rng.next());
  config.members = first_members(3);
  TestCluster cluster(3, config);
  cluster.elect(NodeId(1));
  const auto slot = [&rng] { return Slot(rng.below(12)); };
  const auto ballot = [&rng] {
    return Ballot{rng.below(6), NodeId(static_cast<std::uint32_t>(rng.below(5)))};
  };
  const AcceptedDecree nonsense{ballot(), {DecreeKind::command, "not a command"}};
  for (int i = 0; i < 300; ++i) {
    const std::vector<Message> messages = {
        Prepare{ballot(), slot(), rng.chance(0.2)},
        Promise{ballot(), slot(), slot(), {{slot().next(), nonsense}}},
        Accept{ballot(), slot(), slot(), {rng.below(5), nonsense.decree}},
        Accepted{ballot(), slot(), slot()},
        Refused{ballot(), ballot()},
        Heartbeat{ballot(), slot(), rng.below(12)},
        HeartbeatReply{ballot(), rng.below(12)},
        LearnRequest{slot(), slot(), rng.below(100)},
        Learn{slot(), {rng.below(5), nonsense}},
        SnapshotChunk{slot(), 0, rng.below(30), "not a snapshot"}};
    const NodeId to(static_cast<std::uint32_t>(1 + rng.below(3)));
    const NodeId from(static_cast<std::uint32_t>(rng.below(5)));
    cluster.input(to, core::Received{from, encode(rng.pick(messages))});
    if (rng.chance(0.2)) cluster.settle();
    if (rng.chance(0.1)) cluster.fire_timer(to);
  }
  for (const NodeId node : cluster.nodes()) RC_ASSERT(cluster.is_up(node));
}

RC_GTEST_PROP(PaxosRandomSchedules, ComeBackToLifeWhenFaultsEnd, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  Schedule schedule(seed, small_limits(seed), node_count(seed), 600);
  schedule.run();
  TestCluster& cluster = schedule.cluster;
  cluster.heal();
  for (const NodeId node : cluster.nodes()) cluster.restart(node);
  cluster.run_for(milliseconds(5000));
  std::optional<RequestId> write;
  for (const NodeId node : cluster.nodes())
    if (cluster.core(node).role() == Role::leader)
      write = cluster.request(node, kv::Command{.function = kv::Function::write});
  RC_ASSERT(write.has_value());
  cluster.run_for(milliseconds(500));
  RC_ASSERT(cluster.reply(*write).has_value());
  RC_ASSERT(cluster.reply(*write)->kind == kv::ReplyKind::ok);
  RC_ASSERT(first_violation(schedule).empty());
}

}  // namespace
}  // namespace eris::paxos
