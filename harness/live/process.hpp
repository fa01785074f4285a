// NodeProcess: one run of a node's program, from its start to the proof of its end.
//
// Why a process group of its own: a node may start helpers, and a kill must take them all; and the
// terminal's Ctrl-C must not reach nodes. Each node asks the kernel to be killed with the harness,
// which matters where no PID namespace does so (sandbox.hpp).
// Invariant: a NodeProcess that started is dead and reaped when its destructor has returned.
// Thread rule: start() from a thread that outlives the process, since the kernel ties the process's
// life to the thread that forked it. Everything else may be called from any thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <sys/types.h>

#include "adapters/adapter.hpp"
#include "harness/base/result.hpp"
#include "harness/live/unique_fd.hpp"

namespace eris::live {

struct ProcessSetup {
  adapters::Launch launch;
  int network_namespace = -1;  ///< −1: the harness's own
  std::filesystem::path working_directory;
  std::filesystem::path stderr_log;  ///< appended to
};

/// How a process ended.
struct ExitStatus {
  int code = 0;    ///< of exit(); 0 when a signal ended it
  int signal = 0;  ///< that ended it, or 0
  bool operator==(const ExitStatus&) const = default;
};

/// "exited with status 1"; "was killed by signal 9 (SIGKILL)".
[[nodiscard]] std::string to_text(const ExitStatus& status);

class NodeProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// Errors: environment, when the program is missing or cannot be started.
  [[nodiscard]] static base::Result<std::unique_ptr<NodeProcess>> start(const ProcessSetup& setup);
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;
  ~NodeProcess();

  [[nodiscard]] pid_t id() const { return process_; }
  /// Polls readable when the process has ended.
  [[nodiscard]] int exit_fd() const { return exit_fd_.get(); }
  /// The reading end of its stdout; non-blocking.
  [[nodiscard]] int output_fd() const { return output_fd_.get(); }

  /// Waits until `deadline` at most and reaps it. Nothing while it runs.
  [[nodiscard]] std::optional<ExitStatus> wait(Clock::time_point deadline);

  /// SIGKILL to the whole group; returns when the process is reaped, which is the proof.
  /// Errors: environment, when it did not end (a process stuck in the kernel).
  [[nodiscard]] base::Result<ExitStatus> kill();
  /// SIGSTOP to the whole group; returns when the kernel shows every thread of the process
  /// stopped. Errors: environment, when it has ended or did not stop.
  [[nodiscard]] base::Result<void> pause();
  /// SIGCONT to the whole group; returns when no thread is stopped. Errors: environment.
  [[nodiscard]] base::Result<void> resume();
  /// Asks it to end: SIGTERM, and SIGCONT in case that it is paused. Does not wait.
  void request_end();

 private:
  NodeProcess(pid_t process, UniqueFd exit_fd, UniqueFd output_fd);
  [[nodiscard]] bool signal_group(int number);
  [[nodiscard]] base::Result<void> wait_until_stopped(bool stopped);

  pid_t process_;
  UniqueFd exit_fd_;
  UniqueFd output_fd_;
  std::mutex mutex_;  ///< a process may be signalled only while it is not reaped
  std::optional<ExitStatus> status_;
};

}  // namespace eris::live
