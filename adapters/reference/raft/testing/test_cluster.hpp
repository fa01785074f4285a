// TestCluster: Raft nodes in memory, under a schedule that a test decides step by step.
//
// Virtual time, a pool of messages that are delivered, dropped or repeated in any order, and disks
// that lose what was not synced when their node crashes. Invariants are checked after each step.
// Nothing happens by itself: messages wait to be delivered, disks to be synced, timers to be fired,
// unless a test asks for `settle` or `run_for`.
// Thread rule: one owner.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/reference/raft/core.hpp"
#include "adapters/reference/raft/invariants.hpp"

namespace eris::raft {

struct Envelope {
  NodeId from;
  NodeId to;
  Message message;
};

class TestCluster {
 public:
  /// Nodes n1 … nN that differ in `self` and `seed` only. Starts them.
  TestCluster(unsigned nodes, Config common);

  /// A server that is in no configuration yet.
  void add_node(NodeId node);

  [[nodiscard]] Core& core(NodeId node);
  [[nodiscard]] bool is_up(NodeId node) const { return nodes_.at(node).core.has_value(); }
  [[nodiscard]] std::vector<NodeId> nodes() const;
  [[nodiscard]] Invariants& invariants() { return invariants_; }
  [[nodiscard]] Instant now() const { return now_; }

  /// Makes the node start anew from this disk.
  void set_disk(NodeId node, core::Recovered disk);

  // Single steps. Each input is followed by Drained.
  void input(NodeId node, core::Input input);
  /// Moves time on to the node's timer, if need be, and fires it.
  void fire_timer(NodeId node);
  /// Makes the node's first `actions` pending durable actions durable (all by default).
  void sync(NodeId node, std::size_t actions = SIZE_MAX);
  [[nodiscard]] const std::vector<Envelope>& in_flight() const { return in_flight_; }
  void deliver(std::size_t message, bool keep_a_copy = false);
  void drop(std::size_t message);
  /// Puts a message (back) behind all others, as a delay would.
  void inject(Envelope envelope) { in_flight_.push_back(std::move(envelope)); }
  /// Loses memory and whatever was not synced.
  void crash(NodeId node);
  void restart(NodeId node);
  void cut(NodeId from, NodeId to) { cuts_.insert({from, to}); }
  void heal() { cuts_.clear(); }
  /// Cuts every link between the two sides, both ways.
  void partition(const std::vector<NodeId>& one, const std::vector<NodeId>& other);

  // Longer strides.
  /// Syncs all disks and delivers all messages until none is left. Time stands still.
  void settle();
  /// Lets time pass; timers fire when due, and everything settles in between.
  void run_for(Duration duration);
  /// Lets only this node time out, then settles. Followers have forgotten their leader by then.
  void elect(NodeId node);
  /// The first half of that: the election timeout alone.
  void time_out(NodeId node);
  /// A heartbeat by this leader, then settles.
  void tick(NodeId leader);
  void advance_clock(Duration duration) { now_ += duration; }

  RequestId request(NodeId node, const kv::ClientRequest& request);
  [[nodiscard]] std::optional<kv::ClientReply> reply(RequestId id) const;

  /// True while messages are delivered or dropped by the cuts in force.
  [[nodiscard]] bool connected(NodeId from, NodeId to) const { return !cuts_.contains({from, to}); }

 private:
  using Action = std::variant<core::Append, core::Checkpoint>;
  using Held = std::variant<core::Send, core::Reply>;
  struct Node {
    Config config;
    std::optional<Core> core;
    core::Recovered disk;
    std::deque<Action> pending;
    std::deque<std::pair<core::PersistCount, Held>> held;
    core::PersistCount issued = 0;
    core::PersistCount persisted = 0;
    std::optional<Instant> timer;
  };

  void make(Node& node);
  void perform(Node& node, core::Outputs outputs);
  void write(Node& node, const Action& action);
  void release(Node& node);
  void emit(Node& node, const Held& held);
  void step(Node& node, core::Input input);

  Config common_;
  std::map<NodeId, Node> nodes_;
  Invariants invariants_;
  Instant now_{};
  std::vector<Envelope> in_flight_;
  std::set<std::pair<NodeId, NodeId>> cuts_;
  std::uint64_t next_request_ = 1;
  std::set<RequestId> commands_;
  std::map<RequestId, kv::ClientReply> replies_;
};

}  // namespace eris::raft
