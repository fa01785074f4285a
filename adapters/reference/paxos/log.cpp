#include "adapters/reference/paxos/log.hpp"

#include <utility>

namespace eris::paxos {

const Log::Entry* Log::find(Slot slot) const {
  const auto found = entries_.find(slot);
  return found == entries_.end() ? nullptr : &found->second;
}

void Log::put(Slot slot, Entry entry) {
  if (slot <= base_) return;
  entries_.insert_or_assign(entries_.end(), slot, std::move(entry));
}

void Log::compact(Slot to) {
  if (to <= base_) return;
  entries_.erase(entries_.begin(), entries_.upper_bound(to));
  base_ = to;
}

}  // namespace eris::paxos
