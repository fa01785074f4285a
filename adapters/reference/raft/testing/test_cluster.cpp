#include "adapters/reference/raft/testing/test_cluster.hpp"

#include <algorithm>

#include "harness/base/assert.hpp"

namespace eris::raft {

TestCluster::TestCluster(unsigned nodes, Config common)
    : common_(std::move(common)), invariants_({.sessions_max = common_.limits.sessions_max}) {
  for (std::uint32_t i = 1; i <= nodes; ++i) common_.voters.emplace_back(i);
  for (const NodeId node : common_.voters) {
    Config config = common_;
    config.self = node;
    config.seed = common_.seed * 1000 + node.value;
    Node& made = nodes_[node];
    made.config = std::move(config);
    make(made);
  }
}

void TestCluster::add_node(NodeId node) {
  Config config = common_;
  config.self = node;
  config.seed = common_.seed * 1000 + node.value;
  config.voters.clear();
  Node& made = nodes_[node];
  made.config = std::move(config);
  make(made);
}

Core& TestCluster::core(NodeId node) {
  ERIS_ASSERT(is_up(node), "only a running node has a core");
  return *nodes_.at(node).core;
}

std::vector<NodeId> TestCluster::nodes() const {
  std::vector<NodeId> ids;
  for (const auto& [id, node] : nodes_) ids.push_back(id);
  return ids;
}

void TestCluster::make(Node& node) {
  auto made = Core::make(node.config, node.disk);
  ERIS_ASSERT(made.has_value(), "a core starts from what it stored");
  node.core.emplace(*std::move(made));
  node.issued = 0;
  node.persisted = 0;
  invariants_.started(*node.core);
  perform(node, node.core->start(now_));
}

void TestCluster::set_disk(NodeId id, core::Recovered disk) {
  crash(id);
  Node& node = nodes_.at(id);
  if (!disk.snapshot.empty()) invariants_.durable(id, core::Checkpoint{disk.snapshot, {}});
  for (const std::string& record : disk.records) invariants_.durable(id, core::Append{record});
  node.disk = std::move(disk);
  make(node);
}

void TestCluster::step(Node& node, core::Input input) {
  core::Outputs outputs = node.core->step(now_, std::move(input));
  invariants_.stepped(*node.core);
  perform(node, std::move(outputs));
}

void TestCluster::input(NodeId id, core::Input input) {
  Node& node = nodes_.at(id);
  if (!node.core) return;
  step(node, std::move(input));
  step(node, core::Drained{});
}

void TestCluster::perform(Node& node, core::Outputs outputs) {
  for (core::Output& output : outputs) {
    if (auto* append = std::get_if<core::Append>(&output)) {
      node.pending.emplace_back(std::move(*append));
      ++node.issued;
    } else if (auto* checkpoint = std::get_if<core::Checkpoint>(&output)) {
      node.pending.emplace_back(std::move(*checkpoint));
      ++node.issued;
    } else if (auto* send = std::get_if<core::Send>(&output)) {
      if (send->after_persist)
        node.held.emplace_back(node.issued, std::move(*send));
      else
        emit(node, std::move(*send));
    } else if (auto* reply = std::get_if<core::Reply>(&output)) {
      node.held.emplace_back(node.issued, std::move(*reply));
    } else {
      node.timer = std::get<core::SetTimer>(output).at;
    }
  }
  release(node);
}

/// Messages leave in the order in which what they wait for becomes durable.
void TestCluster::release(Node& node) {
  while (!node.held.empty() && node.held.front().first <= node.persisted) {
    const Held held = std::move(node.held.front().second);
    node.held.pop_front();
    emit(node, held);
  }
}

void TestCluster::emit(Node& node, const Held& held) {
  if (const auto* reply = std::get_if<core::Reply>(&held)) {
    if (!commands_.contains(reply->to)) return;
    const auto decoded = kv::decode_reply(reply->reply);
    ERIS_ASSERT(decoded.has_value(), "a core's replies can be decoded");
    invariants_.answered(reply->to, *decoded);
    replies_.emplace(reply->to, *decoded);
    return;
  }
  const auto& send = std::get<core::Send>(held);
  const NodeId from = node.config.self;
  auto message = decode_message(send.message);
  ERIS_ASSERT(message.has_value(), "a core's messages can be decoded");
  invariants_.sent(from, send.to, *message);
  if (nodes_.contains(send.to)) in_flight_.push_back({from, send.to, *std::move(message)});
}

void TestCluster::write(Node& node, const Action& action) {
  if (const auto* append = std::get_if<core::Append>(&action)) {
    node.disk.records.push_back(append->record);
    invariants_.durable(node.config.self, *append);
    return;
  }
  const auto& checkpoint = std::get<core::Checkpoint>(action);
  node.disk = {checkpoint.snapshot, checkpoint.records};
  invariants_.durable(node.config.self, checkpoint);
}

void TestCluster::sync(NodeId id, std::size_t actions) {
  Node& node = nodes_.at(id);
  if (node.pending.empty()) return;
  for (; actions > 0 && !node.pending.empty(); --actions) {
    const Action action = std::move(node.pending.front());
    node.pending.pop_front();
    ++node.persisted;
    write(node, action);
    release(node);
  }
  input(id, core::Persisted{node.persisted});
}

void TestCluster::fire_timer(NodeId id) {
  Node& node = nodes_.at(id);
  if (!node.core || !node.timer) return;
  now_ = std::max(now_, *node.timer);
  node.timer.reset();
  input(id, core::TimerFired{});
}

void TestCluster::deliver(std::size_t message, bool keep_a_copy) {
  Envelope envelope = in_flight_.at(message);
  if (!keep_a_copy) drop(message);
  if (!connected(envelope.from, envelope.to) || !is_up(envelope.to)) return;
  input(envelope.to, core::Received{envelope.from, encode(envelope.message)});
}

void TestCluster::drop(std::size_t message) {
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(message));
}

void TestCluster::crash(NodeId id) {
  Node& node = nodes_.at(id);
  node.core.reset();
  node.pending.clear();
  node.held.clear();
  node.timer.reset();
}

void TestCluster::restart(NodeId id) {
  Node& node = nodes_.at(id);
  if (!node.core) make(node);
}

void TestCluster::partition(const std::vector<NodeId>& one, const std::vector<NodeId>& other) {
  for (const NodeId a : one)
    for (const NodeId b : other) {
      cut(a, b);
      cut(b, a);
    }
}

void TestCluster::settle() {
  for (unsigned guard = 0;; ++guard) {
    ERIS_ASSERT(guard < 1'000'000, "a cluster at rest comes to rest");
    for (const NodeId node : nodes()) sync(node);
    if (!in_flight_.empty()) {
      deliver(0);
      continue;
    }
    const bool quiet = std::all_of(nodes_.begin(), nodes_.end(),
                                   [](const auto& node) { return node.second.pending.empty(); });
    if (quiet) return;
  }
}

void TestCluster::run_for(Duration duration) {
  const Instant end = now_ + duration;
  settle();
  for (;;) {
    std::optional<std::pair<Instant, NodeId>> next;
    for (const auto& [id, node] : nodes_)
      if (node.core && node.timer && (!next || *node.timer < next->first)) next = {*node.timer, id};
    if (!next || next->first > end) break;
    fire_timer(next->second);
    settle();
  }
  now_ = std::max(now_, end);
}

void TestCluster::time_out(NodeId id) {
  advance_clock(2 * common_.timeouts.election_max);
  fire_timer(id);
}

void TestCluster::elect(NodeId id) {
  time_out(id);
  settle();
}

void TestCluster::tick(NodeId leader) {
  fire_timer(leader);
  settle();
}

RequestId TestCluster::request(NodeId node, const kv::ClientRequest& request) {
  const RequestId id(next_request_++);
  const auto* command = std::get_if<kv::Command>(&request);
  if (!std::holds_alternative<kv::StatusRequest>(request)) {
    commands_.insert(id);
    invariants_.invoked(id, command != nullptr && command->function == kv::Function::read);
  }
  input(node, core::Requested{id, kv::encode(request)});
  return id;
}

std::optional<kv::ClientReply> TestCluster::reply(RequestId id) const {
  const auto found = replies_.find(id);
  if (found == replies_.end()) return std::nullopt;
  return found->second;
}

}  // namespace eris::raft
