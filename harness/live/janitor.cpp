#include "harness/live/janitor.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/base/text.hpp"
#include "harness/live/signals.hpp"

namespace eris::live {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Killed processes may write into their directories until they are gone; so removal is repeated
/// for this long.
constexpr auto removal_deadline = 10s;

bool has_marker(const fs::path& process, const std::string& marker) {
  std::ifstream file(process / "environ", std::ios::binary);
  const std::string environment{std::istreambuf_iterator<char>(file), {}};
  const auto entries = base::split(environment, '\0');
  return std::ranges::find(entries, marker) != entries.end();
}

std::vector<pid_t> marked_processes(const std::string& marker) {
  std::vector<pid_t> found;
  std::error_code ignored;  // processes come and go while we look
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (code != std::errc{} || end != name.data() + name.size() || process == ::getpid()) continue;
    if (has_marker(entry.path(), marker)) found.push_back(process);
  }
  return found;
}

/// Repeated, since a process may fork between the look and the kill. A zombie has no environment,
/// so it counts as gone.
void kill_marked(const std::string& marker) {
  const auto deadline = std::chrono::steady_clock::now() + removal_deadline;
  for (auto found = marked_processes(marker);
       !found.empty() && std::chrono::steady_clock::now() < deadline;
       found = marked_processes(marker)) {
    for (const pid_t process : found) send_signal(process, SIGKILL);
    std::this_thread::sleep_for(1ms);
  }
}

base::Result<void> remove_directory(const fs::path& directory) {
  const auto deadline = std::chrono::steady_clock::now() + removal_deadline;
  std::error_code code;
  for (;;) {
    fs::remove_all(directory, code);
    if (!code) return {};
    // Only "not empty" can heal by itself: a dying process made a file behind our back.
    if (code != std::errc::directory_not_empty || std::chrono::steady_clock::now() > deadline)
      return base::system_error("cannot remove a temporary directory", code.value(), directory,
                                "remove it by hand");
    std::this_thread::sleep_for(1ms);
  }
}

void wait_until_ended(int process_fd) {
  pollfd watched{.fd = process_fd, .events = POLLIN, .revents = 0};
  while (::poll(&watched, 1, -1) < 0 && errno == EINTR) {
  }
}

/// Keeps the watched descriptors and nothing else: an inherited pipe held open here would keep a
/// reader at its other end waiting for us.
void drop_inherited(const std::vector<int>& kept) {
  std::vector<int> sorted = kept;
  std::ranges::sort(sorted);
  unsigned first = 0;
  for (const int fd : sorted) {
    const auto keep = static_cast<unsigned>(fd);
    if (keep > first) ::syscall(SYS_close_range, first, keep - 1, 0U);
    first = keep + 1;
  }
  ::syscall(SYS_close_range, first, ~0U, 0U);
}

[[noreturn]] void be_janitor(const Cleanup& cleanup, const std::vector<int>& watched) {
  ::setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(number, SIG_IGN);
  ::prctl(PR_SET_NAME, "eris-janitor");
  drop_inherited(watched);
  static_cast<void>(::chdir("/"));
  for (const int process_fd : watched) wait_until_ended(process_fd);
  const bool clean = clean_up(cleanup).has_value();
  ::_exit(clean ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace

base::Result<UniqueFd> open_process(pid_t process) {
  UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0U)));
  if (!fd.valid())
    return base::system_error("cannot watch a process", errno, "pidfd_open",
                              "Linux 5.3 or later is needed, and a container's seccomp profile "
                              "must allow it");
  return fd;
}

base::Result<void> clean_up(const Cleanup& cleanup) {
  if (!cleanup.process_marker.empty()) kill_marked(cleanup.process_marker);
  base::Result<void> result;
  for (const fs::path& directory : cleanup.directories)
    if (auto removed = remove_directory(directory); !removed && result) result = removed;
  return result;
}

base::Result<pid_t> start_janitor(const Cleanup& cleanup, const std::vector<int>& watched) {
  const pid_t child = ::fork();
  if (child < 0) return base::system_error("cannot start the janitor process", errno, "fork");
  if (child == 0) be_janitor(cleanup, watched);
  return child;
}

}  // namespace eris::live
