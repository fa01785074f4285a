#include "harness/live/prober.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "harness/live/namespaces.hpp"

namespace eris::live {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr base::Duration probe_timeout = 100ms;
constexpr auto starting_interval = 10ms;

}  // namespace

struct Prober::State {
  ProberOptions options;
  NodeSet& nodes;
  std::function<void(base::NodeId)> on_ready;

  std::mutex mutex;  ///< guards the two below
  std::condition_variable changed;
  bool ends = false;
  std::set<base::NodeId> starting;
  std::thread thread;

  State(ProberOptions given, NodeSet& node_set, std::function<void(base::NodeId)> callback)
      : options(std::move(given)), nodes(node_set), on_ready(std::move(callback)) {}

  void run();
  bool wait_for_turn(Clock::time_point& next_round, std::set<base::NodeId>& due);
  void probe(const adapters::NodeAddress& node);
};

/// Fills in the nodes to be probed now. False at the end.
bool Prober::State::wait_for_turn(Clock::time_point& next_round, std::set<base::NodeId>& due) {
  const bool watches_leader = !options.system->has_beacons();
  std::unique_lock lock(mutex);
  if (!starting.empty())
    changed.wait_until(lock, std::min(next_round, Clock::now() + starting_interval),
                       [&] { return ends; });
  else if (watches_leader)
    changed.wait_until(lock, next_round, [&] { return ends || !starting.empty(); });
  else
    changed.wait(lock, [&] { return ends || !starting.empty(); });
  due = starting;
  if (watches_leader && Clock::now() >= next_round) {
    for (const auto& address : options.addresses) due.insert(address.id);
    next_round = Clock::now() + options.interval;
  }
  return !ends;
}

void Prober::State::probe(const adapters::NodeAddress& node) {
  // A paused node would only make us wait; a dead one has nothing to say.
  if (!nodes.is_running(node.id)) {
    const std::lock_guard lock(mutex);
    if (nodes.exit_of(node.id)) starting.erase(node.id);
    return;
  }
  const adapters::NodeStatus status = options.system->probe(node, probe_timeout);
  if (!options.system->has_beacons()) nodes.on_probe(node.id, status);
  if (!status.serving) return;
  bool was_starting = false;
  {
    const std::lock_guard lock(mutex);
    was_starting = starting.erase(node.id) > 0;
  }
  if (was_starting) on_ready(node.id);
}

void Prober::State::run() {
  if (options.network_namespace >= 0 && !enter_network_namespace(options.network_namespace))
    return;  // clients meet the same error and tell it
  auto next_round = Clock::now();
  std::set<base::NodeId> due;
  while (wait_for_turn(next_round, due))
    for (const auto& address : options.addresses)
      if (due.contains(address.id)) probe(address);
}

Prober::Prober(ProberOptions options, NodeSet& nodes, std::function<void(base::NodeId)> on_ready)
    : state_(std::make_unique<State>(std::move(options), nodes, std::move(on_ready))) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Prober::~Prober() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ends = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void Prober::ask_when_serving(base::NodeId node) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->starting.insert(node);
  }
  state_->changed.notify_all();
}

}  // namespace eris::live
