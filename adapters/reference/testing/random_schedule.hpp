// RandomSchedule: a cluster to which a seed does anything that may happen to one, one small step
// after another, while its invariants are watched.
//
// Why beside schedule.hpp: there every step is a command of a text scenario, which shrinks; here
// steps are plain calls, so that hundreds of long schedules take a second.
// A protocol derives its own and says what its clients ask, how often what happens, and what else
// may; the checks at the end are the same for all.
// Thread rule: one owner.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/testing/leaders.hpp"
#include "adapters/reference/testing/test_cluster.hpp"
#include "harness/base/rng.hpp"

namespace eris::reference::testing {

/// How many steps of a thousand are of each kind; the rest lose a message.
struct StepShares {
  unsigned deliver;
  unsigned sync;
  unsigned pass_time;
  unsigned ask;
  unsigned crash;
  unsigned cut;
  unsigned heal;
  unsigned membership;
  unsigned own = 0;  ///< what only this protocol knows
};

/// Mostly in order, so that something gets done; sometimes any message.
struct Traffic {
  unsigned burst_max = 6;
  double in_order = 0.9;
  unsigned in_flight_max = 200;
};

template <Protocol P>
class RandomSchedule {
 public:
  using Cluster = TestCluster<P>;
  using Config = typename P::Config;

  /// With `spares` more servers that may be added later: a cluster that can only shrink and grow
  /// back tests little.
  RandomSchedule(std::uint64_t seed, Config config, unsigned nodes, unsigned spares,
                 const StepShares& shares, const Traffic& traffic = {})
      : rng_(seed), cluster_(nodes, std::move(config)), shares_(shares), traffic_(traffic) {
    for (unsigned spare = 1; spare <= spares; ++spare) cluster_.add_node(NodeId(nodes + spare));
  }
  virtual ~RandomSchedule() = default;

  void run(unsigned steps) {
    for (unsigned i = 0; i < steps && first_violation().empty(); ++i) step();
  }
  /// Faults end: links heal, and every node runs.
  void heal() {
    cluster_.heal();
    for (const NodeId node : cluster_.nodes()) cluster_.restart(node);
  }
  /// What is owed when all is over; a protocol without such rules owes nothing.
  virtual void come_to_rest() {}

  [[nodiscard]] Cluster& cluster() { return cluster_; }
  /// "log-matching: …", or nothing.
  [[nodiscard]] std::string first_violation() {
    const auto& violations = cluster_.invariants().violations();
    if (violations.empty()) return {};
    return violations.front().invariant + ": " + violations.front().what;
  }

 protected:
  virtual void ask() = 0;
  virtual void change_membership() {}
  virtual void do_own() {}
  /// Called when answers may have come.
  virtual void listen() {}

  [[nodiscard]] base::Rng& rng() { return rng_; }
  [[nodiscard]] NodeId any_node() { return rng_.pick(cluster_.nodes()); }

 private:
  void step() {
    std::uint64_t draw = rng_.below(1000);
    const auto is = [&draw](unsigned share) {
      if (draw < share) return true;
      draw -= share;
      return false;
    };
    if (is(shares_.deliver)) return deliver_some();
    if (is(shares_.sync)) return sync_some();
    if (is(shares_.pass_time)) return pass_time();
    if (is(shares_.ask)) return ask();
    if (is(shares_.crash)) return crash_or_restart();
    if (is(shares_.cut)) return cluster_.cut(any_node(), any_node());
    if (is(shares_.heal)) return cluster_.heal();
    if (is(shares_.membership)) return change_membership();
    if (is(shares_.own)) return do_own();
    if (!cluster_.in_flight().empty()) cluster_.drop(rng_.below(cluster_.in_flight().size()));
  }

  void deliver_some() {
    for (std::uint64_t burst = 1 + rng_.below(traffic_.burst_max);
         burst > 0 && !cluster_.in_flight().empty(); --burst) {
      const std::size_t which =
          rng_.chance(traffic_.in_order) ? 0 : rng_.below(cluster_.in_flight().size());
      cluster_.deliver(which, rng_.chance(0.03));
    }
    while (cluster_.in_flight().size() > traffic_.in_flight_max)
      cluster_.drop(rng_.below(traffic_.in_flight_max));
    listen();
  }
  void sync_some() {
    for (const NodeId node : cluster_.nodes())
      if (rng_.chance(0.5)) cluster_.sync(node, 1 + rng_.below(6));
    listen();
  }
  void pass_time() {
    if (rng_.chance(0.5)) cluster_.advance_clock(rng_.duration({}, std::chrono::milliseconds(60)));
    const NodeId node = any_node();
    if (cluster_.is_up(node) && rng_.chance(0.5)) cluster_.fire_timer(node);
  }
  void crash_or_restart() {
    const NodeId node = any_node();
    if (cluster_.is_up(node) && rng_.chance(0.3))
      cluster_.tear(node);
    else if (cluster_.is_up(node))
      cluster_.crash(node);
    else
      cluster_.restart(node);
    for (const NodeId other : cluster_.nodes())
      if (rng_.chance(0.5)) cluster_.restart(other);
  }

  base::Rng rng_;
  Cluster cluster_;
  StepShares shares_;
  Traffic traffic_;
};

/// A schedule of a protocol that replicates the store of adapters/reference/kv under a leader.
template <Protocol P>
class LeaderSchedule : public RandomSchedule<P> {
 public:
  using RandomSchedule<P>::RandomSchedule;

 protected:
  void ask() override {
    base::Rng& rng = this->rng();
    kv::Command command{.session = kv::SessionId(rng.below(4)),
                        .sequence = rng.below(20),
                        .function = static_cast<kv::Function>(rng.between(1, 7)),
                        .key = kv::Value(rng.between(0, 2)),
                        .argument = kv::Value(rng.between(0, 5))};
    if (rng.chance(0.3)) command.function = kv::Function::read;
    this->cluster().request(likely_leader(), command);
  }
  [[nodiscard]] NodeId likely_leader() {
    return testing::likely_leader(this->rng(), this->cluster());
  }
};

/// What a schedule class S adds for the checks below.
template <typename S>
concept Seeded = std::constructible_from<S, std::uint64_t, typename S::Config> &&
                 requires(std::uint64_t seed, base::Rng& rng) {
                   /// Small limits, so that rare paths are common.
                   { S::small_limits(seed) } -> std::same_as<typename S::Config>;
                   /// Messages that no correct node would send.
                   S::nonsense(rng);
                 };

inline constexpr unsigned random_steps = 1500;

/// How many seeds: the environment's ERIS_RANDOM_CASES, or enough for a few seconds.
inline std::uint64_t seed_count(std::uint64_t usual) {
  const char* text = std::getenv("ERIS_RANDOM_CASES");
  return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

/// The first invariant that is broken on this seed, or nothing.
template <Seeded S, typename BugSet>
[[nodiscard]] std::string violation_on(std::uint64_t seed, const BugSet& bugs) {
  typename S::Config config = S::small_limits(seed);
  config.bugs = bugs;
  S schedule(seed, std::move(config));
  schedule.run(random_steps);
  if (schedule.first_violation().empty()) schedule.come_to_rest();
  return schedule.first_violation();
}

/// The other direction of keeping every invariant: with a bug planted in every node, some schedule
/// breaks one, and the correct core passes under the same seed. Without this the correct core could
/// pass because the invariants see nothing.
template <Seeded S, typename Bug>
void expect_found_by_random_schedules(Bug bug, std::string_view name, std::uint64_t seeds_max) {
  using BugSet = decltype(S::Config::bugs);
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    const std::string violation = violation_on<S>(seed, BugSet{bug});
    if (violation.empty()) continue;
    ::testing::Test::RecordProperty("found", fmt::format("seed {}: {}", seed, violation));
    EXPECT_EQ(violation_on<S>(seed, BugSet{}), "") << "the correct core, seed " << seed;
    return;
  }
  FAIL() << name << " went unnoticed in " << seeds_max << " schedules";
}

/// A broken or hostile peer may break the protocol, but not this program; a property's body.
template <Seeded S>
void survive_nonsense() {
  using P = typename S::Protocol;
  base::Rng rng(*rc::gen::arbitrary<std::uint32_t>());
  TestCluster<P> cluster(3, S::small_limits(3 * rng.below(1'000'000)));
  cluster.elect(NodeId(1));
  for (int i = 0; i < 300; ++i) {
    const NodeId to(static_cast<std::uint32_t>(1 + rng.below(3)));
    const NodeId from(static_cast<std::uint32_t>(rng.below(5)));
    cluster.input(to, core::Received{from, P::encode(rng.pick(S::nonsense(rng)))});
    if (rng.chance(0.2)) cluster.settle();
    if (rng.chance(0.1)) cluster.fire_timer(to);
  }
  for (const NodeId node : cluster.nodes()) RC_ASSERT(cluster.is_up(node));
}

/// When faults end, somebody leads and serves; a property's body.
template <Seeded S>
void come_back_to_life(typename S::Config config, std::uint64_t seed) {
  using std::chrono::milliseconds;
  S schedule(seed, std::move(config));
  schedule.run(600);
  auto& cluster = schedule.cluster();
  schedule.heal();
  cluster.run_for(milliseconds(5000));
  const std::vector<NodeId> leading = leaders(cluster);
  RC_ASSERT(!leading.empty());
  const RequestId write =
      cluster.request(leading.back(), kv::Command{.function = kv::Function::write});
  cluster.run_for(milliseconds(500));
  RC_ASSERT(cluster.reply(write).has_value());
  RC_ASSERT(cluster.reply(write)->kind == kv::ReplyKind::ok);
  RC_ASSERT(schedule.first_violation().empty());
}

}  // namespace eris::reference::testing
