// Orders of queues, stacks and priority queues: linearizations written down from what their sweeps
// found out.
//
// Why apart from the sweeps: the sweeps prove that there is an order without making one. Here each
// operation gets a moment of its own time, and where that is the same, a place among the others; to
// sort by these is to linearize, since whoever has the earlier moment had begun by the end of
// whoever has the later one. Invariant: meant for histories that the sweep has accepted.
// Thread rule: pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "checkers/linearizability/sweeps/elements.hpp"

namespace eris::checkers::linearizability {

/// One operation, or two that follow each other at once.
struct PlacedPair {
  std::uint64_t moment = 0;
  std::uint32_t kind = 0;  ///< decides at the same moment
  std::uint32_t rank = 0;  ///< and this within a kind
  Index first = no_entry;
  Index second = no_entry;

  auto operator<=>(const PlacedPair&) const = default;
};

[[nodiscard]] Order in_order(std::vector<PlacedPair> placed);

/// Who takes an element: whoever is known to have, or the removal of unknown outcome to which
/// with_takers() gave it; no_entry where nobody does.
[[nodiscard]] Index taker_of(const View& view, const Elements& elements, const Life& life);

/// `empty_at`: by empty dequeue, a moment at which nothing need have been there. Empty where the
/// elements cannot be put in an order.
[[nodiscard]] Order order_of_queue(const View& view, const Elements& elements,
                                   const std::vector<model::EventIndex>& empty_at);

/// `lives`: the elements with the takers that are assumed. They can be nested.
[[nodiscard]] Order order_of_stack(const View& view, const Elements& elements,
                                   const std::vector<Life>& lives);

}  // namespace eris::checkers::linearizability
