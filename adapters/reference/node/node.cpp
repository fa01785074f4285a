#include "adapters/reference/node/node.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <deque>
#include <optional>

#include <fmt/format.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "adapters/reference/node/beacons.hpp"
#include "adapters/reference/node/durable_log.hpp"
#include "adapters/reference/node/line_writer.hpp"
#include "adapters/reference/node/outbox.hpp"
#include "adapters/reference/node/poller.hpp"
#include "harness/base/text.hpp"

namespace eris::node {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds tick_period = 20ms;
constexpr unsigned ticks_per_beacon = 5;

/// The core's clock. It never runs backwards, as a core may rely on; where the process's clock was
/// bent back, it stands still until that has caught up.
class Clock {
 public:
  Clock() : began_(std::chrono::steady_clock::now()) {}
  [[nodiscard]] core::Instant now() {
    latest_ = std::max<core::Instant>(latest_, std::chrono::steady_clock::now() - began_);
    return latest_;
  }

 private:
  std::chrono::steady_clock::time_point began_;
  core::Instant latest_{};
};

/// Takes the counter out of an eventfd, timerfd or signalfd, so that it is no longer readable.
void swallow(int descriptor) {
  char bytes[sizeof(signalfd_siginfo)];
  [[maybe_unused]] const ssize_t ignored = ::read(descriptor, bytes, sizeof bytes);
}

/// SIGTERM and SIGINT as a descriptor. Blocked before any thread starts, so that every thread
/// inherits it.
base::Result<FileDescriptor> stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // A reader that left is an error of write, not our death.
  FileDescriptor signals(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!signals.open()) return base::system_error("cannot receive signals", errno);
  return signals;
}

base::Result<FileDescriptor> steady_ticks() {
  FileDescriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  const timespec period{.tv_sec = 0, .tv_nsec = tick_period.count()};
  const itimerspec setting{.it_interval = period, .it_value = period};
  if (!timer.open() || ::timerfd_settime(timer.get(), 0, &setting, nullptr) != 0)
    return base::system_error("cannot make a timer", errno);
  return timer;
}

class Node {
 public:
  static base::Result<std::unique_ptr<Node>> make(const NodeOptions& options,
                                                  const MakeCore& make_core) {
    ERIS_TRY(FileDescriptor signals, stop_signals());
    ERIS_TRY(FileDescriptor ticks, steady_ticks());
    ERIS_TRY(Poller poller, Poller::make());
    std::unique_ptr<Node> node(
        new Node(options, std::move(poller), std::move(signals), std::move(ticks)));
    ERIS_CHECK_OK(node->open(make_core));
    return node;
  }

  base::Result<void> run() {
    carry_out(core_->start(clock_.now()));
    end_turn();
    while (!stopping_) {
      poller_.wait(patience());
      if (const auto failure = log_->failure()) return std::unexpected(*failure);
      turn();
    }
    log_->close();
    say("stopped");
    return {};
  }

 private:
  Node(const NodeOptions& options, Poller poller, FileDescriptor signals, FileDescriptor ticks)
      : options_(options),
        poller_(std::move(poller)),
        signals_(std::move(signals)),
        ticks_(std::move(ticks)) {}

  base::Result<void> open(const MakeCore& make_core) {
    ERIS_TRY(DurableLog::Opened opened, DurableLog::open(options_.log));
    log_ = std::move(opened.log);
    if (!opened.remark.empty()) say(opened.remark);
    ERIS_TRY(core_, make_core(opened.recovered));
    ERIS_TRY(clients_,
             ClientPort::make(options_.clients, poller_,
                              {.requested =
                                   [this](core::RequestId id, std::string request) {
                                     inputs_.push_back(core::Requested{id, std::move(request)});
                                   },
                               .log = [this](std::string_view line) { say(line); }}));
    ERIS_TRY(peers_,
             PeerLinks::make(options_.peers, poller_,
                             {.received =
                                  [this](base::NodeId from, std::string message) {
                                    inputs_.push_back(core::Received{from, std::move(message)});
                                  },
                              .log = [this](std::string_view line) { say(line); }}));
    watch_descriptors();
    say(fmt::format("serves clients at {} and nodes at {}", to_text(options_.clients.listen),
                    to_text(options_.peers.listen)));
    return {};
  }

  void watch_descriptors() {
    (void)poller_.add(signals_.get(), EPOLLIN, [this](std::uint32_t) {
      swallow(signals_.get());
      stopping_ = true;
    });
    (void)poller_.add(ticks_.get(), EPOLLIN, [this](std::uint32_t) {
      swallow(ticks_.get());
      tick();
    });
    (void)poller_.add(log_->wake_descriptor(), EPOLLIN,
                      [this](std::uint32_t) { swallow(log_->wake_descriptor()); });
  }

  /// How long nothing needs to be done, should nothing arrive.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> patience() {
    if (!inputs_.empty()) return 0ns;
    if (!timer_) return std::nullopt;
    return std::max(*timer_ - clock_.now(), core::Instant{});
  }

  /// Steps the core with everything that is waiting.
  void turn() {
    collect_persisted();
    collect_timer();
    if (inputs_.empty()) return peers_->flush();
    // Requests that are taken while answers go out wait for the next turn.
    for (const core::Input& input : std::exchange(inputs_, {}))
      carry_out(core_->step(clock_.now(), input));
    carry_out(core_->step(clock_.now(), core::Drained{}));
    end_turn();
  }

  void collect_persisted() {
    const core::PersistCount durable = log_->durable();
    if (durable == persisted_) return;
    persisted_ = durable;
    outbox_.persisted(durable);
    inputs_.push_front(core::Persisted{durable});
  }

  void collect_timer() {
    if (!timer_ || clock_.now() < *timer_) return;
    timer_.reset();
    inputs_.push_back(core::TimerFired{});
  }

  void carry_out(core::Outputs outputs) { outbox_.carry_out(std::move(outputs)); }

  void end_turn() {
    // The disk first: it works while the network is being written to.
    log_->submit(outbox_.take_actions());
    peers_->flush();
    clients_->hold(log_->waiting_bytes() > options_.waiting_disk_bytes_max);
    clients_->flush();
    beacons_.observe(core_->beacon());
  }

  void tick() {
    peers_->tick();
    clients_->hold(log_->waiting_bytes() > options_.waiting_disk_bytes_max);
    if (++ticks_seen_ % ticks_per_beacon == 0) beacons_.tick();
  }

  void say(std::string_view line) {
    stderr_.write(fmt::format("{} {}: {}", options_.program, to_text(options_.peers.self), line));
  }

  const NodeOptions& options_;
  Poller poller_;
  FileDescriptor signals_;
  FileDescriptor ticks_;
  LineWriter stdout_{STDOUT_FILENO};
  LineWriter stderr_{STDERR_FILENO};
  Clock clock_;
  Beacons beacons_{[this](std::string_view line) { return stdout_.write(line); }};
  std::unique_ptr<DurableLog> log_;
  std::unique_ptr<AnyCore> core_;
  std::unique_ptr<ClientPort> clients_;
  std::unique_ptr<PeerLinks> peers_;
  Outbox outbox_{
      {.send = [this](const core::Send& send) { peers_->send(send.to, send.message); },
       .reply = [this](const core::Reply& reply) { clients_->reply(reply.to, reply.reply); },
       .set_timer = [this](core::Instant at) { timer_ = at; }}};
  std::deque<core::Input> inputs_;
  std::optional<core::Instant> timer_;
  core::PersistCount persisted_ = 0;
  unsigned ticks_seen_ = 0;
  bool stopping_ = false;
};

}  // namespace

base::Result<void> run_node(const NodeOptions& options, const MakeCore& make_core) {
  ERIS_TRY(const std::unique_ptr<Node> node, Node::make(options, make_core));
  return node->run();
}

}  // namespace eris::node
