#include "harness/live/process.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "harness/base/testing/eventually.hpp"
#include "harness/base/testing/scratch_directory.hpp"
#include "harness/live/node_watcher.hpp"
#include "harness/live/signals.hpp"
#include "harness/live/testing/live_test_support.hpp"
#include "harness/live/testing/process_table.hpp"

namespace eris::live {
namespace {

using base::testing::eventually;
using base::testing::ScratchDirectory;
using ::testing::HasSubstr;

class Process : public ::testing::Test {
 protected:
  std::unique_ptr<NodeProcess> start(const std::string& script) {
    auto started = try_start({.program = "sh", .arguments = {"-c", script}, .environment = {}});
    EXPECT_TRUE(started.has_value()) << base::to_text(started.error());
    return *std::move(started);
  }
  base::Result<std::unique_ptr<NodeProcess>> try_start(adapters::Launch launch) {
    return NodeProcess::start({.launch = std::move(launch),
                               .working_directory = directory_.path(),
                               .stderr_log = directory_.path() / "stderr.log"});
  }
  static std::optional<ExitStatus> wait(NodeProcess& process) {
    return process.wait(NodeProcess::Clock::now() + std::chrono::seconds(20));
  }
  static std::string states_of(pid_t process) {
    std::string states;
    for (const auto& row : testing::all_processes())
      if (row.id == process) states += row.state;
    return states;
  }
  ScratchDirectory directory_;
};

TEST_F(Process, TellsItsExitStatus) {
  const auto process = start("exit 3");
  EXPECT_EQ(wait(*process), (ExitStatus{.code = 3}));
  EXPECT_EQ(to_text(*wait(*process)), "exited with status 3");
}

TEST_F(Process, RunsUntilToldOtherwise) {
  const auto process = start("exec sleep 1000");
  EXPECT_EQ(process->wait(NodeProcess::Clock::now()), std::nullopt);
}

TEST_F(Process, KillReturnsWithTheProofOfDeath) {
  const auto process = start("trap '' TERM; sleep 1000");
  const auto status = process->kill();
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->signal, SIGKILL);
  EXPECT_EQ(to_text(*status), "was killed by signal 9 (SIGKILL)");
  EXPECT_EQ(states_of(process->id()), "") << "it is reaped";
}

TEST_F(Process, KillTakesItsHelpersToo) {
  const auto process = start("sleep 1000 & sleep 1000 & echo up; wait");
  std::vector<testing::ProcessRow> family;
  ASSERT_TRUE(eventually([&] { return (family = testing::family_of(process->id())).size() == 3; }));
  ASSERT_TRUE(process->kill().has_value());
  EXPECT_TRUE(eventually([&] { return std::ranges::none_of(family, testing::runs); }));
}

TEST_F(Process, HelpersDoNotOutliveAProcessThatEnds) {
  const auto process = start("sleep 1000 & sleep 1000 & wait");
  std::vector<testing::ProcessRow> family;
  ASSERT_TRUE(eventually([&] { return (family = testing::family_of(process->id())).size() == 3; }));
  ASSERT_TRUE(send_signal(process->id(), SIGKILL));  // it alone, not its group
  ASSERT_TRUE(wait(*process).has_value());
  EXPECT_TRUE(eventually([&] { return std::ranges::none_of(family, testing::runs); }));
}

TEST_F(Process, PauseShowsInTheProcessTableAndResumeEndsIt) {
  const auto process = start("exec sleep 1000");
  ASSERT_TRUE(process->pause().has_value());
  EXPECT_EQ(states_of(process->id()), "T");
  ASSERT_TRUE(process->resume().has_value());
  EXPECT_NE(states_of(process->id()), "T");
}

TEST_F(Process, PausedProcessCanBeKilled) {
  const auto process = start("exec sleep 1000");
  ASSERT_TRUE(process->pause().has_value());
  EXPECT_EQ(process->kill()->signal, SIGKILL);
}

TEST_F(Process, PauseOfADeadProcessIsAnError) {
  const auto process = start("exit 0");
  ASSERT_TRUE(wait(*process).has_value());
  EXPECT_FALSE(process->pause().has_value());
}

TEST_F(Process, EndsInOrderWhenAsked) {
  const auto process = start("trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done");
  pollfd says_up{.fd = process->output_fd(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&says_up, 1, 20'000), 1);
  ASSERT_TRUE(process->pause().has_value()) << "a paused process hears it too";
  process->request_end();
  EXPECT_EQ(wait(*process), (ExitStatus{.code = 7}));
}

TEST_F(Process, MissingProgramIsAnEnvironmentErrorThatNamesIt) {
  const auto in_path =
      try_start({.program = "eris-no-such-program", .arguments = {}, .environment = {}});
  ASSERT_FALSE(in_path.has_value());
  EXPECT_EQ(in_path.error().kind, base::ErrorKind::environment);
  EXPECT_THAT(in_path.error().what, HasSubstr("eris-no-such-program"));
  const auto by_path =
      try_start({.program = "/no/such/program", .arguments = {}, .environment = {}});
  ASSERT_FALSE(by_path.has_value());
  EXPECT_THAT(by_path.error().where, HasSubstr("/no/such/program"));
}

TEST_F(Process, InheritsTheEnvironmentWithTheLaunchOnTop) {
  ::setenv("ERIS_TEST_INHERITED", "yes", 1);
  ::setenv("ERIS_TEST_CHANGED", "old", 1);
  auto started = try_start({.program = "sh",
                            .arguments = {"-c", "echo $ERIS_TEST_INHERITED $ERIS_TEST_CHANGED >&2"},
                            .environment = {{"ERIS_TEST_CHANGED", "new"}}});
  ASSERT_TRUE(started.has_value());
  ASSERT_TRUE(wait(**started).has_value());
  EXPECT_EQ(last_lines(directory_.path() / "stderr.log", 1), "yes new");
}

TEST_F(Process, HasNoDescriptorsButTheThreeStandardOnes) {
  const auto process = start("ls /proc/self/fd | wc -l >&2");
  ASSERT_TRUE(wait(*process).has_value());
  // 0, 1, 2, and the one with which ls reads the directory
  EXPECT_EQ(last_lines(directory_.path() / "stderr.log", 1), "4");
}

TEST_F(Process, IsNotReachedByCtrlCOfTheTerminal) {
  const auto process = start("exec sleep 1000");
  EXPECT_EQ(::getpgid(process->id()), process->id());
}

TEST(Beacon, IsReadFromALineOfItsOwn) {
  const auto beacon = parse_beacon(R"({"beacon":{"role":"leader","term":3}})");
  ASSERT_TRUE(beacon.has_value());
  EXPECT_EQ(model::find(*beacon, "role")->text(), "leader");
  EXPECT_EQ(model::find(*beacon, "term")->integer(), 3);
}

TEST(Beacon, IsNotSeenInOtherLines) {
  EXPECT_FALSE(parse_beacon("listening on port 7000").has_value());
  EXPECT_FALSE(parse_beacon(R"({"beacon":{"role":)").has_value());
  EXPECT_FALSE(parse_beacon(R"({"level":"info","beacon":{}})").has_value());
  EXPECT_FALSE(parse_beacon("").has_value());
}

TEST(LastLines, AreThoseThatAreNotEmpty) {
  const ScratchDirectory directory;
  const auto file = directory.path() / "log";
  std::ofstream(file) << "one\ntwo\n\nthree\n\n";
  EXPECT_EQ(last_lines(file, 2), "two\nthree");
  EXPECT_EQ(last_lines(file, 9), "one\ntwo\nthree");
  EXPECT_EQ(last_lines(directory.path() / "absent", 2), "");
}

}  // namespace
}  // namespace eris::live
