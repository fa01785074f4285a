// The core under random commands, held to what its configuration promises to clients.
#include <algorithm>
#include <ostream>
#include <string>

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/quorum/testing/commands.hpp"
#include "adapters/reference/quorum/testing/linear_register.hpp"
#include "adapters/reference/testing/falsified.hpp"

namespace eris::quorum {
namespace {

using std::chrono::milliseconds;

using commands::Setup;

/// Short times and small limits, so that the rare paths are common.
Setup some_setup() {
  Setup setup;
  Config& config = setup.config;
  config.seed = *rc::gen::arbitrary<std::uint32_t>();
  config.replication = *rc::gen::inRange<std::size_t>(1, 4);
  config.virtual_nodes = *rc::gen::inRange<std::size_t>(2, 5);
  config.limits.checkpoint_after_records = *rc::gen::inRange<std::size_t>(10, 50);
  config.limits.transfers_max = 8;
  config.timeouts.request = milliseconds(400);
  config.timeouts.tombstone_grace = milliseconds(300);
  config.timeouts.message_age_max = milliseconds(600);
  setup.members = static_cast<unsigned>(config.replication) + *rc::gen::inRange<unsigned>(0, 3);
  setup.spares = *rc::gen::element(0u, 0u, 2u);
  setup.first_key = *rc::gen::inRange<std::int64_t>(0, 100);
  return setup;
}

Setup abd() {
  Setup setup = some_setup();
  setup.config.mode = Mode::abd;
  return setup;
}

/// Own replicas only; the levels of single requests differ, and so do their promises.
Setup strict() {
  Setup setup = some_setup();
  setup.config.sloppy = false;
  return setup;
}

/// A majority that is not all of them.
Setup strict_with_three_replicas() {
  Setup setup = strict();
  setup.config.replication = 3;
  setup.members = std::max(setup.members, 3u);
  return setup;
}

/// Nothing is promised across changes of the ring.
Setup siblings() {
  Setup setup = some_setup();
  setup.config.conflict = Conflict::siblings;
  setup.config.sloppy = *rc::gen::arbitrary<bool>();
  setup.spares = 0;
  return setup;
}

Setup last_write_wins() {
  Setup setup = some_setup();
  setup.config.read_level = *rc::gen::element(Level::one, Level::quorum);
  setup.config.write_level = *rc::gen::element(Level::one, Level::quorum);
  return setup;
}

/// Runs a random sequence of commands; a property's body.
void keep_promises(Setup (*make_setup)(), BugSet bugs = {}) {
  using namespace commands;
  Setup setup = *rc::gen::exec(make_setup);
  setup.config.bugs = bugs;
  System system(setup);
  const Model initial(setup);
  const auto sequence = *rc::gen::scale(
      2.0, rc::state::gen::commands(
               initial, rc::state::gen::execOneOfWithArgs<
                            Read, Read, Read, Write, Write, Write, Deliver, Deliver, Deliver,
                            Deliver, Sync, Sync, Settle, Settle, Settle, Tick, PassTime, Hasten,
                            Lose, Crash, Restart, Restart, CutOff, Heal, ChangeRing>()));
  rc::state::runAll(sequence, initial, system);
  system.come_to_rest();
}

RC_GTEST_PROP(QuorumModel, IsALinearizableRegisterInModeAbd, ()) {
  keep_promises(&abd);
}
RC_GTEST_PROP(QuorumModel, ReadsSeeAcknowledgedWritesWhereTheirQuorumsMeet, ()) {
  keep_promises(&strict);
}
RC_GTEST_PROP(QuorumModel, KeepsEveryAcknowledgedSiblingUntilItIsReplaced, ()) {
  keep_promises(&siblings);
}
RC_GTEST_PROP(QuorumModel, ConvergesOnTheLastWrite, ()) {
  keep_promises(&last_write_wins);
}

struct Broken {
  Bug bug;
  Setup (*setup)();
  const char* promises;  ///< those that it breaks, in the words of Promises: a regular expression
};
/// As GoogleTest names it.
void PrintTo(const Broken& broken, std::ostream* out) {
  *out << quorum::info(broken.bug).name;
}

/// Without these the properties above could pass because the model asks nothing of the core.
class QuorumModelBugs : public testing::TestWithParam<Broken> {};

TEST_P(QuorumModelBugs, BreakAPromise) {
  const std::string counterexample = reference::testing::falsified(
      [] { keep_promises(GetParam().setup, {GetParam().bug}); }, 3000);
  EXPECT_THAT(counterexample, testing::ContainsRegex(GetParam().promises));
  RecordProperty("counterexample", counterexample);
}

INSTANTIATE_TEST_SUITE_P(
    Each, QuorumModelBugs,
    testing::Values(
        Broken{Bug::r_plus_w_too_small, abd, "does not see stamp|no linearizable register"},
        Broken{Bug::ack_before_w, strict, "does not see stamp"},
        Broken{Bug::hint_counts_reads_ignore, abd, "does not see stamp|no linearizable register"},
        Broken{Bug::hint_dropped_before_ack, last_write_wins, "does not see stamp"},
        Broken{Bug::read_repair_writes_older, strict, "does not see stamp"},
        Broken{Bug::client_clock_timestamps, strict, "before what its client had seen"},
        Broken{Bug::tie_keeps_local, last_write_wins, "does not see stamp|and elsewhere"},
        Broken{Bug::siblings_dropped, siblings, "is lost: nobody has replaced it"},
        Broken{Bug::clock_bumped_by_non_coordinator, siblings, "is lost: nobody has replaced it"},
        Broken{Bug::tombstone_collected_early, last_write_wins, "does not see stamp"},
        Broken{Bug::merkle_range_off_by_one, last_write_wins, "does not see stamp|and elsewhere"},
        Broken{Bug::partial_write_reported_failed, strict, "and that write had failed"},
        Broken{Bug::no_write_back, strict_with_three_replicas, "does not see stamp"},
        Broken{Bug::rebalancing_drops_range, abd, "does not see stamp|no linearizable register"}),
    [](const auto& param) {
      std::string name(quorum::info(param.param.bug).name);
      std::ranges::replace(name, '-', '_');
      return name;
    });

constexpr unsigned never = RegisterOperation::never;

TEST(LinearRegister, TakesAnUnansweredWriteForDoneOrNot) {
  const RegisterOperation write{true, 1, 1, 2};
  const RegisterOperation lost{true, 2, 3, never};
  EXPECT_TRUE(is_linearizable({write, lost, {false, 1, 4, 5}, {false, 2, 6, 7}}));
  EXPECT_FALSE(is_linearizable({write, lost, {false, 2, 4, 5}, {false, 1, 6, 7}}));
}

TEST(LinearRegister, LetsWritesThatOverlapTakeEffectInAnyOrder) {
  EXPECT_TRUE(is_linearizable({{true, 1, 1, 4}, {true, 2, 2, 3}, {false, 1, 5, 6}}));
  EXPECT_TRUE(is_linearizable({{true, 1, 1, 4}, {true, 2, 2, 3}, {false, 2, 5, 6}}));
  EXPECT_FALSE(is_linearizable({{true, 1, 1, 2}, {true, 2, 3, 4}, {false, 1, 5, 6}}));
}

}  // namespace
}  // namespace eris::quorum
