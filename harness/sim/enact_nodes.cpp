// Faults on processes, their machines' power and their clocks.
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/sim/world.hpp"

namespace eris::sim {

using base::NodeId;
using model::Evidence;
using model::NodeState;
using namespace std::chrono_literals;

namespace {

/// How long an end waits for its moment; then it comes anyway.
constexpr base::Duration awkward_wait_max = 100ms;
/// In a storm a process lives this long between two ends.
constexpr base::Duration storm_life_max = 20ms;
constexpr std::uint64_t storm_ends_max = 4;

}  // namespace

Evidence World::enact(const model::Kill& kill) {
  return end_all(kill.nodes, &Node::kill, "killed");
}

Evidence World::enact(const model::PowerOff& off) {
  return end_all(off.nodes, &Node::lose_power, "lost power");
}

Evidence World::end_all(const std::vector<NodeId>& nodes, Ending ending, std::string_view how) {
  Evidence evidence;
  std::vector<NodeId> alive;
  for (const NodeId id : nodes) {
    if (member(id).node->state() == NodeState::dead) {
      add_fact(evidence, id, "state", "already dead");
      continue;
    }
    alive.push_back(id);
    add_fact(evidence, id, "end", how);
    evidence.took_effect = true;
  }
  if (options_.quirks.awkward_ends.strike(chance_))
    await_awkward_moment({std::move(alive), ending, how, now_ + awkward_wait_max});
  else
    for (const NodeId id : alive) end(member(id), ending, how);
  return evidence;
}

void World::end(Member& ended, Ending ending, std::string_view how) {
  const bool was_syncing = ended.node->disk().has_unsynced();
  end_quietly(ended, ending);
  say(ended.node->id(), "exited",
      {{"how", model::Value(how)}, {"sync under way", model::Value(was_syncing)}});
}

void World::end_quietly(Member& ended, Ending ending) {
  (*ended.node.*ending)();
  ended.status.reset();
  break_connections(ended);
}

/// The first of the nodes to come to that moment stops in the middle of what it does, and the
/// others end with it.
void World::await_awkward_moment(AwkwardEnd awaited) {
  const auto moment = static_cast<AwkwardMoment>(chance_.below(2));
  for (const NodeId id : awaited.nodes) member(id).node->arm(moment);
  happens(awaited.until, EndIsDue{});
  awkward_ends_.push_back(std::move(awaited));
}

void World::look_for_awkward_moments() {
  for (std::size_t i = 0; i < awkward_ends_.size();) {
    const AwkwardEnd& awaited = awkward_ends_[i];
    const bool has_come =
        now_ >= awaited.until || std::ranges::any_of(awaited.nodes, [&](NodeId id) {
          return member(id).node->has_stopped();
        });
    if (has_come)
      end_now(i);
    else
      ++i;
  }
}

void World::end_now(std::size_t place) {
  const AwkwardEnd awaited = std::move(awkward_ends_[place]);
  awkward_ends_.erase(awkward_ends_.begin() + static_cast<std::ptrdiff_t>(place));
  for (const NodeId id : awaited.nodes)
    if (member(id).node->state() != NodeState::dead) end(member(id), awaited.ending, awaited.how);
}

Evidence World::enact(const model::Restart& restart) {
  return start_all(restart.nodes);
}

Evidence World::enact(const model::PowerOn& on) {
  return start_all(on.nodes);
}

Evidence World::start_all(const std::vector<NodeId>& nodes) {
  Evidence evidence;
  // What was to end and has not yet ends now.
  for (std::size_t i = awkward_ends_.size(); i-- > 0;)
    if (std::ranges::find_first_of(awkward_ends_[i].nodes, nodes) != awkward_ends_[i].nodes.end())
      end_now(i);
  for (const NodeId id : nodes) {
    if (member(id).node->state() != NodeState::dead)
      add_fact(evidence, id, "state", "not dead");
    else
      start(member(id), evidence);
  }
  return evidence;
}

void World::start(Member& started, Evidence& evidence) {
  Node& node = *started.node;
  evidence.took_effect = true;
  if (options_.quirks.start_delay_max.count() > 0)
    pass(chance_.duration(0ns, options_.quirks.start_delay_max));
  if (options_.quirks.restart_storms.strike(chance_)) storm(started, evidence);
  if (const auto loaded = node.load(); !loaded) {
    // It is the promise of a careful node that it does this; the others must go on without it.
    const std::string why = base::to_text(loaded.error());
    say(node.id(), "refused", {{"why", model::Value(std::string_view(why))}});
    return add_fact(evidence, node.id(), "refused to start", why);
  }
  say(node.id(), "started");
  node.begin();
  add_fact(evidence, node.id(), "state", "started");
}

/// The process comes and goes a few times before it comes to stay. The journal tells of each start,
/// since what is kept in memory begins anew; an end would look like one that nobody had asked for.
void World::storm(Member& started, Evidence& evidence) {
  const std::uint64_t ends = 1 + chance_.below(storm_ends_max);
  for (std::uint64_t i = 0; i < ends; ++i) {
    if (!started.node->load()) return;
    say(started.node->id(), "started");
    started.node->begin();
    pass(chance_.duration(0ns, storm_life_max));
    if (started.node->state() != NodeState::dead) end_quietly(started, &Node::kill);
  }
  add_fact(evidence, started.node->id(), "ends while it started", std::to_string(ends));
}

Evidence World::enact(const model::Pause& pause) {
  Evidence evidence;
  for (const NodeId id : pause.nodes) {
    Node& node = *member(id).node;
    if (node.state() != NodeState::running) {
      add_fact(evidence, id, "state", "not running");
      continue;
    }
    node.pause();
    add_fact(evidence, id, "state", "stopped");
    evidence.took_effect = true;
  }
  return evidence;
}

Evidence World::enact(const model::Resume& resume) {
  Evidence evidence;
  for (const NodeId id : resume.nodes) {
    Node& node = *member(id).node;
    if (node.state() != NodeState::paused) {
      add_fact(evidence, id, "state", "not paused");
      continue;
    }
    node.resume();
    add_fact(evidence, id, "state", "running");
    evidence.took_effect = true;
  }
  return evidence;
}

// ---- clocks

Evidence World::enact(const model::BendClock& bend) {
  Evidence evidence;
  for (const NodeId id : bend.nodes) {
    Member& bent = member(id);
    bent.node->bend_clock(bend.settings);
    const base::Duration off = bent.node->clock().read(now_) - now_;
    add_fact(evidence, id, "clock is off by", base::to_rounded_text(off));
    evidence.took_effect |= bend.settings.jump.count() != 0;
    ++bent.bends;
    if (bend.settings.strobe.count() > 0)
      happens(now_ + bend.settings.strobe, ClockFlips{.node = id, .bend = bent.bends});
  }
  return evidence;
}

Evidence World::enact(const model::MendClock& mend) {
  Evidence evidence;
  for (const NodeId id : mend.nodes) {
    Member& bent = member(id);
    const base::Duration off = bent.node->clock().read(now_) - now_;
    add_fact(evidence, id, "clock was off by", base::to_rounded_text(off));
    evidence.took_effect |= off.count() != 0;
    bent.node->mend_clock();
    ++bent.bends;
  }
  return evidence;
}

void World::operator()(ClockFlips& flip) {
  Member& bent = member(flip.node);
  if (flip.bend != bent.bends) return;
  bent.node->flip_clock();
  happens(now_ + bent.node->clock().bent()->strobe, flip);
}

}  // namespace eris::sim
