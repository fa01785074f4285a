#include "harness/sim/agenda.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/assert.hpp"

namespace eris::sim {

void Agenda::add(base::Instant at, Happening&& what) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back(std::move(what));
  } else {
    slot = free_.back();
    free_.pop_back();
    slots_[slot] = std::move(what);
  }
  heap_.push_back({.at = at, .order = next_order_++, .slot = slot});
  std::push_heap(heap_.begin(), heap_.end(), Later{});
}

Happening Agenda::take() {
  ERIS_ASSERT(!heap_.empty(), "something is left to happen");
  std::pop_heap(heap_.begin(), heap_.end(), Later{});
  const std::uint32_t slot = heap_.back().slot;
  heap_.pop_back();
  free_.push_back(slot);
  ++taken_;
  return std::move(slots_[slot]);
}

}  // namespace eris::sim
