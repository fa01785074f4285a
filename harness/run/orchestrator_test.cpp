#include "harness/run/orchestrator.hpp"

#include <algorithm>
#include <csignal>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/json.hpp"
#include "harness/run/testing/session.hpp"

namespace eris::run {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Session;

const std::vector<std::string> all_stages{"setup", "load", "heal", "quiet", "final-reads", "end"};

TEST(Orchestrator, GoesThroughItsStagesAndEnds) {
  Session session;
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(session.notes(), all_stages);
  EXPECT_TRUE(session.history().finished);
  EXPECT_TRUE(session.cluster().stopped());
  EXPECT_GT(summary->operations.ok, 1'000u);
  EXPECT_EQ(summary->operations.info, 0u);
  EXPECT_FALSE(summary->interrupted);
  EXPECT_GE(summary->recovery, 500ms);
  EXPECT_THAT(summary->remarks, ElementsAre());
}

TEST(Orchestrator, JournalsEveryOperationBeforeItSendsIt) {
  Session session;
  session.plan.time_limit = 50ms;
  session.settings.on_invoke = [&](const model::Op& op) {
    const std::string line = model::to_json_line({.what = model::Invoked{op}});
    // All of the line but its index and time, which begin it.
    const std::string tail = line.substr(line.find("\"process\""));
    EXPECT_THAT(session.journal_text(), HasSubstr(tail));
  };
  ASSERT_TRUE(session.run());
  EXPECT_GT(session.cluster().invoked().size(), 10u);
}

TEST(Orchestrator, JournalsEveryDecisionBeforeItActs) {
  Session session;
  session.add_fault("kill", "target", "random");
  std::size_t seen = 0;
  session.settings.on_apply = [&](const model::FaultAction& action) {
    if (!std::holds_alternative<model::Kill>(action)) return;
    ++seen;
    std::size_t decided = 0;
    const std::string text = session.journal_text();
    for (auto at = text.find("decided"); at != std::string::npos; at = text.find("decided", at + 1))
      ++decided;
    EXPECT_EQ(decided, seen);
  };
  ASSERT_TRUE(session.run());
  EXPECT_GT(seen, 2u);
}

TEST(Orchestrator, WritesTheSameJournalForTheSamePlanAndSeed) {
  const auto journal = [](std::uint64_t seed) {
    Session session;
    session.plan.seed = seed;
    session.plan.rate = 500;
    session.settings.fail_probability = 0.05;
    session.settings.info_probability = 0.02;
    session.add_fault("partition", "shape", "random").jitter = 0.3;
    session.add_fault("kill", "target", "minority").jitter = 0.3;
    session.add_fault("pause", "target", "leader").jitter = 0.3;
    EXPECT_TRUE(session.run());
    return session.journal_text();
  };
  const std::string first = journal(11);
  EXPECT_GT(first.size(), 10'000u);
  EXPECT_EQ(first, journal(11));
  EXPECT_NE(first, journal(12));
}

TEST(Orchestrator, RetiresAProcessWhoseOutcomeIsUnknown) {
  Session session;
  session.settings.info_probability = 0.05;
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  ASSERT_GT(summary->operations.info, 10u);
  std::map<base::ProcessId, int> unknown;
  for (const model::Operation& operation : session.history().operations) {
    EXPECT_EQ(unknown[operation.process], 0) << "a retired process acted again";
    if (operation.status == model::Status::info) ++unknown[operation.process];
  }
}

TEST(Orchestrator, NumbersSuccessorsByTheConcurrency) {
  Session session;
  session.plan.concurrency = 3;
  session.settings.info_probability = 1;
  session.plan.time_limit = 250ms;
  ASSERT_TRUE(session.run());
  std::vector<std::uint64_t> first;
  for (std::size_t i = 0; i < 9; ++i) first.push_back(session.cluster().invoked()[i].process.value);
  EXPECT_THAT(first, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(Orchestrator, HasFreshProcessesDoTheFinalReads) {
  Session session;
  ASSERT_TRUE(session.run());
  const model::History history = session.history();
  const auto stage = [&](std::string_view name) {
    return std::ranges::find(history.notes, name, [](const auto& note) { return note.event.text; })
        ->index;
  };
  std::set<base::ProcessId> before;
  std::map<std::uint32_t, std::set<base::ProcessId>> readers;
  for (const model::Operation& operation : history.operations) {
    if (operation.invoked < stage("heal")) before.insert(operation.process);
    if (operation.invoked > stage("final-reads")) readers[operation.key].insert(operation.process);
  }
  EXPECT_GE(readers.size(), 5u);
  for (const auto& [key, processes] : readers) {
    EXPECT_EQ(processes.size(), 3u) << "each key is read by three processes";
    for (const base::ProcessId process : processes) EXPECT_FALSE(before.contains(process));
  }
}

TEST(Orchestrator, OffersOperationsAtTheAskedRate) {
  Session session;
  session.plan.rate = 200;
  session.plan.time_limit = 10s;
  ASSERT_TRUE(session.run());
  const model::History history = session.history();
  const auto load = std::ranges::count_if(
      history.operations, [](const auto& operation) { return operation.invoked_at < 10s; });
  EXPECT_NEAR(static_cast<double>(load), 2'000, 200);
}

TEST(Orchestrator, KeepsWithinTheConcurrency) {
  Session session;
  session.plan.concurrency = 2;
  ASSERT_TRUE(session.run());
  // FakeCluster asserts that no process has two operations open; here: no third process.
  for (const model::Op& op : session.cluster().invoked()) EXPECT_LT(op.process.value, 4u);
}

TEST(Orchestrator, AppliesAndTakesBackEveryFault) {
  Session session;
  session.add_fault("pause", "target", "random");
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->faults, (FaultCounts{.applied = 5, .effective = 5}));
  const auto phases = session.fault_phases();
  ASSERT_EQ(phases.size(), 20u);
  EXPECT_THAT(std::vector(phases.begin(), phases.begin() + 4),
              ElementsAre("pause decided", "pause applied", "pause reverting", "pause reverted"));
}

TEST(Orchestrator, EndsTheLoadThoughFaultsTakeLongerThanTheyLieApart) {
  Session session;
  session.settings.apply_time = 2s;
  session.add_fault("pause", "target", "random");
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->faults.applied, 1u);
}

TEST(Orchestrator, UndoesWhatIsInForceWhenTheLoadEndsNewestFirst) {
  Session session;
  session.plan.time_limit = 300ms;
  session.add_fault("partition", "shape", "halves").duration = 350ms;
  auto& kill = session.add_fault("kill", "target", "random");
  kill.start = 200ms;
  kill.duration = 350ms;
  ASSERT_TRUE(session.run());
  EXPECT_THAT(
      session.fault_phases(),
      ElementsAre("partition decided", "partition applied", "kill decided", "kill applied",
                  "kill reverting", "kill reverted", "partition reverting", "partition reverted"));
  EXPECT_EQ(session.cluster().view().in_state(model::NodeState::running).size(), 3u);
}

TEST(Orchestrator, HealsAndEndsInOrderWhenInterrupted) {
  Session session;
  session.plan.time_limit = 1h;
  session.add_fault("partition", "shape", "halves").duration = 350ms;
  session.hooks.interrupted = [&] { return session.cluster().applied().size() == 1; };
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->interrupted);
  EXPECT_THAT(session.notes(), ElementsAre("setup", "load", "interrupted", "heal", "end"));
  EXPECT_THAT(session.fault_phases(), Contains("partition reverted"));
  EXPECT_TRUE(session.history().finished);
}

TEST(Orchestrator, TellsOfEveryEventThatItRecordsInTheOrderOfTheJournal) {
  Session session;
  session.plan.time_limit = 300ms;
  std::vector<std::pair<model::EventIndex, base::Instant>> told;
  session.hooks.recorded = [&](const model::Event& event) {
    told.emplace_back(event.index, event.time);
  };
  ASSERT_TRUE(session.run());
  const model::History history = session.history();
  ASSERT_EQ(told.size(), history.events);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i].first, i);
  for (const model::Operation& operation : history.operations)
    EXPECT_EQ(told[operation.invoked].second, operation.invoked_at);
}

TEST(Orchestrator, StopsWithinATenthOfASecondOfTheAnswerThatRefutesIt) {
  Session session;
  session.plan.time_limit = 1h;
  session.add_fault("partition", "shape", "halves").duration = 350ms;
  std::size_t answers = 0;
  std::optional<base::Instant> refuted_at;
  session.hooks.recorded = [&](const model::Event& event) {
    if (std::holds_alternative<model::Completed>(event.what) && ++answers == 500)
      refuted_at = event.time;
  };
  session.hooks.refuted = [&](base::Instant) {
    return refuted_at ? std::optional<std::string>("process 3 read 4") : std::nullopt;
  };
  session.hooks.closing_remarks = [] { return std::vector<std::string>{"online check: done"}; };
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->refuted, "process 3 read 4");
  EXPECT_FALSE(summary->interrupted);
  EXPECT_THAT(session.notes(), ElementsAre("setup", "load", "fail-fast: process 3 read 4", "heal",
                                           "online check: done", "end"));
  EXPECT_TRUE(session.cluster().stopped());
  const model::History history = session.history();
  ASSERT_TRUE(refuted_at);
  EXPECT_LE(history.notes[2].time - *refuted_at, 100ms) << "in virtual time";
  EXPECT_TRUE(history.finished);
}

TEST(Orchestrator, LeavesTheFinalReadsWhenTheyRefuteIt) {
  Session session;
  session.plan.time_limit = 300ms;
  bool reading = false;
  session.hooks.recorded = [&](const model::Event& event) {
    const auto* note = std::get_if<model::Note>(&event.what);
    reading |= note != nullptr && note->text == "final-reads";
  };
  session.hooks.refuted = [&](base::Instant) {
    return reading ? std::optional<std::string>("lost") : std::nullopt;
  };
  ASSERT_TRUE(session.run());
  EXPECT_THAT(session.notes(), Contains("fail-fast: lost"));
  EXPECT_EQ(session.notes().back(), "end");
}

TEST(Orchestrator, UndoesAFaultThatCouldNotBeAppliedInFull) {
  Session session;
  session.plan.time_limit = 300ms;
  session.add_fault("kill", "target", "all");
  session.settings.apply_error = [](const model::FaultAction& action) {
    return std::holds_alternative<model::Kill>(action)
               ? std::optional(
                     base::Error{base::ErrorKind::environment, "no such process", "n2", ""})
               : std::nullopt;
  };
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_THAT(session.fault_phases(),
              ElementsAre("kill decided", "kill failed", "kill reverting", "kill reverted"));
  EXPECT_EQ(summary->faults.failed, 1u);
}

TEST(Orchestrator, TriesAgainAtTheEndToUndoWhatCouldNotBeUndone) {
  Session session;
  session.plan.time_limit = 300ms;
  session.add_fault("pause", "target", "random");
  int attempts = 0;
  session.settings.apply_error = [&](const model::FaultAction& action) {
    return std::holds_alternative<model::Resume>(action) && ++attempts == 1
               ? std::optional(base::Error{base::ErrorKind::environment, "not now", "", ""})
               : std::nullopt;
  };
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_THAT(session.fault_phases(),
              ElementsAre("pause decided", "pause applied", "pause reverting", "pause failed",
                          "pause reverting", "pause reverted"));
  EXPECT_THAT(summary->remarks, ElementsAre());
}

TEST(Orchestrator, SaysWhichFaultItCouldNotUndo) {
  Session session;
  session.plan.time_limit = 300ms;
  session.add_fault("pause", "target", "leader");
  session.settings.apply_error = [](const model::FaultAction& action) {
    return std::holds_alternative<model::Resume>(action)
               ? std::optional(base::Error{base::ErrorKind::environment, "no", "", ""})
               : std::nullopt;
  };
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_THAT(summary->remarks, Contains("pause (pause leader n1) could not be undone"));
}

TEST(Orchestrator, SkipsAFaultThatWouldFightAnother) {
  Session session;
  session.plan.time_limit = 240ms;
  session.add_fault("partition", "shape", "isolate-leader");
  session.add_fault("partition", "shape", "isolate-leader").start = 150ms;
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->faults.skipped, 1u);
  const model::History history = session.history();
  const auto skipped = std::ranges::find(history.faults, model::FaultPhase::skipped,
                                         [](const auto& fault) { return fault.event.phase; });
  ASSERT_NE(skipped, history.faults.end());
  EXPECT_EQ(*model::find(skipped->event.evidence.facts, "reason"),
            model::Value("n1→n2 is already under \"isolate leader n1\""));
}

TEST(Orchestrator, SkipsWithTheReasonWhereThereIsNothingToDo) {
  Session session;
  session.settings.has_leader = false;
  session.add_fault("kill", "target", "leader");
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->faults, (FaultCounts{.skipped = 5}));
  EXPECT_EQ(*model::find(session.history().faults.front().event.evidence.facts, "reason"),
            model::Value("no leader is known"));
}

TEST(Orchestrator, NeverHoldsANodeDeadAndPausedAtOnce) {
  Session session;
  session.plan.nodes = 5;
  session.plan.time_limit = 20s;
  // FakeCluster asserts that only running nodes are struck.
  session.add_fault("kill", "target", "minority").jitter = 0.5;
  session.add_fault("pause", "target", "minority").jitter = 0.5;
  session.add_fault("kill", "target", "random").jitter = 0.5;
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_GT(summary->faults.applied, 50u);
  EXPECT_EQ(session.cluster().view().in_state(model::NodeState::running).size(), 5u);
}

TEST(Orchestrator, CountsAFaultWithoutEvidenceAsAppliedButNotEffective) {
  Session session;
  session.settings.shows_evidence = false;
  session.add_fault("partition", "shape", "halves");
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->faults.applied, 5u);
  EXPECT_EQ(summary->faults.effective, 0u);
}

class WithAnExit : public ::testing::Test {
 protected:
  /// A run in which n2 dies of its own accord half a second into the load.
  static base::Result<RunSummary> run_to_the_end(Session& session) {
    session.hooks.progress = [&, planned = false](const Progress& progress) mutable {
      if (std::exchange(planned, planned || progress.stage == "load") || !planned) return;
      session.cluster().plan_event(800ms, {base::NodeId(2), "exited", {{"signal", 6}}});
    };
    return session.run();
  }
};

TEST_F(WithAnExit, TellsADeathThatNoFaultCaused) {
  Session session;
  const auto summary = run_to_the_end(session);
  ASSERT_TRUE(summary);
  ASSERT_EQ(summary->unexpected_exits.size(), 1u);
  EXPECT_EQ(summary->unexpected_exits.front().node, base::NodeId(2));
  EXPECT_THAT(summary->remarks, Contains(HasSubstr("n2 exited at 800 ms")));
  const model::History history = session.history();
  const auto exit =
      std::ranges::find(history.nodes, "exited", [](const auto& node) { return node.event.what; });
  EXPECT_EQ(exit->event.fields, (model::Fields{{"signal", 6}, {"unexpected", model::Value(true)}}));
}

TEST_F(WithAnExit, DoesNotWonderAtDeathsThatAFaultOrTheEndCaused) {
  Session session;
  session.add_fault("kill", "target", "all").start = 450ms;  // in force at 800 ms
  const auto summary = run_to_the_end(session);
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->unexpected_exits.empty());
}

TEST(Orchestrator, SaysWhenTheClusterDoesNotRecover) {
  Session session;
  session.settings.serves = false;
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_FALSE(summary->recovery);
  EXPECT_THAT(summary->remarks,
              ElementsAre("the cluster did not serve again within 3s of the quiet period's end"));
  EXPECT_THAT(session.notes(), ::testing::Not(Contains("final-reads")));
  EXPECT_TRUE(session.history().finished);
}

TEST(Orchestrator, EndsEvenWhenNoClientEverAnswers) {
  Session session;
  session.settings.serves = false;
  session.settings.forgets_operations = true;
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->operations.info, 4u);
  EXPECT_TRUE(session.history().finished);
}

TEST(Orchestrator, StopsWhatItStartedWhenTheSetupFails) {
  Session session;
  session.settings.start_error = base::Error{base::ErrorKind::environment, "n3 exited", "", ""};
  const auto summary = session.run();
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().what, "n3 exited");
  EXPECT_TRUE(session.cluster().stopped());
  EXPECT_THAT(session.notes(), ElementsAre("setup", "setup failed: n3 exited"));
  EXPECT_FALSE(session.history().finished);
}

TEST(Orchestrator, TellsThatTheClusterCouldNotBeStopped) {
  Session session;
  session.settings.stop_error = base::Error{base::ErrorKind::environment, "n1 hangs", "", ""};
  const auto summary = session.run();
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().what, "n1 hangs");
  EXPECT_THAT(session.notes(), Contains("the cluster was not stopped: n1 hangs"));
}

TEST(Orchestrator, LeavesTheQuietPeriodWhenInterrupted) {
  Session session;
  session.plan.quiet_period = 1h;
  bool quiet = false;
  session.hooks.progress = [&](const Progress& progress) { quiet = progress.stage == "quiet"; };
  session.hooks.interrupted = [&] { return quiet; };
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_THAT(session.notes(), ElementsAre("setup", "load", "heal", "quiet", "interrupted", "end"));
  EXPECT_THAT(summary->remarks, ElementsAre()) << "nobody waited for the cluster to recover";
}

TEST(Orchestrator, AsksAFinalReadThreeTimesAtMost) {
  Session session;
  session.settings.info_probability = 0.7;
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_THAT(summary->remarks, Contains(HasSubstr("got no answer")));
  const model::History history = session.history();
  const auto begin = std::ranges::find(history.notes, "final-reads", [](const auto& note) {
                       return note.event.text;
                     })->index;
  const auto reads = std::ranges::count_if(
      history.operations, [&](const auto& operation) { return operation.invoked > begin; });
  const auto wanted = static_cast<std::ptrdiff_t>(3 * history.keys.size());
  EXPECT_GT(reads, wanted);
  EXPECT_LE(reads, 3 * wanted);
}

/// Asks a few things and falls silent.
class ShortWorkload final : public workloads::Workload {
 public:
  std::optional<model::Op> next(base::ProcessId process) override {
    if (asked_ == 3) return std::nullopt;
    return model::Op{process, model::function::write, model::Value("x"), model::Value(++asked_)};
  }
  void completed(const model::Op&, const model::Outcome&) override {}
  std::vector<model::Op> final_reads() override {
    return {{.process = {}, .function = model::function::read, .key = model::Value("x")}};
  }

 private:
  int asked_ = 0;
};

TEST(Orchestrator, EndsTheLoadWhenTheWorkloadHasNothingLeftToAsk) {
  Session session;
  session.plan.time_limit = 1h;
  session.workload = std::make_unique<ShortWorkload>();
  const auto summary = session.run();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->operations.ok, 5u) << "three writes, a probe, a final read";
  EXPECT_THAT(session.notes(), Contains("the workload had nothing left to ask"));
  EXPECT_LT(session.history().end, 10s);
}

/// While it lives no file may grow beyond a limit: what a full disk looks like to a writer.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

TEST(Orchestrator, HealsAndStopsTheClusterWhenTheDiskIsFull) {
  Session session;
  session.plan.time_limit = 1h;
  session.add_fault("pause", "target", "leader").duration = 390ms;
  const FullDisk full(3 << 20);
  const auto summary = session.run();
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().kind, base::ErrorKind::environment);
  EXPECT_TRUE(session.cluster().stopped());
  EXPECT_EQ(session.cluster().view().in_state(model::NodeState::running).size(), 3u);
  EXPECT_FALSE(session.history().finished);
  EXPECT_GT(session.history().operations.size(), 1'000u) << "what was written is readable";
}

TEST(Orchestrator, ShowsProgressFourTimesASecondAndAtEachStage) {
  Session session;
  session.add_fault("partition", "shape", "isolate-leader").duration = 390ms;
  std::vector<Progress> shown;
  session.hooks.progress = [&](const Progress& progress) { shown.push_back(progress); };
  ASSERT_TRUE(session.run());
  const auto of_load = std::ranges::count(shown, "load", &Progress::stage);
  EXPECT_GE(of_load, 8);
  EXPECT_LE(of_load, 10);
  EXPECT_TRUE(std::ranges::any_of(shown, [](const Progress& progress) {
    return progress.faults == std::vector<std::string>{"partition: isolate leader n1"} &&
           progress.leader == base::NodeId(1) && progress.operations_per_second > 100;
  }));
}

RC_GTEST_PROP(Orchestrator, AlwaysLeavesAReadableJournalAndAWholeCluster, (std::uint64_t seed)) {
  Session session;
  session.plan.seed = seed;
  session.plan.nodes = *rc::gen::inRange(1u, 6u);
  session.plan.time_limit = 800ms;
  session.plan.rate = *rc::gen::element(0.0, 300.0);
  session.settings.info_probability = *rc::gen::element(0.0, 0.1, 0.5);
  session.settings.fail_probability = *rc::gen::element(0.0, 0.1);
  session.add_fault("partition", "shape", "random").jitter = 0.9;
  session
      .add_fault("kill", "target",
                 *rc::gen::element("random", "leader", "minority", "majority", "all"))
      .jitter = 0.9;
  session.add_fault("pause", "target", *rc::gen::element("random", "leader", "majority")).jitter =
      1;
  const auto summary = session.run();
  RC_ASSERT(summary.has_value());
  const model::History history = session.history();
  RC_ASSERT(history.finished);
  RC_ASSERT(history.operations.size() == session.cluster().invoked().size());
  RC_ASSERT(summary->operations.total() == history.operations.size());
  RC_ASSERT(session.cluster().view().in_state(model::NodeState::running).size() ==
            session.plan.nodes);
}

}  // namespace
}  // namespace eris::run
