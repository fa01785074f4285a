// A replicated map against a model of one: RapidCheck's stateful test, for any core that serves the
// store of adapters/reference/kv under a leader.
//
// The model is a map, who is up, and who leads. Each command is followed by enough quiet for
// everything that can arrive to arrive, so the model knows exactly what must come of it: with a
// leader and a majority a write succeeds and a read tells the truth; without, nothing is answered
// as done. So this holds the core to serving, where the invariants hold it to not lying.
// Thread rule: one owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/testing/test_cluster.hpp"
#include "harness/base/text.hpp"

namespace eris::reference::testing::replicated_map {

/// What must be, whatever the protocol.
struct Model {
  unsigned nodes = 5;
  std::set<NodeId> down;
  std::set<NodeId> cut_off;      ///< each alone on its side
  std::set<NodeId> behind;       ///< missed an election or a write
  std::set<NodeId> deposed;      ///< led, and may not know that it is over: never asked anything
  std::optional<NodeId> leader;  ///< who can serve
  std::map<std::int64_t, std::int64_t> values;

  [[nodiscard]] bool reaches(NodeId node) const {
    return !down.contains(node) && !cut_off.contains(node);
  }
  [[nodiscard]] std::set<NodeId> together() const {
    std::set<NodeId> reached;
    for (std::uint32_t i = 1; i <= nodes; ++i)
      if (reaches(NodeId(i))) reached.emplace(i);
    return reached;
  }
  [[nodiscard]] bool is_majority(const std::set<NodeId>& some) const {
    return some.size() > nodes / 2;
  }
  /// Something was agreed on: whoever was not there has missed it, and all others have not.
  void agreed() {
    for (std::uint32_t i = 1; i <= nodes; ++i)
      if (reaches(NodeId(i)))
        behind.erase(NodeId(i));
      else
        behind.emplace(i);
  }
  void caught_up() {
    if (!leader) return;
    for (const NodeId node : together()) {
      behind.erase(node);
      deposed.erase(node);
    }
  }
  void lost(NodeId node) {
    if (leader == node) leader.reset();
    if (!leader || is_majority(together())) return;
    deposed.insert(*leader);
    leader.reset();
  }
};

template <Protocol P>
using Command = rc::state::Command<Model, TestCluster<P>>;

inline NodeId any_node(const Model& model) {
  return NodeId(*rc::gen::inRange<std::uint32_t>(1, model.nodes + 1));
}
inline std::int64_t any_key() {
  return *rc::gen::inRange<std::int64_t>(0, 3);
}

/// Some heartbeats, in which the leader tells all that it reaches what they missed.
template <Protocol P>
void catch_up(TestCluster<P>& cluster, NodeId leader) {
  for (int heartbeats = 0; heartbeats < 10; ++heartbeats) cluster.tick(leader);
}

/// One that is up and connected times out while all others have given up waiting, and leads.
template <Protocol P>
struct Elect : Command<P> {
  explicit Elect(const Model& model) : node(any_node(model)) {}
  void checkPreconditions(const Model& model) const override {
    // Whoever leads, or thinks so, has no vote to give away.
    std::set<NodeId> voters = model.together();
    for (const NodeId deposed : model.deposed) voters.erase(deposed);
    if (model.leader) voters.erase(*model.leader);
    RC_PRE(voters.contains(node) && !model.behind.contains(node) && model.is_majority(voters));
  }
  void apply(Model& model) const override {
    model.leader = node;
    model.agreed();
    model.caught_up();
  }
  void run(const Model&, TestCluster<P>& cluster) const override {
    cluster.elect(node);
    catch_up(cluster, node);
    RC_ASSERT(P::leads(cluster.core(node)));
  }
  void show(std::ostream& out) const override { out << "elect " << base::to_text(node); }
  NodeId node;
};

template <Protocol P>
struct Write : Command<P> {
  explicit Write(const Model& model)
      : node(any_node(model)), key(any_key()), value(*rc::gen::inRange<std::int64_t>(0, 100)) {}
  void checkPreconditions(const Model& model) const override {
    RC_PRE(!model.down.contains(node) && !model.deposed.contains(node));
  }
  void apply(Model& model) const override {
    if (model.leader != node) return;
    model.values[key] = value;
    model.agreed();
  }
  void run(const Model& model, TestCluster<P>& cluster) const override {
    const RequestId id = cluster.request(node, kv::Command{.function = kv::Function::write,
                                                           .key = kv::Value(key),
                                                           .argument = kv::Value(value)});
    cluster.settle();
    const auto reply = cluster.reply(id);
    const bool done = reply && reply->kind == kv::ReplyKind::ok;
    RC_ASSERT(done == (model.leader == node));
  }
  void show(std::ostream& out) const override {
    out << fmt::format("ask {} write {} {}", base::to_text(node), key, value);
  }
  NodeId node;
  std::int64_t key;
  std::int64_t value;
};

template <Protocol P>
struct Read : Command<P> {
  explicit Read(const Model& model) : node(any_node(model)), key(any_key()) {}
  void checkPreconditions(const Model& model) const override {
    RC_PRE(!model.down.contains(node) && !model.deposed.contains(node));
  }
  void run(const Model& model, TestCluster<P>& cluster) const override {
    const RequestId id =
        cluster.request(node, kv::Command{.function = kv::Function::read, .key = kv::Value(key)});
    cluster.settle();
    const auto reply = cluster.reply(id);
    const bool done = reply && reply->kind == kv::ReplyKind::ok;
    RC_ASSERT(done == (model.leader == node));
    if (!done) return;
    const auto known = model.values.find(key);
    RC_ASSERT(reply->value ==
              (known == model.values.end() ? kv::Value() : kv::Value(known->second)));
  }
  void show(std::ostream& out) const override {
    out << fmt::format("ask {} read {}", base::to_text(node), key);
  }
  NodeId node;
  std::int64_t key;
};

template <Protocol P>
struct Crash : Command<P> {
  explicit Crash(const Model& model) : node(any_node(model)) {}
  void checkPreconditions(const Model& model) const override { RC_PRE(!model.down.contains(node)); }
  void apply(Model& model) const override {
    model.down.insert(node);
    model.deposed.erase(node);
    model.lost(node);
  }
  void run(const Model&, TestCluster<P>& cluster) const override { cluster.crash(node); }
  void show(std::ostream& out) const override { out << "crash " << base::to_text(node); }
  NodeId node;
};

/// It is told by the leader what it missed.
template <Protocol P>
struct Restart : Command<P> {
  explicit Restart(const Model& model) : node(any_node(model)) {}
  void checkPreconditions(const Model& model) const override { RC_PRE(model.down.contains(node)); }
  void apply(Model& model) const override {
    model.down.erase(node);
    model.caught_up();
  }
  void run(const Model& model, TestCluster<P>& cluster) const override {
    cluster.restart(node);
    cluster.settle();
    if (model.leader) catch_up(cluster, *model.leader);
  }
  void show(std::ostream& out) const override { out << "restart " << base::to_text(node); }
  NodeId node;
};

template <Protocol P>
struct CutOff : Command<P> {
  explicit CutOff(const Model& model) : node(any_node(model)) {}
  void checkPreconditions(const Model& model) const override {
    RC_PRE(model.reaches(node) && model.leader != node);
  }
  void apply(Model& model) const override {
    model.cut_off.insert(node);
    model.lost(node);
  }
  void run(const Model&, TestCluster<P>& cluster) const override {
    for (const NodeId other : cluster.nodes())
      if (other != node) cluster.partition({node}, {other});
  }
  void show(std::ostream& out) const override { out << "isolate " << base::to_text(node); }
  NodeId node;
};

template <Protocol P>
struct Heal : Command<P> {
  void checkPreconditions(const Model& model) const override { RC_PRE(!model.cut_off.empty()); }
  void apply(Model& model) const override {
    model.cut_off.clear();
    model.caught_up();
  }
  void run(const Model& model, TestCluster<P>& cluster) const override {
    cluster.heal();
    if (model.leader) catch_up(cluster, *model.leader);
  }
  void show(std::ostream& out) const override { out << "heal"; }
};

/// Runs a random sequence of these commands against a cluster of five; a property's body.
template <Protocol P>
void check(typename P::Config common) {
  const Model model;
  TestCluster<P> cluster(model.nodes, std::move(common));
  rc::state::check(model, cluster,
                   rc::state::gen::execOneOfWithArgs<Elect<P>, Write<P>, Write<P>, Read<P>,
                                                     Crash<P>, Restart<P>, CutOff<P>, Heal<P>>());
}

}  // namespace eris::reference::testing::replicated_map
