// Node: one simulated node: a core, its clock, its disk, and the order that its outputs keep.
//
// It does for a core what adapters/reference/node does with sockets and files: a Send listed after
// an Append leaves when that is durable. A paused node takes nothing in; what reaches it waits.
// Thread rule: one owner.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "adapters/simulated_system.hpp"
#include "harness/base/rng.hpp"
#include "harness/model/cluster_view.hpp"
#include "harness/sim/disk.hpp"
#include "harness/sim/happenings.hpp"
#include "harness/sim/node_clock.hpp"

namespace eris::sim {

/// What a node does to the world around it.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  [[nodiscard]] virtual base::Instant now() const = 0;
  virtual void happens(base::Instant at, Happening what) = 0;
  virtual void send(base::NodeId from, core::Send send) = 0;
  virtual void reply(base::NodeId from, core::Reply reply) = 0;
  /// The core has taken a step.
  virtual void stepped(base::NodeId node, const core::AnyCore& core) = 0;
};

class Node {
 public:
  Node(adapters::SimulatedNode setup, const adapters::SimulatedSystem& system,
       adapters::Watcher& watcher, Surroundings& world, base::Rng rng);

  /// Starts it on what its disk holds. Errors: what the core says of that.
  [[nodiscard]] base::Result<void> start();
  /// SIGKILL.
  void kill();
  void pause();
  void resume();

  void take(core::Input input);
  void timer_due(std::uint64_t setting);
  void sync_ended(Incarnation incarnation, core::PersistCount count);

  [[nodiscard]] base::NodeId id() const { return setup_.self; }
  [[nodiscard]] model::NodeState state() const { return state_; }
  [[nodiscard]] const core::AnyCore* core() const { return core_.get(); }

 private:
  using Held = std::variant<core::Send, core::Reply>;

  void step(core::Input input);
  void carry_out(core::Outputs outputs);
  void carry_out(core::Output output);
  void hold_or_emit(Held held);
  void emit(Held held);
  void release();
  void begin_sync();
  void set_timer(base::Instant local);

  adapters::SimulatedNode setup_;
  const adapters::SimulatedSystem& system_;
  adapters::Watcher& watcher_;
  Surroundings& world_;
  Disk disk_;
  NodeClock clock_;
  model::NodeState state_ = model::NodeState::dead;
  std::unique_ptr<core::AnyCore> core_;
  Incarnation incarnation_ = 0;
  core::PersistCount issued_ = 0;
  std::deque<std::pair<core::PersistCount, Held>> held_;
  std::deque<core::Input> waiting_;  ///< of a paused node
  std::uint64_t timer_setting_ = 0;
};

}  // namespace eris::sim
