#include "harness/live/sandbox.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "harness/base/testing/eventually.hpp"
#include "harness/base/testing/scratch_directory.hpp"
#include "harness/live/signals.hpp"
#include "harness/live/testing/live_test_support.hpp"
#include "harness/live/testing/process_table.hpp"
#include "harness/live/unique_fd.hpp"

namespace eris::live {
namespace {

using base::testing::eventually;
using base::testing::ScratchDirectory;
using testing::family_of;
using ::testing::HasSubstr;
using testing::ProcessRow;

std::vector<std::string> proc_mounts() {
  std::vector<std::string> found;
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);)
    if (line.starts_with("proc ")) found.push_back(line);
  return found;
}

/// eris_sandbox_probe, running in a session of its own.
class Probe {
 public:
  explicit Probe(const char* mode) : mounts_before_(proc_mounts()) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    output_ = UniqueFd(ends[0]);
    outer_ = ::fork();
    if (outer_ == 0) {
      ::setsid();
      ::signal(SIGINT, SIG_DFL);
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(ERIS_SANDBOX_PROBE, "eris_sandbox_probe", directory_.path().c_str(), mode, nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    EXPECT_TRUE(read_until("ready\n")) << "it printed: " << text_;
    family_ = family_of(outer_);
    for (const ProcessRow& row : family_) {
      const std::string space = testing::network_namespace_of(row.id);
      if (!space.empty() && space != testing::network_namespace_of(::getpid()))
        namespaces_.insert(space);
    }
  }
  ~Probe() {
    for (const ProcessRow& row : family_)
      if (testing::runs(row)) send_signal(row.id, SIGKILL);
    if (!reaped_) ::waitpid(outer_, nullptr, 0);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  /// False when it did not come up, or not as it should; then no other call makes sense.
  [[nodiscard]] bool is_up() const { return outer_ > 1 && keeper() > 1 && body() > 1; }
  [[nodiscard]] pid_t outer() const { return outer_; }
  [[nodiscard]] pid_t keeper() const { return named("eris-keeper"); }
  [[nodiscard]] pid_t body() const { return named("eris-body"); }
  [[nodiscard]] std::size_t family_size() const { return family_.size(); }
  [[nodiscard]] const std::set<std::string>& namespaces() const { return namespaces_; }

  [[nodiscard]] std::string describe_family() const {
    std::string text = "outer " + std::to_string(outer_) + ", seen:";
    for (const ProcessRow& row : family_)
      text += fmt::format(" {} {} (child of {})", row.name, row.id, row.parent);
    return text;
  }

  /// The status of the outer process, once it ends.
  int wait() {
    int status = 0;
    EXPECT_EQ(::waitpid(outer_, &status, 0), outer_);
    reaped_ = true;
    return status;
  }
  std::string rest_of_output() {
    static_cast<void>(read_until("no such text"));
    return text_;
  }

  /// Waits until no process, namespace, mount or temporary directory is left.
  void expect_nothing_left() {
    EXPECT_TRUE(eventually([&] { return std::ranges::none_of(family_, testing::runs); }))
        << describe_survivors();
    EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(directory_.path() / "data"); }));
    EXPECT_TRUE(eventually([&] { return !any_process_in_namespaces(); }));
    EXPECT_EQ(proc_mounts(), mounts_before_);
  }

 private:
  [[nodiscard]] pid_t named(const std::string& name) const {
    for (const ProcessRow& row : family_)
      if (row.name == name) return row.id;
    return -1;
  }
  [[nodiscard]] std::string describe_survivors() const {
    std::string text = "still there:";
    for (const ProcessRow& row : family_)
      if (testing::runs(row)) text += " " + row.name + " " + std::to_string(row.id);
    return text;
  }
  [[nodiscard]] bool any_process_in_namespaces() const {
    return std::ranges::any_of(testing::all_processes(), [&](const ProcessRow& row) {
      return namespaces_.contains(testing::network_namespace_of(row.id));
    });
  }
  bool read_until(const std::string& wanted) {
    std::array<char, 4096> buffer;
    while (text_.find(wanted) == std::string::npos) {
      pollfd watched{.fd = output_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&watched, 1, 20'000) != 1) return false;
      const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
      if (count <= 0) return false;
      text_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return true;
  }

  ScratchDirectory directory_;
  std::vector<std::string> mounts_before_;
  UniqueFd output_;
  pid_t outer_ = -1;
  bool reaped_ = false;
  std::string text_;
  std::vector<ProcessRow> family_;
  std::set<std::string> namespaces_;
};

/// Both ways to hold a run together: a PID namespace, and the fallback without one.
class Sandbox : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { ERIS_SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(Sandbox, HasEverythingUpWhenReady) {
  Probe probe(GetParam());
  ASSERT_TRUE(probe.is_up()) << probe.describe_family();
  // outer, janitor, keeper, body, two nodes and their two daemons
  EXPECT_GE(probe.family_size(), 8U);
  EXPECT_FALSE(probe.namespaces().empty());
}

TEST_P(Sandbox, EndsInOrderOnCtrlC) {
  Probe probe(GetParam());
  ASSERT_TRUE(probe.is_up()) << probe.describe_family();
  send_signal_to_group(probe.outer(), SIGINT);  // as the terminal does: to the whole group
  const int status = probe.wait();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 5) << probe.rest_of_output();
  probe.expect_nothing_left();
}

TEST_P(Sandbox, EndsInOrderWhenOnlyTheOuterProcessIsTerminated) {
  Probe probe(GetParam());
  ASSERT_TRUE(probe.is_up()) << probe.describe_family();
  send_signal(probe.outer(), SIGTERM);
  EXPECT_EQ(WEXITSTATUS(probe.wait()), 5) << probe.rest_of_output();
  probe.expect_nothing_left();
}

TEST_P(Sandbox, LeavesNothingWhenTheOuterProcessIsKilled) {
  Probe probe(GetParam());
  ASSERT_TRUE(probe.is_up()) << probe.describe_family();
  send_signal(probe.outer(), SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(probe.wait()));
  probe.expect_nothing_left();
}

TEST_P(Sandbox, LeavesNothingWhenTheKeeperIsKilled) {
  Probe probe(GetParam());
  ASSERT_TRUE(probe.is_up()) << probe.describe_family();
  send_signal(probe.keeper(), SIGKILL);
  EXPECT_EQ(WEXITSTATUS(probe.wait()), 99);
  EXPECT_THAT(probe.rest_of_output(), HasSubstr("signal 9 (SIGKILL)"));
  probe.expect_nothing_left();
}

TEST_P(Sandbox, SaysThatTheBodyWasKilledAndNamesTheRunDirectory) {
  Probe probe(GetParam());
  ASSERT_TRUE(probe.is_up()) << probe.describe_family();
  send_signal(probe.body(), SIGKILL);
  EXPECT_EQ(WEXITSTATUS(probe.wait()), 99);
  EXPECT_THAT(probe.rest_of_output(), HasSubstr("signal 9 (SIGKILL)"));
  EXPECT_THAT(probe.rest_of_output(), HasSubstr("eris-test-"));
  probe.expect_nothing_left();
}

TEST_P(Sandbox, LeavesNothingWhenTheProcessGroupIsKilled) {
  Probe probe(GetParam());
  ASSERT_TRUE(probe.is_up()) << probe.describe_family();
  send_signal_to_group(probe.outer(), SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(probe.wait()));
  probe.expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(Ways, Sandbox, ::testing::Values("pid-namespace", "fallback"),
                         [](const auto& way) {
                           return std::string(way.param) == "fallback" ? "Fallback"
                                                                       : "PidNamespace";
                         });

TEST(SandboxInterrupt, SecondOneKillsABodyThatDoesNotEnd) {
  ERIS_SKIP_WITHOUT_NAMESPACES();
  Probe probe("stubborn");
  ASSERT_TRUE(probe.is_up()) << probe.describe_family();
  send_signal(probe.outer(), SIGINT);
  send_signal(probe.outer(), SIGTERM);
  EXPECT_EQ(WEXITSTATUS(probe.wait()), 99);
  EXPECT_THAT(probe.rest_of_output(), HasSubstr("signal 9 (SIGKILL)"));
  probe.expect_nothing_left();
}

class SandboxResult : public ::testing::Test {
 protected:
  void SetUp() override { ERIS_SKIP_WITHOUT_NAMESPACES(); }
  ScratchDirectory directory_;
};

TEST_F(SandboxResult, IsTheExitCodeOfTheBody) {
  const auto code = run_in_sandbox({.run_directory = directory_.path()}, [] { return 17; });
  ASSERT_TRUE(code.has_value()) << base::to_text(code.error());
  EXPECT_EQ(*code, 17);
}

TEST_F(SandboxResult, IsAnInternalErrorWhenTheBodyCrashes) {
  const auto code = run_in_sandbox({.run_directory = directory_.path()}, []() -> int {
    ::signal(SIGABRT, SIG_DFL);
    ::abort();
  });
  ASSERT_FALSE(code.has_value());
  EXPECT_EQ(code.error().kind, base::ErrorKind::internal);
  EXPECT_THAT(code.error().what, HasSubstr("SIGABRT"));
}

TEST_F(SandboxResult, IsAnInternalExitCodeWhenTheBodyThrows) {
  const auto code = run_in_sandbox({.run_directory = directory_.path()},
                                   []() -> int { throw std::runtime_error("oops"); });
  ASSERT_TRUE(code.has_value());
  EXPECT_EQ(*code, 70);
}

TEST_F(SandboxResult, RemovesTemporaryDirectoriesBeforeItReturns) {
  const auto data = directory_.path() / "data";
  std::filesystem::create_directory(data);
  const auto code =
      run_in_sandbox({.run_directory = directory_.path(), .temporary_directories = {data}}, [&] {
        std::ofstream(data / "file") << "text";
        return 0;
      });
  ASSERT_TRUE(code.has_value());
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST_F(SandboxResult, NeedsNoPrivilegeWithoutANetwork) {
  const auto code =
      run_in_sandbox({.run_directory = directory_.path(), .network = false, .pid_namespace = false},
                     [] { return 4; });
  ASSERT_TRUE(code.has_value()) << base::to_text(code.error());
  EXPECT_EQ(*code, 4);
}

TEST(Interrupted, IsFalseOutsideASandbox) {
  EXPECT_FALSE(interrupted());
}

}  // namespace
}  // namespace eris::live
