// Each fault, enacted by a simulated Raft cluster: it shows what it did, and its inverse undoes it.
#include <algorithm>

#include <gtest/gtest.h>

#include "adapters/reference/raft/simulated/system.hpp"
#include "harness/sim/cluster.hpp"

namespace eris::sim {
namespace {

using base::NodeId;
using model::DiskTrouble;
using model::FaultAction;
using model::NodeState;
using namespace std::chrono_literals;

/// A cluster that serves, and a client that writes to it now and then.
class Bench {
 public:
  explicit Bench(unsigned nodes = 3, Quirks quirks = {}, raft::Config config = {})
      : cluster_({.system = raft::simulate(std::move(config)),
                  .nodes = nodes,
                  .seed = 1,
                  .quirks = quirks}) {
    const auto started = cluster_.start();
    EXPECT_TRUE(started.has_value());
  }

  model::Evidence apply(const FaultAction& action) {
    auto evidence = cluster_.apply(action);
    EXPECT_TRUE(evidence.has_value());
    return evidence ? *evidence : model::Evidence{};
  }
  /// Lets time pass, with a write every ten milliseconds.
  void run(base::Duration duration) {
    const base::Instant end = cluster_.now() + duration;
    for (base::Instant at = cluster_.now(); at < end; at += 10ms) {
      write();
      while (const auto event = cluster_.next(at)) look(*event);
    }
  }
  /// Whether a write succeeds within a few seconds.
  bool serves() {
    acknowledged_ = 0;
    run(3s);
    return acknowledged_ > 0;
  }

  [[nodiscard]] NodeState state(std::uint32_t node) {
    return cluster_.view().nodes.at(node - 1).state;
  }
  [[nodiscard]] model::ClusterView view() const { return cluster_.view(); }
  [[nodiscard]] int acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::vector<model::NodeEvent>& events() const { return events_; }
  [[nodiscard]] bool said(std::uint32_t node, std::string_view what) const {
    return std::ranges::any_of(events_, [&](const model::NodeEvent& event) {
      return event.node == NodeId(node) && event.what == what;
    });
  }

 private:
  void write() {
    cluster_.invoke({.process = base::ProcessId(next_process_++),
                     .function = model::function::write,
                     .key = model::Value("x"),
                     .argument = model::Value(1)});
  }
  void look(const run::ClusterEvent& event) {
    if (const auto* completion = std::get_if<run::Completion>(&event))
      acknowledged_ += completion->outcome.status == model::Status::ok ? 1 : 0;
    else
      events_.push_back(std::get<model::NodeEvent>(event));
  }

  Cluster cluster_;
  std::uint64_t next_process_ = 0;
  int acknowledged_ = 0;
  std::vector<model::NodeEvent> events_;
};

const std::vector<NodeId> n1{NodeId(1)};
const std::vector<NodeId> all_of_three{NodeId(1), NodeId(2), NodeId(3)};
const std::vector<model::Link> some_links{
    {NodeId(1), NodeId(2)}, {NodeId(2), NodeId(1)}, {NodeId(1), NodeId(3)}, {NodeId(3), NodeId(1)}};

bool has_fact(const model::Evidence& evidence, std::string_view name) {
  return model::find(evidence.facts, name) != nullptr;
}

TEST(SimFaults, PowerLossOfAllLosesNothingThatWasAcknowledgedAndTheClusterComesBack) {
  Bench bench;
  ASSERT_TRUE(bench.serves());
  EXPECT_TRUE(bench.apply(model::PowerOff{all_of_three}).took_effect);
  EXPECT_EQ(bench.state(2), NodeState::dead);
  EXPECT_FALSE(bench.serves());
  EXPECT_TRUE(bench.apply(model::PowerOn{all_of_three}).took_effect);
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, PausedNodesTakeInWhatWaitedWhenTheyGoOn) {
  Bench bench;
  EXPECT_TRUE(bench.apply(model::Pause{all_of_three}).took_effect);
  EXPECT_FALSE(bench.serves());
  EXPECT_TRUE(bench.apply(model::Resume{all_of_three}).took_effect);
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, ABentClockShowsByHowMuchItIsOff) {
  Bench bench;
  const auto bent = bench.apply(model::BendClock{n1, {.jump = 3s}});
  EXPECT_TRUE(bent.took_effect);
  EXPECT_EQ(*model::find(bent.facts, "n1 clock is off by"), model::Value("3 s"));
  const auto mended = bench.apply(model::MendClock{n1, {.jump = 3s}});
  EXPECT_TRUE(mended.took_effect);
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, AClockThatRunsFastShowsItWhenItIsMended) {
  Bench bench;
  EXPECT_FALSE(bench.apply(model::BendClock{n1, {.rate_ppm = 100'000}}).took_effect);
  bench.run(1s);
  EXPECT_TRUE(bench.apply(model::MendClock{n1, {.rate_ppm = 100'000}}).took_effect);
}

TEST(SimFaults, AStrobingClockComesAndGoesAndTheClusterServes) {
  Bench bench;
  const model::ClockBend strobe{.jump = 300ms, .strobe = 20ms};
  EXPECT_TRUE(bench.apply(model::BendClock{n1, strobe}).took_effect);
  EXPECT_TRUE(bench.serves());
  bench.apply(model::MendClock{n1, strobe});
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, BadLinksShowWhatTheyDidToMessages) {
  Bench bench;
  const model::LinkQuality quality{.loss_ppm = 100'000,
                                   .duplicate_ppm = 100'000,
                                   .reorder_ppm = 100'000,
                                   .corrupt_ppm = 50'000,
                                   .delay = 5ms};
  EXPECT_FALSE(bench.apply(model::Degrade{some_links, quality}).took_effect);
  bench.run(3s);
  const auto restored = bench.apply(model::Restore{some_links, quality});
  EXPECT_TRUE(restored.took_effect);
  for (const char* fact : {"messages lost", "messages repeated", "messages reordered",
                           "messages corrupted", "messages delayed"})
    EXPECT_TRUE(has_fact(restored, fact)) << fact;
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, ClogsHoldMessagesAndLetThemThrough) {
  Bench bench;
  bench.apply(model::Clog{some_links});
  bench.run(2s);
  const auto released = bench.apply(model::Unclog{some_links});
  EXPECT_TRUE(released.took_effect);
  EXPECT_TRUE(has_fact(released, "messages held"));
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, ASlowDiskShowsTheSyncsThatItDrewOut) {
  Bench bench;
  bench.apply(model::HarmDisk{all_of_three, DiskTrouble::slow});
  bench.run(2s);
  EXPECT_TRUE(bench.apply(model::MendDisk{all_of_three, DiskTrouble::slow}).took_effect);
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, AProcessWhoseDiskIsFullOrFailingEndsAndIsStartedAgain) {
  for (const DiskTrouble trouble : {DiskTrouble::full, DiskTrouble::failing}) {
    Bench bench;
    bench.apply(model::HarmDisk{n1, trouble});
    bench.run(2s);
    EXPECT_EQ(bench.state(1), NodeState::dead);
    EXPECT_TRUE(bench.said(1, "exited"));
    EXPECT_TRUE(bench.apply(model::MendDisk{n1, trouble}).took_effect);
    EXPECT_EQ(bench.state(1), NodeState::running);
    EXPECT_TRUE(bench.serves());
  }
}

TEST(SimFaults, AProcessThatFindsItsDataDamagedRefusesToStartAndTheOthersGoOn) {
  for (const DiskTrouble trouble : {DiskTrouble::corrupted, DiskTrouble::misdirected}) {
    Bench bench;
    bench.run(1s);
    EXPECT_TRUE(bench.apply(model::HarmDisk{n1, trouble}).took_effect);
    EXPECT_EQ(bench.state(1), NodeState::dead);
    const auto mended = bench.apply(model::MendDisk{n1, trouble});
    EXPECT_TRUE(has_fact(mended, "n1 refused to start"));
    EXPECT_EQ(bench.state(1), NodeState::dead);
    EXPECT_TRUE(bench.view().nodes.front().disk_lost);
    EXPECT_TRUE(bench.serves());
    EXPECT_TRUE(bench.said(1, "refused"));
  }
}

TEST(SimFaults, AWipedNodeComesBackEmpty) {
  Bench bench;
  bench.run(1s);
  EXPECT_TRUE(bench.apply(model::Wipe{n1}).took_effect);
  EXPECT_EQ(bench.state(1), NodeState::dead);
  EXPECT_TRUE(bench.apply(model::StartEmpty{n1}).took_effect);
  EXPECT_EQ(bench.state(1), NodeState::running);
}

TEST(SimFaults, AServerLeavesAndComesBack) {
  Bench bench(5);
  EXPECT_FALSE(bench.apply(model::RemoveServer{n1}).took_effect);
  EXPECT_FALSE(bench.view().nodes.front().member);
  ASSERT_TRUE(bench.serves());
  EXPECT_TRUE(bench.apply(model::AddServer{n1}).took_effect) << "it had left";
  EXPECT_TRUE(bench.serves());
  EXPECT_TRUE(bench.view().nodes.front().member);
}

TEST(SimFaults, AServerThatIsReplacedForgetsEverythingAndJoinsAgain) {
  Bench bench(5);
  bench.apply(model::RemoveServer{n1, model::ServerData::erased});
  bench.run(2s);
  EXPECT_EQ(bench.state(1), NodeState::dead);
  EXPECT_TRUE(bench.apply(model::AddServer{n1, model::ServerData::erased}).took_effect);
  bench.run(3s);
  EXPECT_EQ(bench.state(1), NodeState::running);
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, ANewServerJoinsAndLeaves) {
  Bench bench(3);
  const std::vector<NodeId> n4{NodeId(4)};
  EXPECT_FALSE(bench.apply(model::AddServer{n4}).took_effect);
  bench.run(3s);
  ASSERT_EQ(bench.view().nodes.size(), 4u);
  EXPECT_TRUE(bench.view().nodes.back().joined);
  EXPECT_TRUE(bench.apply(model::RemoveServer{n4}).took_effect) << "it had joined";
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, AwkwardEndsOftenComeWhileASyncIsUnderWay) {
  Bench bench(3, {.awkward_ends = {1'000'000}});
  for (int round = 0; round < 20; ++round) {
    bench.run(200ms);
    EXPECT_TRUE(bench.apply(model::PowerOff{all_of_three}).took_effect);
    bench.run(200ms);
    EXPECT_EQ(bench.state(1), NodeState::dead);
    bench.apply(model::PowerOn{all_of_three});
    bench.run(1s);
  }
  const auto under_way = std::ranges::count_if(bench.events(), [](const model::NodeEvent& event) {
    const model::Value* sync = model::find(event.fields, "sync under way");
    return sync != nullptr && *sync == model::Value(true);
  });
  EXPECT_GT(under_way, 5);
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, ARestartStormIsOverWhenTheStartIs) {
  Bench bench(3, {.restart_storms = {1'000'000}, .start_delay_max = 50ms});
  EXPECT_TRUE(bench.apply(model::Kill{n1}).took_effect);
  const auto evidence = bench.apply(model::Restart{n1});
  EXPECT_TRUE(has_fact(evidence, "n1 ends while it started"));
  EXPECT_EQ(bench.state(1), NodeState::running);
  EXPECT_TRUE(bench.serves());
}

TEST(SimFaults, EachLifeInARestartStormBeginsInTheJournal) {
  Bench bench(3, {.restart_storms = {1'000'000}});
  bench.apply(model::Kill{n1});
  const auto evidence = bench.apply(model::Restart{n1});
  bench.run(10ms);
  const model::Value* ends = model::find(evidence.facts, "n1 ends while it started");
  ASSERT_NE(ends, nullptr);
  const auto starts = std::ranges::count_if(bench.events(), [](const model::NodeEvent& event) {
    return event.node == base::NodeId(1) && event.what == "started";
  });
  EXPECT_EQ(*ends, model::Value(std::string_view(std::to_string(starts - 2))))
      << "besides the first start and the last";
}

TEST(SimFaults, EveryQuirkAtOnceStillLetsTheClusterServe) {
  Bench bench(5, {.lost = {20'000},
                  .repeated = {50'000},
                  .reordered = {100'000},
                  .stragglers = {5'000},
                  .straggler_delay_max = 2s,
                  .lost_requests = {20'000},
                  .lost_answers = {20'000},
                  .slow_syncs = {20'000},
                  .slow_sync_max = 500ms,
                  .late_timers = {50'000},
                  .timer_delay_max = 200ms,
                  .drift_percent = 45,
                  .tuned = true});
  EXPECT_TRUE(bench.serves());
}

}  // namespace
}  // namespace eris::sim
