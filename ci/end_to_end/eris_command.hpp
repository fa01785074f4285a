// Runs the built `eris` as a user does: with arguments, an environment and a directory, and looks
// at what comes back. Shared by the end-to-end tests.
//
// Invariant: a program started here never outlives the test: it is killed at its deadline, and the
// kernel kills it when the test program ends first.
// Thread rule: one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include <gtest/gtest.h>

namespace eris::end_to_end {

struct Command {
  std::vector<std::string> arguments;
  std::string program = ERIS_PROGRAM;
  std::filesystem::path directory;                               ///< where it runs
  std::vector<std::pair<std::string, std::string>> environment;  ///< on top of the test's own
  std::chrono::seconds deadline{90};
  std::optional<uid_t> user;  ///< whom to become; only root can
  bool own_group = false;     ///< leads a process group of its own, as a shell's jobs do
};

/// How a program ended, and what it wrote.
struct Ended {
  int exit_code = -1;  ///< -1 where a signal ended it
  int signal = 0;
  bool timed_out = false;  ///< the signal was ours
  std::string out;
  std::string err;
};

/// For failed assertions: everything that is known.
std::ostream& operator<<(std::ostream& stream, const Ended& ended);

/// A program that runs. Its output goes to files, so that it never waits for a reader.
class Running {
 public:
  explicit Running(Command command);
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();  ///< kills it if it still runs

  [[nodiscard]] pid_t id() const { return process_; }
  void send(int signal) const;
  /// To its whole process group. Only with Command::own_group.
  void send_to_group(int signal) const;
  /// What it has written so far, on stdout or stderr, holds this text.
  [[nodiscard]] bool has_said(const std::string& text) const;
  /// Waits for its end, or kills it at its deadline.
  [[nodiscard]] Ended wait();

 private:
  Command command_;
  std::filesystem::path output_;  ///< a directory with its stdout and stderr
  std::chrono::steady_clock::time_point deadline_;
  pid_t process_ = -1;
  bool reaped_ = false;
};

[[nodiscard]] Ended run(Command command);

/// Each test gets a fresh directory, in which eris runs, and which is removed afterwards.
class EndToEnd : public ::testing::Test {
 protected:
  EndToEnd();
  ~EndToEnd() override;

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] Ended eris(std::vector<std::string> arguments) const;
  /// Writes a file into the directory and gives its path.
  std::filesystem::path write(const std::string& name, const std::string& text) const;
  /// As write, and may be executed.
  std::filesystem::path write_script(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path directory_;
};

[[nodiscard]] std::string read(const std::filesystem::path& path);
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);
/// Where a program stands in PATH, or empty.
[[nodiscard]] std::filesystem::path find_program(const std::string& name);
/// True when the condition came true within the deadline.
[[nodiscard]] bool eventually(const std::function<bool()>& condition,
                              std::chrono::seconds deadline = std::chrono::seconds(30));
/// Why live runs cannot work on this machine; empty when they can.
[[nodiscard]] std::string reason_to_skip();

}  // namespace eris::end_to_end

/// First line of a test that starts nodes.
#define ERIS_SKIP_WITHOUT_NAMESPACES()                                                  \
  if (const std::string reason = ::eris::end_to_end::reason_to_skip(); !reason.empty()) \
  GTEST_SKIP() << reason
