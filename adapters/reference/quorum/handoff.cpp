// Hinted handoff (Dynamo, section 4.6): what is kept for a node that was away goes to it when it is
// back. In the same way cells leave a node that does not own them any more.
//
// Nothing is forgotten before its new holder has said that it has it.
#include <algorithm>

#include "adapters/reference/quorum/core.hpp"

namespace eris::quorum {

void Core::hand_off() {
  // What was sent so long ago would not be accepted any more.
  const HybridTime age_max = to_hybrid(config_.timeouts.message_age_max);
  while (!transfers_.empty() && transfers_.begin()->first + age_max < hybrid_now())
    transfers_.erase(transfers_.begin());
  std::size_t left = config_.limits.transfers_max;
  hand_off_hints(left);
  move_cells(left);
  hand_off_strays(left);
}

void Core::hand_off_hints(std::size_t& left) {
  const RingState& ring = ring_.state();
  std::vector<HintKey> sent;
  for (const auto& [hint, entry] : hints_) {
    if (left == 0) break;
    const auto& [target, place] = hint;
    const bool is_member = std::ranges::binary_search(ring.members, target);
    // One that is leaving may have given away all that it will, and until it has left its hints
    // count for it.
    if (!is_member && std::ranges::binary_search(ring.leaving, target)) continue;
    // A target that has left the ring is replaced by those who own the key now.
    const auto groups = ring_.groups(place.position);
    if (!is_member && groups.empty()) continue;
    const NodeId to = is_member ? target : groups.back().front();
    if (to == config_.self) {
      store(entry.key, place, entry.cell);
      sent.push_back(hint);
      continue;
    }
    if (!alive(to)) continue;
    send_transfer({Transfer::Why::hint, place, to, target, hash(entry.cell)}, entry);
    --left;
    if (has(Bug::hint_dropped_before_ack)) sent.push_back(hint);
  }
  for (const HintKey& hint : sent) drop_hint(hint);
}

void Core::hand_off_strays(std::size_t& left) {
  if (ring_.state().moving() || ring_.version() == 0) return;
  std::vector<StoredKey> forgotten;
  for (const auto& [place, have] : strays_) {
    if (left == 0) break;
    const Entry& entry = store_.at(place);
    if (has(Bug::rebalancing_drops_range)) {
      forgotten.push_back(place);
      continue;
    }
    const auto groups = ring_.groups(place.position);
    for (const NodeId owner : groups.back()) {
      if (have.contains(owner) || !alive(owner) || left == 0) continue;
      send_transfer({Transfer::Why::stray, place, owner, NodeId(), hash(entry.cell)}, entry);
      --left;
    }
  }
  for (const StoredKey& place : forgotten) drop(place, Dropped::moved);
}

void Core::send_transfer(const Transfer& transfer, const Entry& entry) {
  const OperationId id = fresh_time();
  transfers_.emplace(id, transfer);
  send(transfer.to, Put{.operation = id, .key = entry.key, .cell = entry.cell});
}

/// The receiver has it on its disk.
void Core::transferred(const Transfer& transfer) {
  switch (transfer.why) {
    case Transfer::Why::hint: {
      const HintKey hint{transfer.hint_for, transfer.place};
      const auto found = hints_.find(hint);
      // Another write may have been added to the hint since.
      if (found != hints_.end() && hash(found->second.cell) == transfer.hash) drop_hint(hint);
      return;
    }
    case Transfer::Why::move:
      left_to_move_.erase({transfer.place, transfer.to});
      return;
    case Transfer::Why::stray:
      stray_stored(transfer);
      return;
  }
}

void Core::drop_hint(const HintKey& hint) {
  const auto found = hints_.find(hint);
  append(HintDropRecord{hint.first, found->second.key});
  hints_.erase(found);
}

void Core::stray_stored(const Transfer& transfer) {
  const auto stray = strays_.find(transfer.place);
  if (stray == strays_.end() || hash(store_.at(transfer.place).cell) != transfer.hash) return;
  stray->second.insert(transfer.to);
  const auto groups = ring_.groups(transfer.place.position);
  const bool all_have_it =
      !ring_.state().moving() && std::ranges::all_of(groups.back(), [&](NodeId owner) {
        return stray->second.contains(owner);
      });
  if (all_have_it) drop(transfer.place, Dropped::moved);
}

}  // namespace eris::quorum
