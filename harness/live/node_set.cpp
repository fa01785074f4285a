#include "harness/live/node_set.hpp"

#include <cstdint>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <signal.h>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/live/leadership.hpp"
#include "harness/live/node_watcher.hpp"

namespace eris::live {

namespace fs = std::filesystem;
using base::NodeId;
using model::Evidence;
using model::NodeState;

namespace {

struct Node {
  adapters::NodeAddress address;
  fs::path data_directory;
  std::shared_ptr<NodeProcess> process;  ///< the last one
  NodeState state = NodeState::dead;
  std::optional<ExitStatus> exit;  ///< of the last process, when it has ended
  NodeSet::Clock::time_point down_since;
};

void add_fact(Evidence& evidence, NodeId node, std::string_view name, model::Value value) {
  evidence.facts.emplace_back(fmt::format("{} {}", base::to_text(node), name), std::move(value));
}
void add_fact(Evidence& evidence, NodeId node, std::string_view name, const std::string& text) {
  add_fact(evidence, node, name, model::Value(text));
}

std::int64_t milliseconds_since(NodeSet::Clock::time_point then) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(NodeSet::Clock::now() - then)
      .count();
}

}  // namespace

struct NodeSet::State {
  NodeSetOptions options;
  Sink sink;

  mutable std::mutex mutex;  ///< guards the two below
  std::map<NodeId, Node> nodes;
  Leadership leadership;

  // Last, so that its thread ends before what it uses.
  std::unique_ptr<NodeWatcher> watcher;

  void on_line(NodeId node, model::NodeEvent event);
  void on_exit(NodeId id, const std::shared_ptr<NodeProcess>& process, const ExitStatus& status);
  ProcessSetup setup_of(const Node& node) const;
  std::shared_ptr<NodeProcess> take_if(NodeId id, NodeState wanted, NodeState next);
  std::string log_name(NodeId node, std::string_view stream) const;
  std::optional<Clock::time_point> down_since(NodeId id) const;
  void mark_down(NodeId id, const ExitStatus& status);
};

std::string NodeSet::State::log_name(NodeId node, std::string_view stream) const {
  return options.log_directory / fmt::format("{}.{}.log", base::to_text(node), stream);
}

void NodeSet::State::on_line(NodeId node, model::NodeEvent event) {
  {
    const std::lock_guard lock(mutex);
    if (nodes.at(node).state == NodeState::dead) return;  // said before it was killed
    if (event.what == "beacon") leadership.on_beacon(node, event.fields);
  }
  sink(std::move(event));
}

/// Called by the watcher for every end, expected or not.
void NodeSet::State::on_exit(NodeId id, const std::shared_ptr<NodeProcess>& process,
                             const ExitStatus& status) {
  {
    const std::lock_guard lock(mutex);
    Node& node = nodes.at(id);
    if (node.process != process || node.state == NodeState::dead) return;  // it was killed
    node.state = NodeState::dead;
    node.exit = status;
    node.down_since = Clock::now();
    leadership.on_death(id);
  }
  model::Fields fields{{"how", model::Value(to_text(status))}};
  if (status.signal != 0)
    fields.emplace_back("signal", model::Value(status.signal));
  else
    fields.emplace_back("status", model::Value(status.code));
  const std::string last_words = last_lines(log_name(id, "stderr"), 1);
  if (!last_words.empty()) fields.emplace_back("stderr", model::Value(last_words));
  sink({.node = id, .what = "exited", .fields = std::move(fields)});
}

ProcessSetup NodeSet::State::setup_of(const Node& node) const {
  const NodeId id = node.address.id;
  const auto space = options.network_namespaces.find(id);
  const base::Rng seeds = base::Rng(options.seed).stream("node " + base::to_text(id));
  return {.launch = options.system->launch({.self = node.address,
                                            .all = options.addresses,
                                            .data_directory = node.data_directory,
                                            .seed = seeds.seed()}),
          .network_namespace = space == options.network_namespaces.end() ? -1 : space->second,
          .working_directory = node.data_directory,
          .stderr_log = log_name(id, "stderr")};
}

/// The process of a node in state `wanted`, which goes to `next`; else nullptr.
std::shared_ptr<NodeProcess> NodeSet::State::take_if(NodeId id, NodeState wanted, NodeState next) {
  const std::lock_guard lock(mutex);
  Node& node = nodes.at(id);
  if (node.state != wanted) return nullptr;
  node.state = next;
  return node.process;
}

/// Nothing for a node that is not dead.
std::optional<NodeSet::Clock::time_point> NodeSet::State::down_since(NodeId id) const {
  const std::lock_guard lock(mutex);
  const Node& node = nodes.at(id);
  if (node.state != NodeState::dead) return std::nullopt;
  return node.down_since;
}

void NodeSet::State::mark_down(NodeId id, const ExitStatus& status) {
  const std::lock_guard lock(mutex);
  Node& node = nodes.at(id);
  node.exit = status;
  node.down_since = Clock::now();
  leadership.on_death(id);
}

NodeSet::NodeSet(NodeSetOptions options, Sink sink) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  state_->sink = std::move(sink);
  for (const auto& address : state_->options.addresses)
    state_->nodes[address.id] = {
        .address = address,
        .data_directory = state_->options.data_directory / base::to_text(address.id)};
  State* state = state_.get();
  state_->watcher = std::make_unique<NodeWatcher>(
      [state](NodeId node, model::NodeEvent event) { state->on_line(node, std::move(event)); },
      [state](NodeId node, const std::shared_ptr<NodeProcess>& process, const ExitStatus& status) {
        state->on_exit(node, process, status);
      });
}

NodeSet::~NodeSet() {
  shut_down({});
}

base::Result<void> NodeSet::launch(NodeId id) {
  Node& node = state_->nodes.at(id);  // only this thread starts nodes
  std::error_code code;
  fs::create_directories(node.data_directory, code);
  if (code)
    return base::system_error("cannot make a node's data directory", code.value(),
                              node.data_directory);
  ERIS_TRY(std::shared_ptr<NodeProcess> process, NodeProcess::start(state_->setup_of(node)));
  {
    const std::lock_guard lock(state_->mutex);
    node.process = process;
    node.state = NodeState::running;
    node.exit.reset();
  }
  state_->sink({.node = id,
                .what = "started",
                .fields = {{"pid", model::Value(std::int64_t{process->id()})},
                           {"address", model::Value(node.address.host)}}});
  return state_->watcher->watch(id, std::move(process), state_->log_name(id, "stdout"));
}

base::Result<Evidence> NodeSet::kill(const std::vector<NodeId>& nodes) {
  Evidence evidence;
  for (const NodeId id : nodes) {
    auto process = state_->take_if(id, NodeState::running, NodeState::dead);
    if (!process) process = state_->take_if(id, NodeState::paused, NodeState::dead);
    if (!process) {
      add_fact(evidence, id, "state", "already dead");
      continue;
    }
    ERIS_TRY(const ExitStatus status, process->kill());
    state_->mark_down(id, status);
    add_fact(evidence, id, "pid", model::Value(std::int64_t{process->id()}));
    add_fact(evidence, id, "end", to_text(status));
    evidence.took_effect |= status.signal == SIGKILL;
  }
  return evidence;
}

base::Result<Evidence> NodeSet::restart(const std::vector<NodeId>& nodes) {
  Evidence evidence;
  for (const NodeId id : nodes) {
    const auto down_since = state_->down_since(id);
    if (!down_since) {
      add_fact(evidence, id, "state", "not dead");
      continue;
    }
    ERIS_CHECK_OK(launch(id));
    add_fact(evidence, id, "new pid",
             model::Value(std::int64_t{state_->nodes.at(id).process->id()}));
    add_fact(evidence, id, "milliseconds down", model::Value(milliseconds_since(*down_since)));
    evidence.took_effect = true;
  }
  return evidence;
}

base::Result<Evidence> NodeSet::pause(const std::vector<NodeId>& nodes) {
  Evidence evidence;
  for (const NodeId id : nodes) {
    const auto process = state_->take_if(id, NodeState::running, NodeState::paused);
    if (!process) {
      add_fact(evidence, id, "state", "not running");
      continue;
    }
    if (const auto paused = process->pause(); !paused) {
      if (!process->wait(Clock::now())) return std::unexpected(paused.error());
      add_fact(evidence, id, "state", "ended by itself");
      continue;
    }
    add_fact(evidence, id, "state", "stopped");
    evidence.took_effect = true;
  }
  return evidence;
}

base::Result<Evidence> NodeSet::resume(const std::vector<NodeId>& nodes) {
  Evidence evidence;
  for (const NodeId id : nodes) {
    const auto process = state_->take_if(id, NodeState::paused, NodeState::running);
    if (!process) {
      add_fact(evidence, id, "state", "not paused");
      continue;
    }
    if (const auto resumed = process->resume(); !resumed) {
      if (!process->wait(Clock::now())) return std::unexpected(resumed.error());
      add_fact(evidence, id, "state", "ended by itself");
      continue;
    }
    add_fact(evidence, id, "state after resuming", "running");
    evidence.took_effect = true;
  }
  return evidence;
}

model::ClusterView NodeSet::view() const {
  const std::lock_guard lock(state_->mutex);
  model::ClusterView view;
  for (const auto& [id, node] : state_->nodes)
    view.nodes.push_back({.id = id, .state = node.state});
  if (const auto leader = state_->leadership.leader()) {
    view.leader = leader->node;
    view.leader_term = leader->term;
  }
  return view;
}

bool NodeSet::is_running(NodeId node) const {
  const std::lock_guard lock(state_->mutex);
  return state_->nodes.at(node).state == NodeState::running;
}

std::optional<ExitStatus> NodeSet::exit_of(NodeId node) const {
  const std::lock_guard lock(state_->mutex);
  return state_->nodes.at(node).exit;
}

void NodeSet::on_probe(NodeId witness, const adapters::NodeStatus& status) {
  const std::lock_guard lock(state_->mutex);
  const auto is_alive = [&](NodeId id) {
    const auto found = state_->nodes.find(id);
    return found != state_->nodes.end() && found->second.state != NodeState::dead;
  };
  // The probe may have begun before a death that we know of by now.
  if (!is_alive(witness)) return;
  const bool credible = status.leader && is_alive(*status.leader);
  state_->leadership.on_probe(witness, credible ? status.leader : std::nullopt, status.term);
}

fs::path NodeSet::stderr_log(NodeId node) const {
  return state_->log_name(node, "stderr");
}

std::string NodeSet::last_stderr_lines(NodeId node, std::size_t count) const {
  return last_lines(stderr_log(node), count);
}

void NodeSet::shut_down(Clock::duration grace) {
  std::vector<std::shared_ptr<NodeProcess>> processes;
  {
    const std::lock_guard lock(state_->mutex);
    for (auto& [id, node] : state_->nodes) {
      if (node.state != NodeState::dead) processes.push_back(node.process);
      node.state = NodeState::dead;  // their ends are expected from here on
    }
  }
  for (const auto& process : processes) process->request_end();
  const auto deadline = Clock::now() + grace;
  for (const auto& process : processes)
    if (!process->wait(deadline)) static_cast<void>(process->kill());
}

}  // namespace eris::live
