// TestCluster: the nodes of a reference protocol in memory, under a schedule that a test decides
// step by step.
//
// Virtual time, a pool of messages that are delivered, dropped or repeated in any order, and disks
// that lose what was not synced when their node crashes. Invariants are checked after each step.
// Nothing happens by itself: messages wait to be delivered, disks to be synced, timers to be fired,
// unless a test asks for `settle` or `run_for`.
// What it must know of a protocol stands in the concept below; each protocol gives it by one small
// struct (raft/testing/protocol.hpp).
// Thread rule: one owner.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/assert.hpp"
#include "harness/base/result.hpp"
#include "harness/core/core.hpp"

namespace eris::reference::testing {

using base::Duration;
using base::Instant;
using base::NodeId;
using core::RequestId;

/// The types and functions by which a cluster of P's cores is made, spoken to and watched.
/// Invariants has started(core), stepped(core), durable(node, Append or Checkpoint),
/// sent(node, to, message), answered(request, reply) and violations(), a vector of what has a name
/// (`invariant`) and a sentence (`what`).
template <typename P>
concept Protocol =
    core::Core<typename P::Core> &&
    requires(const typename P::Config& config, NodeId node, std::vector<NodeId> members,
             std::string_view bytes, const typename P::Message& message,
             const typename P::Request& request, typename P::Invariants& invariants,
             const typename P::Core& core, RequestId id) {
      /// One node's configuration; no members for a server that joins later.
      { P::node_config(config, node, members) } -> std::same_as<typename P::Config>;
      { P::make_core(config, core::Recovered{}) } -> std::same_as<base::Result<typename P::Core>>;
      { P::make_invariants(config) } -> std::same_as<typename P::Invariants>;
      /// Whether its cores see to a record that a crash cut short; else the log below does, as that
      /// of real nodes, and they find none.
      { P::takes_torn_records } -> std::convertible_to<bool>;
      /// After this long without a word every node has given up waiting for its leader, or its
      /// peer.
      { P::patience(config) } -> std::convertible_to<Duration>;
      { P::encode(message) } -> std::same_as<std::string>;
      { P::decode(bytes) } -> std::same_as<base::Result<typename P::Message>>;
      { P::to_text(message) } -> std::same_as<std::string>;
      { P::encode_request(request) } -> std::same_as<std::string>;
      { P::decode_reply(bytes) } -> std::same_as<base::Result<typename P::Reply>>;
      /// Tells the invariants of a request. False for one whose answer is of no interest to them.
      { P::invoked(invariants, id, request) } -> std::same_as<bool>;
    };

template <Protocol P>
class TestCluster {
 public:
  using Core = typename P::Core;
  using Config = typename P::Config;
  using Message = typename P::Message;
  using Request = typename P::Request;
  using Reply = typename P::Reply;
  using Invariants = typename P::Invariants;
  struct Envelope {
    NodeId from;
    NodeId to;
    Message message;
  };

  /// Nodes n1 … nN, as P::node_config makes them from `common`. Starts them.
  TestCluster(unsigned nodes, Config common)
      : common_(std::move(common)), invariants_(P::make_invariants(common_)) {
    std::vector<NodeId> members;
    for (std::uint32_t i = 1; i <= nodes; ++i) members.emplace_back(i);
    for (const NodeId node : members) make_node(node, members);
  }

  /// A server that is a member of nothing yet.
  void add_node(NodeId node) { make_node(node, {}); }

  [[nodiscard]] Core& core(NodeId node) {
    ERIS_ASSERT(is_up(node), "only a running node has a core");
    return *nodes_.at(node).core;
  }
  [[nodiscard]] bool exists(NodeId node) const { return nodes_.contains(node); }
  [[nodiscard]] bool is_up(NodeId node) const { return nodes_.at(node).core.has_value(); }
  [[nodiscard]] std::vector<NodeId> nodes() const {
    std::vector<NodeId> ids;
    for (const auto& [id, node] : nodes_) ids.push_back(id);
    return ids;
  }
  [[nodiscard]] Invariants& invariants() { return invariants_; }
  /// What all nodes were configured with.
  [[nodiscard]] const Config& common() const { return common_; }
  [[nodiscard]] Instant now() const { return now_; }

  /// Makes the node start anew from this disk.
  void set_disk(NodeId node, core::Recovered disk);

  // Single steps. Each input is followed by Drained.
  void input(NodeId node, const core::Input& input);
  /// Moves time on to the node's timer, if need be, and fires it.
  void fire_timer(NodeId node);
  /// Makes the node's first `actions` pending durable actions durable (all by default).
  void sync(NodeId node, std::size_t actions = SIZE_MAX);
  /// Durable actions that wait to be synced.
  [[nodiscard]] std::size_t unsynced(NodeId node) const { return nodes_.at(node).pending.size(); }
  [[nodiscard]] const std::vector<Envelope>& in_flight() const { return in_flight_; }
  void deliver(std::size_t message, bool keep_a_copy = false);
  void drop(std::size_t message) {
    in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(message));
  }
  /// Puts a message (back) behind all others, as a delay would.
  void inject(Envelope envelope) { in_flight_.push_back(std::move(envelope)); }
  /// Loses memory and whatever was not synced.
  void crash(NodeId node);
  /// The same, while the first unsynced record is being written: half of it is on the disk, and
  /// zeros where the rest belongs, for cores that take torn records.
  void tear(NodeId node);
  /// Loses memory and disk. The node is down, and when it restarts it is a member of nothing.
  /// Invariants of a protocol that allows it have replaced(node).
  void wipe(NodeId node);
  void restart(NodeId node) {
    if (!is_up(node)) make(nodes_.at(node));
  }
  void cut(NodeId from, NodeId to) { cuts_.insert({from, to}); }
  void heal() { cuts_.clear(); }
  /// Cuts every link between the two sides, both ways.
  void partition(const std::vector<NodeId>& one, const std::vector<NodeId>& other);

  // Longer strides.
  /// Syncs all disks and delivers all messages until none is left. Time stands still.
  void settle() { ERIS_ASSERT(settles_within(1'000'000), "a cluster at rest comes to rest"); }
  /// The same. False where messages still breed messages after so many steps, as a mistake in a
  /// protocol can make them.
  [[nodiscard]] bool settles_within(unsigned steps_max);
  /// Lets time pass; timers fire when due, and everything settles in between.
  void run_for(Duration duration);
  /// Lets only this node time out, then settles. The others have given up waiting by then.
  void elect(NodeId node) {
    time_out(node);
    settle();
  }
  /// The first half of that: the timeout alone.
  void time_out(NodeId node) {
    advance_clock(P::patience(common_));
    fire_timer(node);
  }
  /// The node's timer, whatever it is for, then settles.
  void tick(NodeId node) {
    fire_timer(node);
    settle();
  }
  void advance_clock(Duration duration) { now_ += duration; }

  RequestId request(NodeId node, const Request& request);
  [[nodiscard]] std::optional<Reply> reply(RequestId id) const {
    const auto found = replies_.find(id);
    if (found == replies_.end()) return std::nullopt;
    return found->second;
  }

  /// True while messages are delivered and not dropped by the cuts in force.
  [[nodiscard]] bool connected(NodeId from, NodeId to) const { return !cuts_.contains({from, to}); }

 private:
  using Action = std::variant<core::Append, core::Checkpoint>;
  using Held = std::variant<core::Send, core::Reply>;
  struct Node {
    NodeId id;
    Config config;
    std::optional<Core> core;
    core::Recovered disk;
    std::deque<Action> pending;
    std::deque<std::pair<core::PersistCount, Held>> held;
    core::PersistCount issued = 0;
    core::PersistCount persisted = 0;
    std::optional<Instant> timer;
  };

  void make_node(NodeId id, const std::vector<NodeId>& members);
  void make(Node& node);
  void perform(Node& node, core::Outputs outputs);
  void write(Node& node, const Action& action);
  void release(Node& node);
  void emit(Node& node, const Held& held);
  void step(Node& node, const core::Input& input);

  Config common_;
  std::map<NodeId, Node> nodes_;
  Invariants invariants_;
  Instant now_{};
  std::vector<Envelope> in_flight_;
  std::set<std::pair<NodeId, NodeId>> cuts_;
  std::uint64_t next_request_ = 1;
  std::set<RequestId> watched_;
  std::map<RequestId, Reply> replies_;
};

// ---- nodes and their disks

template <Protocol P>
void TestCluster<P>::make_node(NodeId id, const std::vector<NodeId>& members) {
  const auto [at, fresh] = nodes_.emplace(id, Node{id, P::node_config(common_, id, members)});
  ERIS_ASSERT(fresh, "a node is made once");
  make(at->second);
}

template <Protocol P>
void TestCluster<P>::make(Node& node) {
  auto made = P::make_core(node.config, node.disk);
  ERIS_ASSERT(made.has_value(), "a core starts from what it stored");
  node.core.emplace(*std::move(made));
  node.issued = 0;
  node.persisted = 0;
  invariants_.started(*node.core);
  perform(node, node.core->start(now_));
}

template <Protocol P>
void TestCluster<P>::set_disk(NodeId id, core::Recovered disk) {
  crash(id);
  Node& node = nodes_.at(id);
  if (!disk.snapshot.empty()) invariants_.durable(id, core::Checkpoint{disk.snapshot, {}});
  for (const std::string& record : disk.records) invariants_.durable(id, core::Append{record});
  node.disk = std::move(disk);
  make(node);
}

template <Protocol P>
void TestCluster<P>::write(Node& node, const Action& action) {
  if (const auto* append = std::get_if<core::Append>(&action)) {
    node.disk.records.push_back(append->record);
    invariants_.durable(node.id, *append);
    return;
  }
  const auto& checkpoint = std::get<core::Checkpoint>(action);
  node.disk = {checkpoint.snapshot, checkpoint.records};
  invariants_.durable(node.id, checkpoint);
}

template <Protocol P>
void TestCluster<P>::sync(NodeId id, std::size_t actions) {
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

template <Protocol P>
void TestCluster<P>::crash(NodeId id) {
  Node& node = nodes_.at(id);
  node.core.reset();
  node.pending.clear();
  node.held.clear();
  node.timer.reset();
}

template <Protocol P>
void TestCluster<P>::tear(NodeId id) {
  Node& node = nodes_.at(id);
  if (P::takes_torn_records && !node.pending.empty())
    if (const auto* append = std::get_if<core::Append>(&node.pending.front())) {
      std::string torn = append->record.substr(0, append->record.size() / 2);
      torn.resize(append->record.size());
      node.disk.records.push_back(std::move(torn));
    }
  crash(id);
}

template <Protocol P>
void TestCluster<P>::wipe(NodeId id) {
  crash(id);
  Node& node = nodes_.at(id);
  node.disk = {};
  node.config = P::node_config(common_, id, {});
  invariants_.replaced(id);
}

// ---- steps and what comes of them

template <Protocol P>
void TestCluster<P>::step(Node& node, const core::Input& input) {
  core::Outputs outputs = node.core->step(now_, input);
  invariants_.stepped(*node.core);
  perform(node, std::move(outputs));
}

template <Protocol P>
void TestCluster<P>::input(NodeId id, const core::Input& input) {
  Node& node = nodes_.at(id);
  if (!node.core) return;
  step(node, input);
  step(node, core::Drained{});
}

template <Protocol P>
void TestCluster<P>::perform(Node& node, core::Outputs outputs) {
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
template <Protocol P>
void TestCluster<P>::release(Node& node) {
  while (!node.held.empty() && node.held.front().first <= node.persisted) {
    const Held held = std::move(node.held.front().second);
    node.held.pop_front();
    emit(node, held);
  }
}

template <Protocol P>
void TestCluster<P>::emit(Node& node, const Held& held) {
  if (const auto* reply = std::get_if<core::Reply>(&held)) {
    if (!watched_.contains(reply->to)) return;
    const auto decoded = P::decode_reply(reply->reply);
    ERIS_ASSERT(decoded.has_value(), "a core's replies can be decoded");
    invariants_.answered(reply->to, *decoded);
    replies_.emplace(reply->to, *decoded);
    return;
  }
  const auto& send = std::get<core::Send>(held);
  auto message = P::decode(send.message);
  ERIS_ASSERT(message.has_value(), "a core's messages can be decoded");
  invariants_.sent(node.id, send.to, *message);
  if (exists(send.to)) in_flight_.push_back({node.id, send.to, *std::move(message)});
}

template <Protocol P>
void TestCluster<P>::fire_timer(NodeId id) {
  Node& node = nodes_.at(id);
  if (!node.core || !node.timer) return;
  now_ = std::max(now_, *node.timer);
  node.timer.reset();
  input(id, core::TimerFired{});
}

template <Protocol P>
RequestId TestCluster<P>::request(NodeId node, const Request& request) {
  const RequestId id(next_request_++);
  if (P::invoked(invariants_, id, request)) watched_.insert(id);
  input(node, core::Requested{id, P::encode_request(request)});
  return id;
}

// ---- the network

template <Protocol P>
void TestCluster<P>::deliver(std::size_t message, bool keep_a_copy) {
  Envelope envelope = in_flight_.at(message);
  if (!keep_a_copy) drop(message);
  if (!connected(envelope.from, envelope.to) || !is_up(envelope.to)) return;
  input(envelope.to, core::Received{envelope.from, P::encode(envelope.message)});
}

template <Protocol P>
void TestCluster<P>::partition(const std::vector<NodeId>& one, const std::vector<NodeId>& other) {
  for (const NodeId a : one)
    for (const NodeId b : other) {
      cut(a, b);
      cut(b, a);
    }
}

// ---- longer strides

template <Protocol P>
bool TestCluster<P>::settles_within(unsigned steps_max) {
  for (unsigned step = 0; step < steps_max; ++step) {
    for (const NodeId node : nodes()) sync(node);
    if (!in_flight_.empty()) {
      deliver(0);
      continue;
    }
    const bool quiet = std::all_of(nodes_.begin(), nodes_.end(),
                                   [](const auto& node) { return node.second.pending.empty(); });
    if (quiet) return true;
  }
  return false;
}

template <Protocol P>
void TestCluster<P>::run_for(Duration duration) {
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

}  // namespace eris::reference::testing
