// Node: one simulated node: a core, its clock, its disk, and the order that its outputs keep.
//
// It does for a core what adapters/reference/node does with sockets and files: a Send listed after
// an Append leaves when that is durable, and an error of the disk ends the process. A paused node
// takes nothing in; what reaches it waits.
// Thread rule: one owner.
#pragma once

#include <deque>
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
#include "harness/sim/quirks.hpp"

namespace eris::sim {

/// What a node does to the world around it.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  [[nodiscard]] virtual base::Instant now() const = 0;
  virtual void happens(base::Instant at, Happening&& what) = 0;
  virtual void send(base::NodeId from, core::Send&& send) = 0;
  virtual void reply(base::NodeId from, core::Reply&& reply) = 0;
  /// The core has taken in what there was.
  virtual void stepped(base::NodeId node, const core::AnyCore& core) = 0;
  /// The process cannot go on.
  virtual void gives_up(base::NodeId node, const base::Error& why) = 0;
};

/// A moment at which it hurts most to die.
enum class AwkwardMoment {
  submitted,  ///< something is on its way to the disk, and nothing that follows it has left
  sent,       ///< one message has left, the others have not
};

class Node {
 public:
  struct Parts {
    adapters::SimulatedNode setup;
    const adapters::SimulatedSystem& system;
    adapters::Watcher& watcher;
    Surroundings& world;
    const Quirks& quirks;
    NodeClock clock;
    base::Rng rng;
  };
  explicit Node(Parts parts);

  /// Makes a process of what the disk holds. Errors: what the core says of that, or that it is
  /// damaged.
  [[nodiscard]] base::Result<void> load();
  /// The process takes its first step.
  void begin();
  /// It left with an erased disk: from now on it starts as one that is added later.
  void start_as_newcomer() { std::erase(setup_.all, setup_.self); }
  /// SIGKILL.
  void kill();
  void lose_power();
  void pause();
  void resume();

  /// From now on the node stops in the middle of what it does when this moment comes; whoever armed
  /// it then ends it.
  void arm(AwkwardMoment moment) { armed_ = moment; }
  [[nodiscard]] bool has_stopped() const { return stopped_; }

  void take(core::Input&& input);
  void timer_due(std::uint64_t setting);
  void sync_ended(Incarnation incarnation, core::PersistCount count);

  void bend_clock(const model::ClockBend& bend);
  void flip_clock();
  void mend_clock();

  [[nodiscard]] base::NodeId id() const { return setup_.self; }
  [[nodiscard]] model::NodeState state() const { return state_; }
  [[nodiscard]] const core::AnyCore* core() const { return core_.get(); }
  [[nodiscard]] Disk& disk() { return disk_; }
  [[nodiscard]] const Disk& disk() const { return disk_; }
  [[nodiscard]] const NodeClock& clock() const { return clock_; }
  /// Durable actions that it has handed to its disk, in all its lives.
  [[nodiscard]] std::uint64_t submitted() const { return submitted_; }

 private:
  using Held = std::variant<core::Send, core::Reply>;

  void end();
  void step(const core::Input& input);
  void look();
  void carry_out(core::Outputs&& outputs);
  void carry_out(core::Output&& output);
  template <typename Message>
  void hold_or_emit(Message&& message);
  void emit(core::Send&& send);
  void emit(core::Reply&& reply);
  void release();
  void begin_sync();
  void submit(DurableAction&& action);
  void set_timer(base::Instant local);
  void wait_for_timer();
  void reach(AwkwardMoment moment);

  adapters::SimulatedNode setup_;
  const adapters::SimulatedSystem& system_;
  adapters::Watcher& watcher_;
  Surroundings& world_;
  const Quirks& quirks_;
  NodeClock clock_;
  base::Rng rng_;
  Disk disk_;
  model::NodeState state_ = model::NodeState::dead;
  std::unique_ptr<core::AnyCore> core_;
  Incarnation incarnation_ = 0;
  std::uint64_t submitted_ = 0;
  core::PersistCount issued_ = 0;
  std::deque<std::pair<core::PersistCount, Held>> held_;
  std::deque<core::Input> waiting_;  ///< of a paused node

  std::optional<base::Instant> timer_;  ///< as the node's clock shows it
  base::Instant timer_at_{};            ///< the true time when it is due
  /// When the agenda's next TimerDue comes. A timer that is put off, as most are again and again,
  /// leaves it where it is, and is looked at again when it comes.
  std::optional<base::Instant> timer_looked_at_;
  std::uint64_t timer_setting_ = 0;

  std::optional<AwkwardMoment> armed_;
  bool stopped_ = false;
};

}  // namespace eris::sim
