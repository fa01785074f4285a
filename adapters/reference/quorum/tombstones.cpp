// When a deletion may be forgotten.
//
// A tombstone that is collected while an older version is anywhere, on a disk, in a hint, or on its
// way, lets that version come back. So the first owner of the key asks every member, and every
// member answers that it knows nothing older: no other cell, no hint, no operation under way. That
// twice, with a pause in which all messages from before become too old to be accepted, and after a
// third pause the owners are told to forget.
// Why twice: an old version that was on its way during the first round may have become a hint by
// the second; after that round nobody is left who could send one.
#include <algorithm>

#include "adapters/reference/quorum/core.hpp"

namespace eris::quorum {
namespace {

constexpr unsigned rounds_needed = 2;

}  // namespace

void Core::collect_tombstones() {
  if (ring_.state().moving()) return;
  const HybridTime grace = to_hybrid(config_.timeouts.tombstone_grace);
  const std::set<StoredKey> tombstones = tombstones_;
  for (const StoredKey& place : tombstones) {
    const Entry& entry = store_.at(place);
    if (hybrid_now() < latest(entry.cell).time + grace) continue;
    if (has(Bug::tombstone_collected_early)) {
      drop(place, Dropped::collected);
      continue;
    }
    const auto groups = ring_.groups(place.position);
    if (!groups.empty() && groups.back().front() == config_.self) pursue(place, entry);
  }
}

void Core::pursue(const StoredKey& place, const Entry& entry) {
  Collection& collection = collections_[place];
  if (collection.tombstone != entry.cell) collection = {.tombstone = entry.cell};
  if (hybrid_now() < collection.not_before) return;
  if (collection.rounds == rounds_needed) {
    const auto groups = ring_.groups(place.position);
    for (const NodeId owner : groups.back())
      if (owner != config_.self) send(owner, Collect{entry.key, entry.cell});
    drop(place, Dropped::collected);
    return;
  }
  for (const NodeId member : ring_.state().members) {
    if (member == config_.self || collection.confirmed.contains(member)) continue;
    send(member, Confirm{entry.key, entry.cell});
  }
  if (is_clean(place, entry.cell)) confirmed(place, config_.self);
}

void Core::confirmed(const StoredKey& place, NodeId by) {
  Collection& collection = collections_.at(place);
  collection.confirmed.insert(by);
  const bool everybody = std::ranges::all_of(
      ring_.state().members, [&](NodeId member) { return collection.confirmed.contains(member); });
  if (!everybody) return;
  ++collection.rounds;
  collection.confirmed.clear();
  collection.not_before =
      hybrid_now() + to_hybrid(config_.timeouts.message_age_max + config_.timeouts.gossip);
}

/// This node knows nothing that the tombstone does not replace.
bool Core::is_clean(const StoredKey& place, const Cell& tombstone) const {
  const auto held = store_.find(place);
  const bool owns = ring_.owns(config_.self, place.position);
  if (owns ? held == store_.end() || held->second.cell != tombstone : held != store_.end())
    return false;
  const bool under_way = std::ranges::any_of(
      operations_, [&](const auto& operation) { return operation.second.place == place; });
  const bool hinted =
      std::ranges::any_of(hints_, [&](const auto& hint) { return hint.first.second == place; });
  return !under_way && !hinted;
}

void Core::handle(NodeId from, const Confirm& message) {
  const StoredKey place = stored_key(message.key);
  const bool clean = is_tombstone(message.tombstone) && is_clean(place, message.tombstone);
  if (ring_.owns(config_.self, place.position)) store(message.key, place, message.tombstone);
  send(from, ConfirmReply{message.key, latest(message.tombstone), clean});
}

void Core::handle(NodeId from, const ConfirmReply& message) {
  const StoredKey place = stored_key(message.key);
  const auto found = collections_.find(place);
  if (found == collections_.end() || latest(found->second.tombstone) != message.latest) return;
  if (hybrid_now() < found->second.not_before || found->second.rounds == rounds_needed) return;
  if (message.clean)
    confirmed(place, from);
  else
    collections_.erase(found);
}

void Core::handle(NodeId, const Collect& message) {
  const StoredKey place = stored_key(message.key);
  const auto held = store_.find(place);
  if (held != store_.end() && held->second.cell == message.tombstone &&
      is_tombstone(message.tombstone))
    drop(place, Dropped::collected);
}

}  // namespace eris::quorum
