// Whatever is killed, whenever: nothing of the run is left, and what it recorded can be judged.
//
// ERIS_KILL_ROUNDS sets how often each way of killing is tried (default 1), ERIS_KILL_SEED the
// moments.
#include <chrono>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <signal.h>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"
#include "ci/end_to_end/remains.hpp"
#include "ci/end_to_end/saved_run.hpp"

namespace eris::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;

unsigned number_from(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

/// A run that lasts until someone ends it, under faults, so that inverses are pending at any time.
class EndlessRun {
 public:
  explicit EndlessRun(const fs::path& directory)
      : directory_(directory / "run"),
        remains_(directory),
        running_({.arguments = {"run", "raft", "--nodes", "3", "--time", "10m", "--rate", "300",
                                "--faults",
                                "partition:start=300ms:every=900ms:for=500ms,"
                                "kill:start=500ms:every=1s:for=300ms,"
                                "pause:start=700ms:every=1s:for=300ms",
                                "--out", directory_.string()},
                  .directory = directory,
                  .environment = remains_.environment(),
                  .own_group = true}) {}

  [[nodiscard]] const fs::path& directory() const { return directory_; }
  [[nodiscard]] Running& running() { return running_; }
  [[nodiscard]] Remains& remains() { return remains_; }

  /// Waits until an operation has succeeded.
  [[nodiscard]] bool works() const {
    return eventually([&] {
      return read(directory_ / "journal.jsonl").find(R"("type":"ok")") != std::string::npos;
    });
  }
  [[nodiscard]] std::vector<std::string> finally_left() const {
    static_cast<void>(eventually([&] { return remains_.left(directory_).empty(); }));
    return remains_.left(directory_);
  }
  void signal_named(const std::string& name, int number) const {
    for (const pid_t process : remains_.processes_named(name)) ::kill(process, number);
  }

 private:
  fs::path directory_;
  Remains remains_;
  Running running_;
};

struct Way {
  const char* name;
  std::function<void(EndlessRun&)> kill;
  bool may_succeed = false;  ///< it goes on, or ends in order
};

void PrintTo(const Way& way, std::ostream* stream) {
  *stream << way.name;
}

class Kill : public EndToEnd, public testing::WithParamInterface<Way> {
 protected:
  void SetUp() override { ERIS_SKIP_WITHOUT_NAMESPACES(); }

  /// A journal that has at least its header must be judged; before that there is nothing to judge.
  void expect_a_verdict_on(const fs::path& run_directory) const {
    const std::string journal = read(run_directory / "journal.jsonl");
    if (journal.find('\n') == std::string::npos) return;
    const Ended checked = eris({"check", run_directory.string()});
    EXPECT_THAT(checked.exit_code, AllOf(Ge(0), Le(3))) << checked;
    EXPECT_THAT(checked.out, HasSubstr("verdict")) << checked;
  }
};

TEST_P(Kill, AtAnyMomentLeavesNothingButAJournalThatIsJudged) {
  const unsigned seed = number_from("ERIS_KILL_SEED", std::random_device{}());
  std::mt19937 random(seed);
  for (unsigned round = 0; round < number_from("ERIS_KILL_ROUNDS", 1); ++round) {
    const fs::path place = directory() / std::to_string(round);
    fs::create_directory(place);
    const std::chrono::milliseconds moment(random() % 3000);
    SCOPED_TRACE("ERIS_KILL_SEED=" + std::to_string(seed) + ", round " + std::to_string(round) +
                 ", after " + std::to_string(moment.count()) + " ms");
    EndlessRun run(place);
    // Not a wait for anything: the moment of the kill is what is varied.
    std::this_thread::sleep_for(moment);
    run.remains().note_namespaces();
    GetParam().kill(run);
    const Ended ended = run.running().wait();
    EXPECT_FALSE(ended.timed_out) << ended;
    if (!GetParam().may_succeed) {
      EXPECT_NE(ended.exit_code, 0) << "a run that was killed is no success\n" << ended;
    }
    EXPECT_THAT(run.finally_left(), IsEmpty());
    expect_a_verdict_on(run.directory());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of, Kill,
    testing::Values(
        Way{"TheProgramTheUserStarted", [](EndlessRun& run) { run.running().send(SIGKILL); }},
        Way{"ItsWholeProcessGroup", [](EndlessRun& run) { run.running().send_to_group(SIGKILL); }},
        Way{"TheKeeper",
            [](EndlessRun& run) {
              run.signal_named("eris-keeper", SIGKILL);
              run.running().send(SIGTERM);  // where it had not come so far
            }},
        Way{"TheBody",
            [](EndlessRun& run) {
              run.signal_named("eris-body", SIGKILL);
              run.running().send(SIGTERM);
            }},
        Way{"TheJanitorAndThenTheProgram",
            [](EndlessRun& run) {
              run.signal_named("eris-janitor", SIGKILL);
              run.running().send(SIGTERM);
            },
            true}),
    [](const auto& way) { return std::string(way.param.name); });

class Interrupt : public EndToEnd, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override { ERIS_SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(Interrupt, EndsInOrderWithAJudgedRun) {
  EndlessRun run(directory());
  ASSERT_TRUE(run.works()) << run.running().wait();
  run.remains().note_namespaces();
  EXPECT_GE(run.remains().noted_namespaces(), 4u) << "one for each node, one for the clients";
  run.running().send_to_group(GetParam());  // as a terminal does with Ctrl-C
  const Ended ended = run.running().wait();
  EXPECT_FALSE(ended.timed_out) << ended;
  EXPECT_THAT(ended.exit_code, AllOf(Ge(0), Le(3))) << ended;
  EXPECT_THAT(ended.out, HasSubstr("verdict")) << ended;
  EXPECT_THAT(SavedRun(run.directory()).missing_files(), IsEmpty());
  EXPECT_THAT(run.finally_left(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(By, Interrupt, testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const auto& signal) {
                           return std::string("Sig") + ::sigabbrev_np(signal.param);
                         });

TEST_F(EndToEnd, ASecondInterruptEndsTheRunAtOnce) {
  ERIS_SKIP_WITHOUT_NAMESPACES();
  EndlessRun run(directory());
  ASSERT_TRUE(run.works()) << run.running().wait();
  run.running().send(SIGINT);
  run.running().send(SIGINT);
  const Ended ended = run.running().wait();
  EXPECT_FALSE(ended.timed_out) << ended;
  EXPECT_THAT(run.finally_left(), IsEmpty());
}

}  // namespace
}  // namespace eris::end_to_end
