#include "harness/live/cluster.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <gtest/gtest.h>

#include "harness/base/testing/eventually.hpp"
#include "harness/base/testing/scratch_directory.hpp"
#include "harness/live/signals.hpp"
#include "harness/live/testing/live_test_support.hpp"
#include "harness/live/testing/process_table.hpp"
#include "harness/live/testing/tiny_system.hpp"

namespace eris::live {
namespace {

using base::NodeId;
using base::ProcessId;
using base::testing::eventually;
using base::testing::ScratchDirectory;
using model::NodeState;
using model::Status;
using ::testing::HasSubstr;
using testing::in_sandbox;
using testing::make_tiny_system;
using testing::TinySettings;
using namespace std::chrono_literals;

constexpr auto patience = 20s;

/// A cluster in a scratch directory, with the few steps that tests repeat.
class Harness {
 public:
  explicit Harness(TinySettings settings, unsigned nodes = 3, unsigned concurrency = 3,
                   base::Duration operation_timeout = 500ms, base::Duration ready_timeout = 20s)
      : cluster_({.system = make_tiny_system(std::move(settings)),
                  .nodes = nodes,
                  .run_directory = directory_.path(),
                  .data_directory = directory_.path() / "data",
                  .seed = 1,
                  .concurrency = concurrency,
                  .operation_timeout = operation_timeout,
                  .ready_timeout = ready_timeout}) {}

  Cluster& cluster() { return cluster_; }
  [[nodiscard]] std::filesystem::path directory() const { return directory_.path(); }

  void start() {
    const auto started = cluster_.start();
    ASSERT_TRUE(started.has_value()) << base::to_text(started.error());
  }
  void invoke(std::uint64_t process, model::Function function, model::Value argument = {}) {
    cluster_.invoke({.process = ProcessId(process), .function = function, .argument = argument});
  }
  /// The next completion; node events on the way are kept.
  std::optional<run::Completion> completion() {
    const auto deadline = cluster_.now() + patience;
    while (auto event = cluster_.next(deadline)) {
      if (auto* completion = std::get_if<run::Completion>(&*event)) return std::move(*completion);
      events_.push_back(std::get<model::NodeEvent>(*std::move(event)));
    }
    return std::nullopt;
  }
  std::optional<run::Completion> ask(std::uint64_t process, model::Function function,
                                     model::Value argument = {}) {
    invoke(process, function, std::move(argument));
    return completion();
  }
  /// The next event of this kind, also of those that came before.
  std::optional<model::NodeEvent> node_event(std::string_view what, NodeId node) {
    const auto deadline = cluster_.now() + patience;
    for (;;) {
      for (auto event = events_.begin(); event != events_.end(); ++event)
        if (event->what == what && event->node == node) {
          auto found = *event;
          events_.erase(event);
          return found;
        }
      auto event = cluster_.next(deadline);
      if (!event) return std::nullopt;
      if (auto* of_node = std::get_if<model::NodeEvent>(&*event)) events_.push_back(*of_node);
    }
  }
  model::Evidence apply(const model::FaultAction& action) {
    auto evidence = cluster_.apply(action);
    EXPECT_TRUE(evidence.has_value()) << base::to_text(evidence.error());
    return evidence ? *evidence : model::Evidence{};
  }
  [[nodiscard]] NodeState state_of(std::uint32_t node) const {
    return cluster_.view().nodes.at(node - 1).state;
  }

 private:
  ScratchDirectory directory_;
  Cluster cluster_;
  std::vector<model::NodeEvent> events_;
};

class LiveCluster : public ::testing::Test {
 protected:
  void SetUp() override { ERIS_SKIP_WITHOUT_NAMESPACES(); }
};

TEST_F(LiveCluster, ServesClientsOfAllNodes) {
  in_sandbox([] {
    Harness harness({}, 5, 5);
    const auto began = std::chrono::steady_clock::now();
    harness.start();
    std::printf("five nodes ready after %.0f ms\n",
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
                    .count());
    for (std::uint64_t process = 0; process < 5; ++process) {
      const auto written = harness.ask(process, model::function::write, model::Value(41));
      ASSERT_TRUE(written.has_value());
      EXPECT_EQ(written->outcome.status, Status::ok);
      const auto read = harness.ask(process, model::function::read);
      ASSERT_TRUE(read.has_value());
      EXPECT_EQ(read->op.process, ProcessId(process));
      EXPECT_EQ(read->outcome.result, model::Value(41));
    }
    EXPECT_TRUE(harness.cluster().stop().has_value());
  });
}

TEST_F(LiveCluster, KeepsWhatNodesPrintAndPassesOnChangedBeaconsOnly) {
  in_sandbox([] {
    Harness harness({}, 2);
    harness.start();
    const auto beacon = harness.node_event("beacon", NodeId(1));
    ASSERT_TRUE(beacon.has_value());
    EXPECT_EQ(model::find(beacon->fields, "role")->text(), "leader");
    EXPECT_EQ(harness.cluster().view().leader, NodeId(1));
    EXPECT_EQ(harness.cluster().view().leader_term, base::Term(1));
    ASSERT_TRUE(harness.cluster().stop().has_value());
    int beacons = 0;
    while (auto event = harness.cluster().next(harness.cluster().now())) {
      const auto* of_node = std::get_if<model::NodeEvent>(&*event);
      beacons += of_node != nullptr && of_node->what == "beacon" && of_node->node == NodeId(1);
    }
    EXPECT_EQ(beacons, 0) << "the second beacon said the same";
    const auto log = harness.directory() / "nodes" / "n1.stdout.log";
    EXPECT_GT(std::filesystem::file_size(log), 0U);
  });
}

TEST_F(LiveCluster, LearnsTheLeaderByProbingWhereThereAreNoBeacons) {
  in_sandbox([] {
    Harness harness({.beacons = false});
    harness.start();
    EXPECT_TRUE(
        eventually([&] { return harness.cluster().view().leader == std::optional(NodeId(2)); }));
    EXPECT_EQ(harness.cluster().view().leader_term, base::Term(7));
    harness.apply(model::Kill{{NodeId(2)}});
    EXPECT_EQ(harness.cluster().view().leader, std::nullopt) << "a dead node leads nobody";
  });
}

TEST_F(LiveCluster, NodeThatExitsAtOnceIsAnErrorWithItsLastWords) {
  in_sandbox([] {
    Harness harness({.modes = {{2, "exit"}}});
    const auto started = harness.cluster().start();
    ASSERT_FALSE(started.has_value());
    EXPECT_EQ(started.error().kind, base::ErrorKind::environment);
    EXPECT_THAT(started.error().what, HasSubstr("n2 exited with status 3"));
    EXPECT_THAT(started.error().where, HasSubstr("n2.stderr.log"));
    EXPECT_THAT(started.error().next_step, HasSubstr("cannot open the write-ahead log"));
  });
}

TEST_F(LiveCluster, NodeThatNeverServesIsAnErrorWithTheTimeoutAndItsLog) {
  in_sandbox([] {
    Harness harness({.modes = {{3, "silent"}}}, 3, 3, 500ms, 300ms);
    const auto started = harness.cluster().start();
    ASSERT_FALSE(started.has_value());
    EXPECT_EQ(started.error().kind, base::ErrorKind::environment);
    EXPECT_THAT(started.error().what, HasSubstr("n3 was not ready within 300ms"));
    EXPECT_THAT(started.error().where, HasSubstr("n3.stderr.log"));
  });
}

TEST_F(LiveCluster, KillShowsTheSignalAndRestartBringsBackTheSameData) {
  in_sandbox([] {
    Harness harness({});
    harness.start();
    EXPECT_EQ(harness.ask(1, "starts")->outcome.result, model::Value(1));
    const auto killed = harness.apply(model::Kill{{NodeId(2)}});
    EXPECT_TRUE(killed.took_effect);
    EXPECT_EQ(model::find(killed.facts, "n2 end")->text(), "was killed by signal 9 (SIGKILL)");
    EXPECT_EQ(harness.state_of(2), NodeState::dead);
    EXPECT_FALSE(harness.apply(model::Kill{{NodeId(2)}}).took_effect) << "it is dead already";
    EXPECT_NE(harness.ask(1, model::function::read)->outcome.status, Status::ok);

    EXPECT_TRUE(harness.apply(model::Restart{{NodeId(2)}}).took_effect);
    EXPECT_EQ(harness.state_of(2), NodeState::running);
    ASSERT_TRUE(harness.node_event("ready", NodeId(2)).has_value());
    ASSERT_TRUE(harness.node_event("ready", NodeId(2)).has_value()) << "after the restart";
    EXPECT_EQ(harness.ask(4, "starts")->outcome.result, model::Value(2));
  });
}

TEST_F(LiveCluster, PausedNodeAnswersOnlyAfterResume) {
  in_sandbox([] {
    Harness harness({}, 3, 3, 100ms);
    harness.start();
    EXPECT_EQ(harness.ask(0, model::function::read)->outcome.status, Status::ok);
    const auto paused = harness.apply(model::Pause{{NodeId(1)}});
    EXPECT_TRUE(paused.took_effect);
    EXPECT_EQ(model::find(paused.facts, "n1 state")->text(), "stopped");
    EXPECT_EQ(harness.state_of(1), NodeState::paused);
    EXPECT_EQ(harness.ask(0, model::function::read)->outcome.status, Status::info);
    EXPECT_TRUE(harness.apply(model::Resume{{NodeId(1)}}).took_effect);
    EXPECT_EQ(harness.state_of(1), NodeState::running);
    EXPECT_EQ(harness.ask(3, model::function::read)->outcome.status, Status::ok);
  });
}

TEST_F(LiveCluster, CutIsInForceButProvesNothingUntilPacketsVanish) {
  in_sandbox([] {
    Harness harness({});
    harness.start();
    const model::Cut cut{{{NodeId(1), NodeId(2)}}};
    const auto applied = harness.apply(cut);
    EXPECT_EQ(*model::find(applied.facts, "links cut"), model::Value(1));
    EXPECT_FALSE(applied.took_effect) << "nothing was sent from n1 to n2";
    const auto healed = harness.apply(model::Heal{cut.links});
    EXPECT_EQ(*model::find(healed.facts, "packets dropped"), model::Value(0));
    EXPECT_FALSE(healed.took_effect);
  });
}

TEST_F(LiveCluster, NodeThatDiesByItselfIsAnEvent) {
  in_sandbox([] {
    Harness harness({});
    harness.start();
    const auto started = harness.node_event("started", NodeId(3));
    ASSERT_TRUE(started.has_value());
    const auto process = static_cast<pid_t>(model::find(started->fields, "pid")->integer());
    ASSERT_GT(process, 1);
    // As a failed assertion does; a sanitizer would catch SIGSEGV and exit in its own way.
    ASSERT_TRUE(send_signal(process, SIGABRT));
    const auto exited = harness.node_event("exited", NodeId(3));
    ASSERT_TRUE(exited.has_value());
    EXPECT_EQ(model::find(exited->fields, "signal")->integer(), SIGABRT);
    EXPECT_EQ(harness.state_of(3), NodeState::dead);
  });
}

TEST_F(LiveCluster, AdapterThatHangsIsGivenUpAndReplaced) {
  in_sandbox([] {
    Harness harness({}, 3, 2, 50ms);
    harness.start();
    const auto hung = harness.ask(0, "hang");
    ASSERT_TRUE(hung.has_value());
    EXPECT_EQ(hung->outcome.status, Status::info);
    EXPECT_THAT(hung->outcome.error, HasSubstr("adapter hung"));
    const auto next = harness.ask(2, model::function::read);  // the successor at the same place
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->outcome.status, Status::ok);
    EXPECT_TRUE(harness.cluster().stop().has_value()) << "and does not wait for it";
  });
}

TEST_F(LiveCluster, AdapterThatThrowsIsAnUnknownOutcome) {
  in_sandbox([] {
    Harness harness({});
    harness.start();
    const auto thrown = harness.ask(0, "throw");
    ASSERT_TRUE(thrown.has_value());
    EXPECT_EQ(thrown->outcome.status, Status::info);
    EXPECT_THAT(thrown->outcome.error, HasSubstr("breaks its promise"));
  });
}

TEST_F(LiveCluster, EveryOpenOperationCompletesByStop) {
  in_sandbox([] {
    Harness harness({}, 3, 4, 50ms);
    harness.start();
    harness.invoke(0, "hang");
    harness.invoke(1, "hang");
    harness.invoke(2, model::function::read);
    ASSERT_TRUE(harness.cluster().stop().has_value());
    int completions = 0;
    while (auto event = harness.cluster().next(harness.cluster().now()))
      completions += std::holds_alternative<run::Completion>(*event);
    EXPECT_EQ(completions, 3);
  });
}

TEST_F(LiveCluster, StopEndsNodesThatIgnoreTheRequest) {
  in_sandbox([] {
    Harness harness({.modes = {{1, "stubborn"}}}, 2);
    harness.start();
    const auto started = harness.node_event("started", NodeId(1));
    const auto process = static_cast<pid_t>(model::find(started->fields, "pid")->integer());
    ASSERT_TRUE(harness.cluster().stop().has_value());
    for (const auto& row : testing::all_processes()) EXPECT_NE(row.id, process);
  });
}

TEST_F(LiveCluster, ExternalNodesAreReachedFromTheHostAndCannotBeHarmed) {
  in_sandbox([] {
    Harness harness({.trivial_client = true, .external = {{NodeId(1), "127.0.0.1"}}}, 3, 3, 500ms,
                    50ms);
    EXPECT_EQ(model::find(harness.cluster().environment(), "network")->text(), "host");
    const auto started = harness.cluster().start();
    ASSERT_FALSE(started.has_value()) << "nobody listens there";
    EXPECT_THAT(started.error().next_step, HasSubstr("is it running"));
    const auto applied = harness.cluster().apply(model::Kill{{NodeId(1)}});
    ASSERT_FALSE(applied.has_value());
    EXPECT_EQ(applied.error().kind, base::ErrorKind::environment);
  });
}

TEST_F(LiveCluster, CarriesManyOperationsOfATrivialClient) {
  in_sandbox([] {
    constexpr int count = 50'000;
    constexpr std::uint64_t processes = 10;
    Harness harness({.trivial_client = true}, 1, processes);
    harness.start();
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const auto began = std::chrono::steady_clock::now();
    for (std::uint64_t process = 0; process < processes; ++process)
      harness.invoke(process, model::function::read);
    for (int done = 0; done < count; ++done) {
      const auto completion = harness.completion();
      ASSERT_TRUE(completion.has_value());
      ASSERT_EQ(completion->outcome.status, Status::ok);
      if (done + static_cast<int>(processes) < count)
        harness.invoke(completion->op.process.value, model::function::read);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    const auto cpu = [](const rusage& use) {
      return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
             static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
    };
    std::printf("%.0f operations a second, %.1f µs of processor time each\n", count / took.count(),
                (cpu(after) - cpu(before)) / count * 1e6);
  });
}

}  // namespace
}  // namespace eris::live
