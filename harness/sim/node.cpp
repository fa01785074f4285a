#include "harness/sim/node.hpp"

#include "harness/base/assert.hpp"

namespace eris::sim {

using model::NodeState;

Node::Node(adapters::SimulatedNode setup, const adapters::SimulatedSystem& system,
           adapters::Watcher& watcher, Surroundings& world, base::Rng rng)
    : setup_(std::move(setup)),
      system_(system),
      watcher_(watcher),
      world_(world),
      disk_(std::move(rng), [this](const DurableAction& action) {
        std::visit([this](const auto& known) { watcher_.durable(setup_.self, known); }, action);
      }) {}

base::Result<void> Node::start() {
  ERIS_TRY(core_, system_.make_core(setup_, disk_.content()));
  ++incarnation_;
  issued_ = 0;
  state_ = NodeState::running;
  watcher_.started(setup_.self, *core_);
  carry_out(core_->start(clock_.read(world_.now())));
  world_.stepped(setup_.self, *core_);
  return {};
}

void Node::kill() {
  state_ = NodeState::dead;
  core_.reset();
  held_.clear();
  waiting_.clear();
  ++timer_setting_;
  disk_.process_died();
}

void Node::pause() {
  ERIS_ASSERT(state_ == NodeState::running, "only what runs can be paused");
  state_ = NodeState::paused;
}

void Node::resume() {
  ERIS_ASSERT(state_ == NodeState::paused, "only what is paused can go on");
  state_ = NodeState::running;
  for (core::Input& input : std::exchange(waiting_, {})) step(std::move(input));
  step(core::Drained{});
}

void Node::take(core::Input input) {
  if (state_ == NodeState::dead) return;
  if (state_ == NodeState::paused) {
    waiting_.push_back(std::move(input));
    return;
  }
  step(std::move(input));
  step(core::Drained{});
}

void Node::timer_due(std::uint64_t setting) {
  if (setting == timer_setting_) take(core::TimerFired{});
}

void Node::sync_ended(Incarnation incarnation, core::PersistCount count) {
  if (incarnation != incarnation_ || state_ == NodeState::dead) return;
  disk_.end_sync();
  release();
  begin_sync();
  take(core::Persisted{count});
}

void Node::step(core::Input input) {
  carry_out(core_->step(clock_.read(world_.now()), std::move(input)));
  watcher_.stepped(setup_.self, *core_);
  world_.stepped(setup_.self, *core_);
}

void Node::carry_out(core::Outputs outputs) {
  for (core::Output& output : outputs) carry_out(std::move(output));
  begin_sync();
}

void Node::carry_out(core::Output output) {
  if (auto* send = std::get_if<core::Send>(&output)) {
    if (send->after_persist)
      hold_or_emit(std::move(*send));
    else
      emit(std::move(*send));
  } else if (auto* reply = std::get_if<core::Reply>(&output)) {
    hold_or_emit(std::move(*reply));
  } else if (auto* append = std::get_if<core::Append>(&output)) {
    ++issued_;
    disk_.submit(std::move(*append));
  } else if (auto* checkpoint = std::get_if<core::Checkpoint>(&output)) {
    ++issued_;
    disk_.submit(std::move(*checkpoint));
  } else {
    set_timer(std::get<core::SetTimer>(output).at);
  }
}

void Node::hold_or_emit(Held held) {
  if (held_.empty() && issued_ == disk_.durable())
    emit(std::move(held));
  else
    held_.emplace_back(issued_, std::move(held));
}

void Node::emit(Held held) {
  if (auto* send = std::get_if<core::Send>(&held))
    world_.send(setup_.self, std::move(*send));
  else
    world_.reply(setup_.self, std::move(std::get<core::Reply>(held)));
}

void Node::release() {
  while (!held_.empty() && held_.front().first <= disk_.durable()) {
    emit(std::move(held_.front().second));
    held_.pop_front();
  }
}

void Node::begin_sync() {
  if (const auto sync = disk_.begin_sync())
    world_.happens(
        world_.now() + sync->takes,
        SyncEnds{.node = setup_.self, .incarnation = incarnation_, .count = sync->up_to});
}

void Node::set_timer(base::Instant local) {
  ++timer_setting_;
  world_.happens(clock_.when(local, world_.now()),
                 TimerDue{.node = setup_.self, .setting = timer_setting_});
}

}  // namespace eris::sim
