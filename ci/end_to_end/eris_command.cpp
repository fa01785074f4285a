#include "ci/end_to_end/eris_command.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <ostream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace eris::end_to_end {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

fs::path make_temporary_directory() {
  std::string pattern = (fs::temp_directory_path() / "eris-end-to-end-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw fs::filesystem_error("cannot make a temporary directory", pattern,
                               std::error_code(errno, std::system_category()));
  return pattern;
}

void redirect(int descriptor, const char* path, int flags) {
  const int file = ::open(path, flags | O_CLOEXEC, 0600);
  if (file < 0 || ::dup2(file, descriptor) < 0) ::_exit(126);
}

void become_user(uid_t user, pid_t parent) {
  const gid_t group = user;  // a group that nobody is in
  if (::setgroups(0, nullptr) != 0 || ::setresgid(group, group, group) != 0 ||
      ::setresuid(user, user, user) != 0)
    ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // the kernel forgot it when the user changed
  if (::getppid() != parent) ::_exit(126);
}

/// What the child does between fork and exec; everything it needs was made before.
[[noreturn]] void become(const Command& command, const fs::path& out, const fs::path& err,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(126);
  if (command.own_group && ::setpgid(0, 0) != 0) ::_exit(126);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(number, SIG_DFL);
  redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
  redirect(STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
  redirect(STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
  if (command.user) become_user(*command.user, parent);
  if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0) ::_exit(126);
  for (const auto& [name, value] : command.environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments{const_cast<char*>(command.program.c_str())};
  for (const std::string& argument : command.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

bool ends_before(pid_t process, Clock::time_point deadline) {
  const int watched = static_cast<int>(::syscall(SYS_pidfd_open, process, 0U));
  if (watched < 0) return true;  // it ended already
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd poll_entry{.fd = watched, .events = POLLIN, .revents = 0};
    ready = ::poll(&poll_entry, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
  } while (ready < 0 && errno == EINTR);
  ::close(watched);
  return ready == 1;
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Ended& ended) {
  stream << "exit code " << ended.exit_code;
  if (ended.signal != 0) stream << ", signal " << ended.signal;
  if (ended.timed_out) stream << ", killed at its deadline";
  return stream << "\n-- stdout\n" << ended.out << "\n-- stderr\n" << ended.err;
}

Running::Running(Command command)
    : command_(std::move(command)),
      output_(make_temporary_directory()),
      deadline_(Clock::now() + command_.deadline) {
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) become(command_, output_ / "stdout", output_ / "stderr", parent);
  EXPECT_GT(process_, 0) << "a process can be started";
  // In both, so that the group exists whoever comes first.
  if (command_.own_group && process_ > 0) ::setpgid(process_, process_);
}

Running::~Running() {
  if (!reaped_) {
    send(SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;  // it stands in the temporary directory
  fs::remove_all(output_, ignored);
}

void Running::send(int signal) const {
  if (!reaped_ && process_ > 0) ::kill(process_, signal);
}

void Running::send_to_group(int signal) const {
  // Never another's group: it must be the one that was made for this process.
  if (!reaped_ && command_.own_group && process_ > 1 && ::getpgid(process_) == process_)
    ::kill(-process_, signal);
}

bool Running::has_said(const std::string& text) const {
  return read(output_ / "stdout").contains(text) || read(output_ / "stderr").contains(text);
}

Ended Running::wait() {
  Ended ended;
  if (!ends_before(process_, deadline_)) {
    ended.timed_out = true;
    send(SIGKILL);
  }
  int status = 0;
  ::waitpid(process_, &status, 0);
  reaped_ = true;
  if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  ended.out = read(output_ / "stdout");
  ended.err = read(output_ / "stderr");
  return ended;
}

Ended run(Command command) {
  return Running(std::move(command)).wait();
}

EndToEnd::EndToEnd() : directory_(make_temporary_directory()) {}

EndToEnd::~EndToEnd() {
  std::error_code problem;
  fs::remove_all(directory_, problem);
  EXPECT_FALSE(problem) << directory_ << ": " << problem.message();
}

Ended EndToEnd::eris(std::vector<std::string> arguments) const {
  return run({.arguments = std::move(arguments), .directory = directory_});
}

fs::path EndToEnd::write(const std::string& name, const std::string& text) const {
  const fs::path path = directory_ / name;
  std::ofstream file(path, std::ios::binary);
  file << text;
  EXPECT_TRUE(file.flush()) << path;
  return path;
}

fs::path EndToEnd::write_script(const std::string& name, const std::string& text) const {
  const fs::path path = write(name, text);
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                            fs::perms::others_read | fs::perms::others_exec);
  return path;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

fs::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  std::istringstream places(path == nullptr ? "" : path);
  for (std::string place; std::getline(places, place, ':');) {
    fs::path candidate = fs::path(place) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

bool eventually(const std::function<bool()>& condition, std::chrono::seconds deadline) {
  const auto end = Clock::now() + deadline;
  while (!condition()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::string reason_to_skip() {
  static const Ended doctor = run({.arguments = {"doctor"}});
  if (doctor.exit_code == 0) return {};
  return "this machine cannot run live clusters; eris doctor says:\n" + doctor.out;
}

}  // namespace eris::end_to_end
