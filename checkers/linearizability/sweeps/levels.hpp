// Levels: histories whose answers settle the order of all operations but for some that are equal.
//
// Why it works: where the answers say that everything in one level comes before everything in the
// next, the levels are linearizable exactly when nothing in a level had its answer before something
// in an earlier level began: then each level can be placed at a moment of its own, in their order.
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "checkers/linearizability/sweeps/story.hpp"

namespace eris::checkers::linearizability {

struct Placed {
  std::uint32_t level = 0;
  Index entry = 0;
};

/// Two operations of different levels that happened the other way round.
struct Inversion {
  Placed earlier;  ///< its level comes first, but it began only after `later` had its answer
  Placed later;
};

/// O(n), apart from sorting by level. Optional operations have no answer, so they are never
/// `later`.
[[nodiscard]] inline std::optional<Inversion> find_inversion(const View& view,
                                                             std::vector<Placed> placed) {
  std::ranges::stable_sort(placed, {}, &Placed::level);
  const Placed* latest = nullptr;       // begun last, of all earlier levels
  const Placed* latest_here = nullptr;  // and of this level
  for (const Placed& each : placed) {
    view.allowance.step();
    if (latest_here != nullptr && latest_here->level != each.level) {
      if (latest == nullptr || view.begin(latest->entry) < view.begin(latest_here->entry))
        latest = latest_here;
      latest_here = nullptr;
    }
    if (latest != nullptr && view.end(each.entry) < view.begin(latest->entry))
      return Inversion{*latest, each};
    if (latest_here == nullptr || view.begin(latest_here->entry) < view.begin(each.entry))
      latest_here = &each;
  }
  return std::nullopt;
}

/// Level by level, each by its starts: an order wherever there is no inversion.
[[nodiscard]] inline Order order_of_levels(const View& view, std::vector<Placed> placed) {
  std::ranges::sort(placed, {}, [&](const Placed& each) {
    return std::pair(each.level, view.begin(each.entry));
  });
  Order order;
  order.reserve(placed.size());
  for (const Placed& each : placed) order.push_back(each.entry);
  return order;
}

}  // namespace eris::checkers::linearizability
