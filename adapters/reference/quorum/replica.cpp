// What a replica stores, and what it tells of it.
#include <algorithm>

#include "adapters/reference/quorum/core.hpp"

namespace eris::quorum {

JoinRule Core::rule() const {
  return {.conflict = config_.conflict,
          .tie_keeps_local = has(Bug::tie_keeps_local),
          .siblings_dropped = has(Bug::siblings_dropped)};
}

void Core::handle(NodeId from, const Get& message) {
  send(from, GetReply{message.operation, known_here(stored_key(message.key))});
}

void Core::handle(NodeId from, const Put& message) {
  const StoredKey place = stored_key(message.key);
  if (message.hint_for == NodeId())
    store(message.key, place, message.cell, message.repair && has(Bug::read_repair_writes_older));
  else
    keep_hint(message.hint_for, message.key, place, message.cell);
  if (message.operation != 0) send(from, PutReply{message.operation});
}

/// Joins the cell with what is here; the log has it before anyone is told.
void Core::store(const Value& key, const StoredKey& place, const Cell& cell, bool overwrite) {
  if (cell.empty()) return;
  const auto [found, is_new] = store_.try_emplace(place, Entry{key, {}});
  Entry& entry = found->second;
  const Cell before = entry.cell;
  if (overwrite)
    entry.cell = cell;
  else
    join(entry.cell, cell, rule());
  if (!is_new && entry.cell == before) return;
  append(CellRecord{key, entry.cell});
  replaced(place, is_new ? nullptr : &before, &entry.cell);
}

/// Keeps what is derived from the store in step with it.
void Core::replaced(const StoredKey& place, const Cell* before, const Cell* after) {
  if (ring_.layout().ranges() > 0) {
    const auto tree = trees_.find(ring_.layout().range_of(place.position));
    if (tree != trees_.end()) {
      const std::size_t leaf = MerkleTree::leaf_of(place.position);
      if (before != nullptr) tree->second.remove(leaf, cell_hash(place, *before));
      if (after != nullptr) tree->second.add(leaf, cell_hash(place, *after));
    }
  }
  if (after != nullptr && is_tombstone(*after))
    tombstones_.insert(place);
  else
    tombstones_.erase(place);
  strays_.erase(place);
  if (after != nullptr && !ring_.owns(config_.self, place.position)) strays_[place] = {};
}

void Core::drop(const StoredKey& place, Dropped why) {
  const auto found = store_.find(place);
  if (found == store_.end()) return;
  append(DropRecord{found->second.key, why});
  replaced(place, &found->second.cell, nullptr);
  collections_.erase(place);
  store_.erase(found);
}

void Core::keep_hint(NodeId target, const Value& key, const StoredKey& place, const Cell& cell) {
  if (cell.empty()) return;
  if (target == config_.self) {
    store(key, place, cell);
    return;
  }
  const auto [found, is_new] = hints_.try_emplace({target, place}, Entry{key, {}});
  if (!join(found->second.cell, cell, rule()) && !is_new) return;
  append(HintRecord{target, key, found->second.cell});
}

/// Who does not hold the key may keep hints of it, and then stands in for those they are meant for.
Cell Core::known_here(const StoredKey& place) const {
  Cell known;
  if (const auto found = store_.find(place); found != store_.end()) known = found->second.cell;
  const bool asks_hints = config_.mode == Mode::dynamo && config_.sloppy &&
                          !has(Bug::hint_counts_reads_ignore) &&
                          !ring_.owns(config_.self, place.position);
  if (!asks_hints) return known;
  for (const NodeId target : ring_.state().everyone())
    if (const auto hint = hints_.find({target, place}); hint != hints_.end())
      join(known, hint->second.cell, rule());
  return known;
}

}  // namespace eris::quorum
