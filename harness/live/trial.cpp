#include "harness/live/trial.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/text.hpp"
#include "harness/live/signals.hpp"
#include "harness/live/unique_fd.hpp"

namespace eris::live {

namespace {

/// Between the parts of an answer; ASCII's unit separator is in no message.
constexpr char separator = '\x1f';

[[noreturn]] void be_child(const std::function<base::Result<std::string>()>& attempt,
                           int answer_fd) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto result = attempt();
  const std::string answer = result ? "ok" + std::string(1, separator) + *result
                                    : "error" + std::string(1, separator) + result.error().what +
                                          separator + result.error().where + separator +
                                          result.error().next_step;
  const bool sent =
      ::write(answer_fd, answer.data(), answer.size()) == static_cast<ssize_t>(answer.size());
  ::_exit(sent ? 0 : 1);
}

/// Everything up to the end of the pipe, or to the deadline.
std::string read_answer(int fd, std::chrono::steady_clock::time_point deadline) {
  std::string answer;
  std::array<char, 4096> buffer;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || ::poll(&watched, 1, static_cast<int>(left.count())) == 0)
      return answer;
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return answer;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

base::Result<std::string> try_in_child(const std::function<base::Result<std::string>()>& attempt,
                                       base::Duration timeout) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("cannot make a pipe", errno, "pipe");
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return base::system_error("cannot start a process", errno, "fork");
  if (child == 0) be_child(attempt, write_end.get());
  write_end.reset();
  const std::string answer =
      read_answer(read_end.get(), std::chrono::steady_clock::now() + timeout);
  send_signal(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  const std::vector<std::string> parts = base::split(answer, separator);
  if (parts.size() == 2 && parts[0] == "ok") return parts[1];
  if (parts.size() == 4 && parts[0] == "error")
    return base::environment_error(parts[1], parts[2], parts[3]);
  return base::environment_error("the trial crashed or took longer than " + base::to_text(timeout));
}

}  // namespace eris::live
