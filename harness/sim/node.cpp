#include "harness/sim/node.hpp"

#include "harness/base/assert.hpp"

namespace eris::sim {

using model::NodeState;
using namespace std::chrono_literals;

Node::Node(Parts parts)
    : setup_(std::move(parts.setup)),
      system_(parts.system),
      watcher_(parts.watcher),
      world_(parts.world),
      quirks_(parts.quirks),
      clock_(parts.clock),
      rng_(parts.rng.stream("timer")),
      disk_(parts.rng.stream("disk"), parts.quirks, [this](const DurableAction& action) {
        std::visit([this](const auto& known) { watcher_.durable(setup_.self, known); }, action);
      }) {}

base::Result<void> Node::load() {
  ERIS_ASSERT(state_ == NodeState::dead, "only what is dead can start");
  ERIS_TRY(const core::Recovered recovered, disk_.open(system_.takes_torn_records()));
  ERIS_TRY(core_, system_.make_core(setup_, recovered));
  return {};
}

void Node::begin() {
  ++incarnation_;
  issued_ = 0;
  state_ = NodeState::running;
  clock_.process_began();
  watcher_.started(setup_.self, *core_);
  carry_out(core_->start(clock_.tell(world_.now())));
  look();
}

void Node::kill() {
  end();
  disk_.process_died();
}

void Node::lose_power() {
  end();
  disk_.power_lost();
}

void Node::end() {
  state_ = NodeState::dead;
  core_.reset();
  held_.clear();
  waiting_.clear();
  timer_.reset();
  timer_looked_at_.reset();
  armed_.reset();
  stopped_ = false;
}

void Node::pause() {
  ERIS_ASSERT(state_ == NodeState::running, "only what runs can be paused");
  state_ = NodeState::paused;
}

void Node::resume() {
  ERIS_ASSERT(state_ == NodeState::paused, "only what is paused can go on");
  state_ = NodeState::running;
  release();
  begin_sync();
  for (const core::Input& input : std::exchange(waiting_, {})) step(input);
  step(core::Drained{});
  look();
}

void Node::take(core::Input&& input) {
  if (state_ == NodeState::dead) return;
  if (state_ == NodeState::paused) {
    waiting_.push_back(std::move(input));
    return;
  }
  step(input);
  step(core::Drained{});
  look();
}

void Node::sync_ended(Incarnation incarnation, core::PersistCount count) {
  if (incarnation != incarnation_ || state_ == NodeState::dead || stopped_) return;
  if (const auto ended = disk_.end_sync(); !ended) return world_.gives_up(id(), ended.error());
  if (state_ == NodeState::paused) {
    // The disk is done; the process does not know it yet.
    waiting_.push_back(core::Persisted{count});
    return;
  }
  release();
  begin_sync();
  take(core::Persisted{count});
}

void Node::step(const core::Input& input) {
  if (stopped_) return;
  carry_out(core_->step(clock_.tell(world_.now()), input));
}

/// Lets others see what has become of the core.
void Node::look() {
  watcher_.stepped(setup_.self, *core_);
  world_.stepped(setup_.self, *core_);
}

// ---- outputs

void Node::carry_out(core::Outputs&& outputs) {
  for (core::Output& output : outputs) {
    carry_out(std::move(output));
    if (stopped_) return;
  }
  begin_sync();
}

void Node::carry_out(core::Output&& output) {
  if (auto* send = std::get_if<core::Send>(&output)) {
    if (send->after_persist)
      hold_or_emit(std::move(*send));
    else
      emit(std::move(*send));
  } else if (auto* reply = std::get_if<core::Reply>(&output)) {
    hold_or_emit(std::move(*reply));
  } else if (auto* append = std::get_if<core::Append>(&output)) {
    submit(std::move(*append));
  } else if (auto* checkpoint = std::get_if<core::Checkpoint>(&output)) {
    submit(std::move(*checkpoint));
  } else {
    set_timer(std::get<core::SetTimer>(output).at);
  }
}

void Node::submit(DurableAction&& action) {
  ++issued_;
  ++submitted_;
  disk_.submit(std::move(action));
  reach(AwkwardMoment::submitted);
}

template <typename Message>
void Node::hold_or_emit(Message&& message) {
  if (held_.empty() && issued_ == disk_.durable())
    emit(std::move(message));
  else
    held_.emplace_back(issued_, std::move(message));
}

void Node::emit(core::Send&& send) {
  world_.send(setup_.self, std::move(send));
  reach(AwkwardMoment::sent);
}

void Node::emit(core::Reply&& reply) {
  world_.reply(setup_.self, std::move(reply));
}

void Node::release() {
  while (!stopped_ && !held_.empty() && held_.front().first <= disk_.durable()) {
    std::visit([this](auto& held) { emit(std::move(held)); }, held_.front().second);
    held_.pop_front();
  }
}

void Node::begin_sync() {
  if (const auto sync = disk_.begin_sync())
    world_.happens(
        world_.now() + sync->takes,
        SyncEnds{.node = setup_.self, .incarnation = incarnation_, .count = sync->up_to});
}

void Node::reach(AwkwardMoment moment) {
  if (armed_ == moment) stopped_ = true;
}

// ---- time

void Node::set_timer(base::Instant local) {
  timer_ = local;
  timer_at_ = clock_.when(local, world_.now());
  if (quirks_.late_timers.strike(rng_)) timer_at_ += rng_.duration(0ns, quirks_.timer_delay_max);
  wait_for_timer();
}

void Node::wait_for_timer() {
  if (timer_looked_at_ && *timer_looked_at_ <= timer_at_) return;
  timer_looked_at_ = timer_at_;
  ++timer_setting_;
  world_.happens(timer_at_, TimerDue{.node = setup_.self, .setting = timer_setting_});
}

void Node::timer_due(std::uint64_t setting) {
  if (setting != timer_setting_ || !timer_looked_at_) return;
  timer_looked_at_.reset();
  if (!timer_) return;
  if (timer_at_ > world_.now()) return wait_for_timer();
  timer_.reset();
  take(core::TimerFired{});
}

void Node::bend_clock(const model::ClockBend& bend) {
  clock_.bend(world_.now(), bend);
  if (timer_) set_timer(*timer_);
}

void Node::flip_clock() {
  clock_.flip(world_.now());
  if (timer_) set_timer(*timer_);
}

void Node::mend_clock() {
  clock_.mend();
  if (timer_) set_timer(*timer_);
}

}  // namespace eris::sim
