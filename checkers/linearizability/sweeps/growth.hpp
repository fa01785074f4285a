// Growth: objects that only gain elements, and reads that show all of them: lists and sets.
//
// Why: where each element is added once, what a read shows settles what came before it and what
// after. So the elements first shown by the shortest read, the reads that show just those, the
// elements that the next longer reads show besides, and so on, are levels (levels.hpp); in the end
// come the elements that were acknowledged and that nobody saw. What of unknown outcome nobody saw
// need not have happened.
// Thread rule: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "checkers/linearizability/sweeps/levels.hpp"

namespace eris::checkers::linearizability {

struct GrowingKind {
  std::string_view noun;   ///< "list"
  model::Function adds;    ///< append
  std::string_view added;  ///< "appended"
  bool ordered = false;    ///< of two reads, the shorter is the beginning of the longer
};

/// `order`: as in sweep().
[[nodiscard]] SweepResult sweep_growing(const View& view, const GrowingKind& kind, Order* order);

}  // namespace eris::checkers::linearizability
