// Faults on disks, and servers that leave and join.
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/sim/world.hpp"

namespace eris::sim {

using base::NodeId;
using model::DiskTrouble;
using model::Evidence;
using model::NodeState;

namespace {

bool is_damage(DiskTrouble trouble) {
  return trouble == DiskTrouble::corrupted || trouble == DiskTrouble::misdirected;
}

}  // namespace

Evidence World::enact(const model::HarmDisk& harm) {
  Evidence evidence;
  for (const NodeId id : harm.nodes) {
    Member& harmed = member(id);
    if (is_damage(harm.settings)) {
      damage(harmed, harm.settings, evidence);
      continue;
    }
    // Its evidence comes when the process next writes: see MendDisk.
    harmed.node->disk().set_trouble(harm.settings);
    harmed.slow_syncs_before = harmed.node->disk().slow_syncs();
    add_fact(evidence, id, "disk", model::to_text(harm.settings));
  }
  return evidence;
}

/// The machine fails, and when it comes back its data is not what was written.
void World::damage(Member& harmed, DiskTrouble how, Evidence& evidence) {
  const NodeId id = harmed.node->id();
  if (harmed.node->state() != NodeState::dead) end(harmed, &Node::lose_power, "lost power");
  if (!harmed.node->disk().damage(how)) {
    add_fact(evidence, id, "disk", "too little on it to be damaged");
    return;
  }
  harmed.disk_lost = true;
  add_fact(evidence, id, "disk", model::to_text(how));
  evidence.took_effect = true;
}

Evidence World::enact(const model::MendDisk& mend) {
  Evidence evidence;
  for (const NodeId id : mend.nodes) {
    Member& mended = member(id);
    Node& node = *mended.node;
    if (mend.settings == DiskTrouble::slow) {
      const std::uint64_t slow = node.disk().slow_syncs() - mended.slow_syncs_before;
      add_fact(evidence, id, "slow syncs", std::to_string(slow));
      evidence.took_effect |= slow > 0;
    }
    node.disk().set_trouble(std::nullopt);
    // A node that is down while its disk was merely slow is down for another reason.
    if (mend.settings != DiskTrouble::slow && node.state() == NodeState::dead)
      start(mended, evidence);
  }
  return evidence;
}

Evidence World::enact(const model::Wipe& wipe) {
  Evidence evidence;
  for (const NodeId id : wipe.nodes) {
    erase(id);
    add_fact(evidence, id, "disk", "erased");
    evidence.took_effect = true;
  }
  return evidence;
}

Evidence World::enact(const model::StartEmpty& start) {
  return start_all(start.nodes);
}

void World::erase(NodeId id) {
  Member& erased = member(id);
  if (erased.node->state() != NodeState::dead) end(erased, &Node::lose_power, "disk erased");
  erased.node->disk().wipe();
  network_.close_connections_of(id);
  watcher_->wiped(id);
}

// ---- membership: that a change came into force shows when it is undone

Evidence World::enact(const model::RemoveServer& remove) {
  return change_membership(remove.nodes, false, remove.settings);
}

Evidence World::enact(const model::AddServer& add) {
  return change_membership(add.nodes, true, add.settings);
}

Evidence World::change_membership(const std::vector<NodeId>& nodes, bool joins,
                                  model::ServerData data) {
  Evidence evidence;
  for (const NodeId id : nodes) {
    const bool earlier_done =
        joins ? administrator_.add(id, data) : administrator_.remove(id, data);
    const bool is_first_member = id.value <= options_.nodes;
    const bool undoes = joins == is_first_member;
    add_fact(evidence, id, "is asked to", joins ? "join" : "leave");
    if (!undoes) continue;
    add_fact(evidence, id, is_first_member ? "had left" : "had joined",
             earlier_done ? "yes" : "no");
    evidence.took_effect |= earlier_done;
  }
  return evidence;
}

void World::bring_up(NodeId id, model::ServerData data) {
  const bool is_new = !exists(id);
  while (!exists(id)) add_member(NodeId(static_cast<std::uint32_t>(members_.size() + 1)));
  if (member(id).node->state() != NodeState::dead) return;
  // One that a fault holds down comes back with that fault's end.
  if (!is_new && data == model::ServerData::kept) return;
  if (!is_new) member(id).node->start_as_newcomer();
  Evidence shown_by_its_own_events;
  start(member(id), shown_by_its_own_events);
}

}  // namespace eris::sim
