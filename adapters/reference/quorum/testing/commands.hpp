// What RapidCheck's stateful test of quorum-KV may do to a cluster, a command each, and the cluster
// it does it to: requests and their levels, messages, disks, crashes, links, clocks, the ring.
//
// Why two states: the model knows who runs and which links are cut, so that commands make sense and
// go on making sense while a sequence shrinks; what may come of them is what Promises say.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include "adapters/reference/quorum/testing/promises.hpp"
#include "adapters/reference/quorum/testing/protocol.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum::commands {

/// What a case begins with.
struct Setup {
  Config config;
  unsigned members = 3;
  unsigned spares = 0;         ///< further nodes that wait to be added; 0: the ring never changes
  std::int64_t first_key = 0;  ///< where keys stand on the ring is different for each
  [[nodiscard]] std::vector<Value> keys() const { return {Value(first_key), Value(first_key + 1)}; }
};
/// As RapidCheck prints it: a line.
void showValue(const Setup& setup, std::ostream& out);

struct Model {
  explicit Model(const Setup& setup)
      : nodes(setup.members + setup.spares), ring_changes(setup.spares > 0), keys(setup.keys()) {}
  unsigned nodes;
  bool ring_changes;
  std::vector<Value> keys;
  std::set<NodeId> down{};
  bool cut = false;  ///< some link
};

/// The cluster, its clients, and what they were promised.
class System {
 public:
  explicit System(const Setup& setup);

  void read(NodeId node, const Value& key, Level level, int client);
  void write(NodeId node, const Value& key, bool deleted, Level level, int client);
  void change_ring(NodeId server, bool add);
  /// Hands what was answered to clients and promises; fails where a promise is broken.
  void listen();
  /// Faults end, and there is time for all that is left to be done; then every member is asked for
  /// every key.
  void come_to_rest();
  [[nodiscard]] TestCluster& cluster() { return cluster_; }

 private:
  using Place = std::pair<int, std::string>;  ///< a client and a key
  void ask(NodeId node, const ClientRequest& request, Place place);
  [[nodiscard]] std::vector<ClientReply> read_everywhere(const Value& key);

  Setup setup_;
  TestCluster cluster_;
  Promises promises_;
  std::int64_t last_value_ = 0;
  std::map<RequestId, Place> waiting_;
  std::map<int, HybridTime> seen_;
  std::map<Place, VersionVector> contexts_;
};

using Command = rc::state::Command<Model, System>;

/// A command about one node.
struct OnNode : Command {
  explicit OnNode(const Model& model)
      : node(*rc::gen::inRange<std::uint32_t>(1, model.nodes + 1)) {}
  void show_as(std::ostream& out, std::string_view verb) const {
    out << verb << ' ' << base::to_text(node);
  }
  NodeId node;
};

struct Ask : OnNode {
  explicit Ask(const Model& model)
      : OnNode(model),
        key(*rc::gen::elementOf(model.keys)),
        level(*rc::gen::weightedElement<Level>(
            {{5, Level::usual}, {1, Level::one}, {1, Level::quorum}, {1, Level::all}})),
        client(*rc::gen::inRange(0, 3)) {}
  void checkPreconditions(const Model& model) const override { RC_PRE(!model.down.contains(node)); }
  void show_ask(std::ostream& out, std::string_view what) const {
    static constexpr std::string_view levels[] = {"", " at one", " at a quorum", " at all"};
    out << fmt::format("client {} asks {} to {} {}{}", client, base::to_text(node), what,
                       kv::to_text(key), levels[static_cast<std::size_t>(level)]);
  }
  Value key;
  Level level;
  int client;
};

struct Read : Ask {
  using Ask::Ask;
  void run(const Model&, System& system) const override {
    system.read(node, key, level, client);
    system.listen();
  }
  void show(std::ostream& out) const override { show_ask(out, "read"); }
};

struct Write : Ask {
  explicit Write(const Model& model) : Ask(model), deleted(*rc::gen::inRange(0, 5) == 4) {}
  void run(const Model&, System& system) const override {
    system.write(node, key, deleted, level, client);
    system.listen();
  }
  void show(std::ostream& out) const override { show_ask(out, deleted ? "delete" : "write"); }
  bool deleted;
};

/// Some of the messages that wait, from some place in their queue on.
struct Deliver : Command {
  void run(const Model&, System& system) const override {
    TestCluster& cluster = system.cluster();
    for (int i = 0; i < count && !cluster.in_flight().empty(); ++i)
      cluster.deliver(first % cluster.in_flight().size(), repeated);
    system.listen();
  }
  void show(std::ostream& out) const override {
    out << fmt::format("deliver {} from place {}{}", count, first, repeated ? " and keep it" : "");
  }
  int count = *rc::gen::inRange(1, 12);
  std::size_t first = *rc::gen::inRange<std::size_t>(0, 8);
  bool repeated = *rc::gen::inRange(0, 8) == 7;
};

struct Lose : Command {
  void run(const Model&, System& system) const override {
    const auto& waiting = system.cluster().in_flight();
    for (int i = 0; i < count && !waiting.empty(); ++i)
      system.cluster().drop(first % waiting.size());
  }
  void show(std::ostream& out) const override {
    out << fmt::format("lose {} from place {}", count, first);
  }
  int count = *rc::gen::inRange(1, 4);
  std::size_t first = *rc::gen::inRange<std::size_t>(0, 8);
};

struct Sync : OnNode {
  using OnNode::OnNode;
  void run(const Model&, System& system) const override {
    system.cluster().sync(node);
    system.listen();
  }
  void show(std::ostream& out) const override { show_as(out, "sync"); }
};

/// Moves time on to the node's timer.
struct Tick : OnNode {
  using OnNode::OnNode;
  void checkPreconditions(const Model& model) const override { RC_PRE(!model.down.contains(node)); }
  void run(const Model&, System& system) const override {
    system.cluster().fire_timer(node);
    system.listen();
  }
  void show(std::ostream& out) const override { show_as(out, "tick"); }
};

/// All that can arrive arrives, and time stands still.
struct Settle : Command {
  void run(const Model&, System& system) const override {
    system.cluster().settle();
    system.listen();
  }
  void show(std::ostream& out) const override { out << "settle"; }
};

/// Timers fire when due, and all that can arrive arrives.
struct PassTime : Command {
  void run(const Model&, System& system) const override {
    system.cluster().run_for(std::chrono::milliseconds(100 * tenths));
    system.listen();
  }
  void show(std::ostream& out) const override { out << fmt::format("run {}ms", 100 * tenths); }
  int tenths = *rc::gen::inRange(1, 10);
};

/// The node's clock is ahead of the others from now on.
struct Hasten : OnNode {
  explicit Hasten(const Model& model) : OnNode(model), ahead(*rc::gen::inRange(1, 300)) {}
  void checkPreconditions(const Model& model) const override { RC_PRE(!model.down.contains(node)); }
  void run(const Model&, System& system) const override {
    set_clock_ahead(system.cluster(), node, std::chrono::milliseconds(ahead));
  }
  void show(std::ostream& out) const override {
    out << fmt::format("{}'s clock goes {}ms ahead", base::to_text(node), ahead);
  }
  int ahead;
};

struct Crash : OnNode {
  using OnNode::OnNode;
  void checkPreconditions(const Model& model) const override { RC_PRE(!model.down.contains(node)); }
  void apply(Model& model) const override { model.down.insert(node); }
  void run(const Model&, System& system) const override { system.cluster().crash(node); }
  void show(std::ostream& out) const override { show_as(out, "crash"); }
};

struct Restart : OnNode {
  using OnNode::OnNode;
  void checkPreconditions(const Model& model) const override { RC_PRE(model.down.contains(node)); }
  void apply(Model& model) const override { model.down.erase(node); }
  void run(const Model&, System& system) const override { system.cluster().restart(node); }
  void show(std::ostream& out) const override { show_as(out, "restart"); }
};

/// All links of one node, or what comes in over them.
struct CutOff : OnNode {
  using OnNode::OnNode;
  void apply(Model& model) const override { model.cut = true; }
  void run(const Model&, System& system) const override {
    for (const NodeId other : system.cluster().nodes()) {
      system.cluster().cut(other, node);
      if (!one_way) system.cluster().cut(node, other);
    }
  }
  void show(std::ostream& out) const override { show_as(out, one_way ? "deafen" : "isolate"); }
  bool one_way = *rc::gen::inRange(0, 4) == 3;
};

struct Heal : Command {
  void checkPreconditions(const Model& model) const override { RC_PRE(model.cut); }
  void apply(Model& model) const override { model.cut = false; }
  void run(const Model&, System& system) const override { system.cluster().heal(); }
  void show(std::ostream& out) const override { out << "heal"; }
};

struct ChangeRing : OnNode {
  using OnNode::OnNode;
  void checkPreconditions(const Model& model) const override { RC_PRE(model.ring_changes); }
  void run(const Model&, System& system) const override { system.change_ring(node, add); }
  void show(std::ostream& out) const override { show_as(out, add ? "add" : "remove"); }
  bool add = *rc::gen::arbitrary<bool>();
};

}  // namespace eris::quorum::commands
