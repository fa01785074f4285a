#include "harness/live/node_watcher.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/model/json.hpp"

namespace eris::live {

namespace {

/// A line longer than this is no beacon; it is kept in the log only.
constexpr std::size_t line_bytes_max = 64 * 1024;

/// One process as the watcher follows it.
struct Watched {
  base::NodeId node;
  std::shared_ptr<NodeProcess> process;
  UniqueFd log;
  std::string unfinished_line;
  bool overlong_line = false;
  bool output_open = true;
  model::Fields last_beacon;
};

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    // A log that cannot be written (full disk) must not end the run: the journal says so itself.
    if (count < 0 && errno != EINTR) return;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

struct NodeWatcher::State {
  OnEvent on_event;
  OnExit on_exit;
  UniqueFd wake;
  std::atomic<bool> ends{false};
  std::mutex mutex;               ///< guards arrivals
  std::vector<Watched> arrivals;  ///< to be taken up by the thread
  std::vector<Watched> watched;   ///< of the thread
  std::thread thread;

  void run();
  void wait_for_something(std::vector<pollfd>& polled);
  void take_up_arrivals();
  void read_output(Watched& watched_process);
  void take_text(Watched& watched_process, std::string_view text);
  void take_line(Watched& watched_process, std::string_view line);
  /// True when the process has ended, which was then told.
  bool told_end(Watched& watched_process);
};

void NodeWatcher::State::run() {
  std::vector<pollfd> polled;
  while (!ends) {
    take_up_arrivals();
    wait_for_something(polled);
    for (std::size_t i = 0; i < watched.size(); ++i)
      if ((polled[1 + 2 * i].revents & (POLLIN | POLLHUP)) != 0) read_output(watched[i]);
    std::vector<Watched> remaining;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      const bool ended = (polled[2 + 2 * i].revents & POLLIN) != 0 && told_end(watched[i]);
      if (!ended) remaining.push_back(std::move(watched[i]));
    }
    watched = std::move(remaining);
  }
}

/// Polls the wake-up first, then stdout and exit of each process.
void NodeWatcher::State::wait_for_something(std::vector<pollfd>& polled) {
  polled.assign({{.fd = wake.get(), .events = POLLIN, .revents = 0}});
  for (const Watched& each : watched) {
    const int output = each.output_open ? each.process->output_fd() : -1;
    polled.push_back({.fd = output, .events = POLLIN, .revents = 0});
    polled.push_back({.fd = each.process->exit_fd(), .events = POLLIN, .revents = 0});
  }
  ::poll(polled.data(), polled.size(), -1);
  if (polled[0].revents != 0) {
    std::uint64_t count = 0;
    static_cast<void>(::read(wake.get(), &count, sizeof count));
  }
}

void NodeWatcher::State::take_up_arrivals() {
  const std::lock_guard lock(mutex);
  std::ranges::move(arrivals, std::back_inserter(watched));
  arrivals.clear();
}

void NodeWatcher::State::read_output(Watched& each) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t count = ::read(each.process->output_fd(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;  // nothing more for now
    if (count == 0) {
      each.output_open = false;
      return;
    }
    const std::string_view text(buffer.data(), static_cast<std::size_t>(count));
    write_all(each.log.get(), text);
    take_text(each, text);
  }
}

void NodeWatcher::State::take_text(Watched& each, std::string_view text) {
  for (;;) {
    const auto newline = text.find('\n');
    const std::string_view part = text.substr(0, newline);
    if (each.unfinished_line.size() + part.size() > line_bytes_max) each.overlong_line = true;
    if (!each.overlong_line) each.unfinished_line += part;
    if (newline == std::string_view::npos) return;
    if (!each.overlong_line) take_line(each, each.unfinished_line);
    each.unfinished_line.clear();
    each.overlong_line = false;
    text.remove_prefix(newline + 1);
  }
}

void NodeWatcher::State::take_line(Watched& each, std::string_view line) {
  auto beacon = parse_beacon(line);
  if (!beacon || *beacon == each.last_beacon) return;
  each.last_beacon = *beacon;
  on_event(each.node, {.node = each.node, .what = "beacon", .fields = *std::move(beacon)});
}

bool NodeWatcher::State::told_end(Watched& each) {
  const auto status = each.process->wait(NodeProcess::Clock::now());
  if (!status) return false;
  if (each.output_open) read_output(each);
  on_exit(each.node, each.process, *status);
  return true;
}

NodeWatcher::NodeWatcher(OnEvent on_event, OnExit on_exit) : state_(std::make_unique<State>()) {
  state_->on_event = std::move(on_event);
  state_->on_exit = std::move(on_exit);
  state_->wake = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  ERIS_ASSERT(state_->wake.valid(), "an eventfd can be had");
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

NodeWatcher::~NodeWatcher() {
  state_->ends = true;
  ::eventfd_write(state_->wake.get(), 1);
  state_->thread.join();
}

base::Result<void> NodeWatcher::watch(base::NodeId node, std::shared_ptr<NodeProcess> process,
                                      const std::filesystem::path& log) {
  Watched added{.node = node, .process = std::move(process)};
  added.log = UniqueFd(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!added.log.valid()) return base::system_error("cannot open a node's log", errno, log);
  {
    const std::lock_guard lock(state_->mutex);
    state_->arrivals.push_back(std::move(added));
  }
  ::eventfd_write(state_->wake.get(), 1);
  return {};
}

std::optional<model::Fields> parse_beacon(std::string_view line) {
  constexpr std::string_view opening = "{\"beacon\":";
  line = base::trim(line);
  if (!line.starts_with(opening) || !line.ends_with('}')) return std::nullopt;
  line.remove_prefix(opening.size());
  line.remove_suffix(1);
  auto fields = model::parse_fields(base::trim(line));
  if (!fields) return std::nullopt;
  return *std::move(fields);
}

std::string last_lines(const std::filesystem::path& file, std::size_t count) {
  constexpr std::streamoff tail_bytes = 16 * 1024;
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) return {};
  const std::streamoff size = stream.tellg();
  stream.seekg(std::max<std::streamoff>(0, size - tail_bytes));
  std::deque<std::string> kept;
  for (std::string line; std::getline(stream, line);) {
    if (base::trim(line).empty()) continue;
    kept.push_back(line);
    if (kept.size() > count) kept.pop_front();
  }
  std::string joined;
  for (const std::string& line : kept) joined += (joined.empty() ? "" : "\n") + line;
  return joined;
}

}  // namespace eris::live
