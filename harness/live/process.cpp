#include "harness/live/process.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/process/v2/default_launcher.hpp>
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/live/janitor.hpp"
#include "harness/live/signals.hpp"

namespace eris::live {

namespace {

namespace bp = boost::process::v2;
using namespace std::chrono_literals;
using Clock = NodeProcess::Clock;

/// For what the kernel does at once unless the machine is in trouble.
constexpr auto kernel_deadline = 5s;

/// Boost.Process calls these in the new process between fork and exec, so they only make system
/// calls.
struct NodeInitializer {
  int network_namespace;
  const char* working_directory;
  pid_t harness;
  const char* const* environment;

  bp::error_code on_setup(bp::posix::default_launcher& launcher, const bp::filesystem::path&,
                          const char* const*) const {
    launcher.env = environment;
    return {};
  }

  bp::error_code on_exec_setup(bp::posix::default_launcher&, const bp::filesystem::path&,
                               const char* const*) const {
    if (network_namespace >= 0 && ::setns(network_namespace, CLONE_NEWNET) != 0) return failure();
    if (::chdir(working_directory) != 0) return failure();
    if (::setpgid(0, 0) != 0) return failure();
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failure();
    if (::getppid() != harness) ::_exit(EXIT_FAILURE);  // the harness died before prctl
    reset_signals();
    // Boost 1.81 leaves descriptors open that lie below its own error pipe.
    ::syscall(SYS_close_range, 3U, ~0U, static_cast<unsigned>(CLOSE_RANGE_CLOEXEC));
    return {};
  }

  // Boost calls this through a signature that differs from the one it looks for. Without it the
  // failed child would run the harness's exit handlers.
  template <typename... Arguments>
  void on_exec_error(Arguments&&...) const {
    ::_exit(EXIT_FAILURE);
  }

 private:
  static bp::error_code failure() { return {errno, boost::system::system_category()}; }

  static void reset_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  }
};

/// The harness's environment with the launch's on top, as execve takes it.
class EnvironmentBlock {
 public:
  explicit EnvironmentBlock(const std::vector<std::pair<std::string, std::string>>& added) {
    for (char** entry = ::environ; *entry != nullptr; ++entry)
      if (!overrides(added, *entry)) entries_.emplace_back(*entry);
    for (const auto& [name, value] : added) entries_.push_back(fmt::format("{}={}", name, value));
    for (const std::string& entry : entries_) pointers_.push_back(entry.c_str());
    pointers_.push_back(nullptr);
  }
  [[nodiscard]] const char* const* data() const { return pointers_.data(); }

 private:
  static bool overrides(const std::vector<std::pair<std::string, std::string>>& added,
                        std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('='));
    for (const auto& [added_name, value] : added)
      if (added_name == name) return true;
    return false;
  }

  std::vector<std::string> entries_;
  std::vector<const char*> pointers_;
};

base::Result<bp::filesystem::path> find_program(const std::string& program) {
  if (program.find('/') != std::string::npos) return bp::filesystem::absolute(program);
  auto found = bp::environment::find_executable(program);
  if (found.empty())
    return base::environment_error(fmt::format("program '{}' is not in PATH", program), "PATH",
                                   "install it, or give its path");
  return found;
}

struct Launched {
  pid_t process = 0;
  UniqueFd output_fd;
};

base::Result<Launched> launch(const ProcessSetup& setup) {
  ERIS_TRY(const auto program, find_program(setup.launch.program));
  const UniqueFd error_log(
      ::open(setup.stderr_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!error_log.valid())
    return base::system_error("cannot open a node's log", errno, setup.stderr_log);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("cannot make a pipe", errno, "pipe");
  UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);

  const EnvironmentBlock environment(setup.launch.environment);
  // Never run: exits are watched with poll(2), so the context only satisfies the launcher.
  boost::asio::io_context context(1);
  bp::default_process_launcher launcher;
  bp::error_code code;
  auto process = launcher(context.get_executor(), code, program, setup.launch.arguments,
                          bp::process_stdio{nullptr, write_end.get(), error_log.get()},
                          NodeInitializer{.network_namespace = setup.network_namespace,
                                          .working_directory = setup.working_directory.c_str(),
                                          .harness = ::getpid(),
                                          .environment = environment.data()});
  if (code) {
    if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);  // Boost leaves it unreaped
    return base::system_error("cannot start a node's program", code.value(), program.string(),
                              "is it there and executable?");
  }
  process.detach();
  return Launched{.process = launcher.pid, .output_fd = std::move(read_end)};
}

/// The state letters of all threads, as /proc/PID/task/*/stat shows them (proc(5)).
std::string thread_states(pid_t process) {
  std::string states;
  std::error_code ignored;  // threads come and go
  for (const auto& entry :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), ignored)) {
    std::ifstream file(entry.path() / "stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    // The name in parentheses may itself hold parentheses and spaces.
    const auto end_of_name = text.rfind(") ");
    if (end_of_name != std::string::npos && end_of_name + 2 < text.size())
      states += text[end_of_name + 2];
  }
  return states;
}

/// None of these threads can run code of its own before SIGCONT. One that sleeps in the kernel
/// where it cannot be interrupted (D: a disk, or vfork's parent whose child was stopped before
/// exec) stops before it gets back to its code, once a thread has taken the signal for all of them.
bool are_stopped(std::string_view states) {
  const auto stopped = static_cast<std::size_t>(std::ranges::count(states, 'T'));
  const auto in_kernel = static_cast<std::size_t>(std::ranges::count(states, 'D'));
  return !states.empty() && stopped + in_kernel == states.size() &&
         (stopped > 0 || states.size() == 1);
}

bool has_ended(pid_t process) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == process;
}

}  // namespace

std::string to_text(const ExitStatus& status) {
  if (status.signal == 0) return fmt::format("exited with status {}", status.code);
  const char* name = ::sigabbrev_np(status.signal);
  return fmt::format("was killed by signal {} (SIG{})", status.signal,
                     name != nullptr ? name : "?");
}

NodeProcess::NodeProcess(pid_t process, UniqueFd exit_fd, UniqueFd output_fd)
    : process_(process), exit_fd_(std::move(exit_fd)), output_fd_(std::move(output_fd)) {}

NodeProcess::~NodeProcess() {
  static_cast<void>(kill());  // a process stuck in the kernel is the PID namespace's to end
}

base::Result<std::unique_ptr<NodeProcess>> NodeProcess::start(const ProcessSetup& setup) {
  ERIS_TRY(Launched launched, launch(setup));
  auto exit_fd = open_process(launched.process);
  if (!exit_fd) {
    send_signal_to_group(launched.process, SIGKILL);
    ::waitpid(launched.process, nullptr, 0);
    return std::unexpected(exit_fd.error());
  }
  return std::unique_ptr<NodeProcess>(
      new NodeProcess(launched.process, *std::move(exit_fd), std::move(launched.output_fd)));
}

std::optional<ExitStatus> NodeProcess::wait(Clock::time_point deadline) {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (status_) return status_;
      if (has_ended(process_)) {
        // Helpers that it left behind; before reaping, while the group's number cannot be reused.
        send_signal_to_group(process_, SIGKILL);
        int status = 0;
        ::waitpid(process_, &status, 0);
        status_ = WIFSIGNALED(status) ? ExitStatus{.signal = WTERMSIG(status)}
                                      : ExitStatus{.code = WEXITSTATUS(status)};
        return status_;
      }
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return std::nullopt;
    pollfd watched{.fd = exit_fd_.get(), .events = POLLIN, .revents = 0};
    ::poll(&watched, 1, static_cast<int>(left));
  }
}

bool NodeProcess::signal_group(int number) {
  const std::lock_guard lock(mutex_);
  return !status_ && send_signal_to_group(process_, number);
}

base::Result<ExitStatus> NodeProcess::kill() {
  static_cast<void>(signal_group(SIGKILL));
  if (const auto status = wait(Clock::now() + kernel_deadline)) return *status;
  return base::environment_error(fmt::format("process {} did not end within {} s of SIGKILL",
                                             process_, kernel_deadline.count()),
                                 "kill",
                                 "it hangs in the kernel; look at the machine's disks and 'dmesg'");
}

base::Result<void> NodeProcess::wait_until_stopped(bool stopped) {
  const auto deadline = Clock::now() + kernel_deadline;
  while (Clock::now() < deadline) {
    if (wait(Clock::now()))
      return base::environment_error(fmt::format("process {} has ended", process_), "signal");
    const std::string states = thread_states(process_);
    if (stopped ? are_stopped(states) : !states.empty() && !states.contains('T')) return {};
    std::this_thread::sleep_for(100us);
  }
  return base::environment_error(fmt::format("process {} did not {} within {} s", process_,
                                             stopped ? "stop" : "go on", kernel_deadline.count()),
                                 "signal",
                                 "it hangs in the kernel; look at the machine's disks and 'dmesg'");
}

base::Result<void> NodeProcess::pause() {
  static_cast<void>(signal_group(SIGSTOP));
  return wait_until_stopped(true);
}

base::Result<void> NodeProcess::resume() {
  static_cast<void>(signal_group(SIGCONT));
  return wait_until_stopped(false);
}

void NodeProcess::request_end() {
  static_cast<void>(signal_group(SIGTERM));
  static_cast<void>(signal_group(SIGCONT));
}

}  // namespace eris::live
