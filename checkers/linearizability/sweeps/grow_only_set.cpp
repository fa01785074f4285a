// Sets that only grow, each element added once, with reads of all of it: O(n log n) in what was
// added and read. Where elements are asked for one by one it is a set like any other.
#include "checkers/linearizability/sweeps/growth.hpp"

namespace eris::checkers::linearizability {

SweepResult sweep_grow_only_set(const model::History& history, const Problem& problem,
                                const CheckContext& context, Order* order) {
  static constexpr GrowingKind kind{"set", model::function::add, "added", false};
  const bool full_reads = std::ranges::any_of(problem.entries, [](const Entry& entry) {
    return entry.kind == ShapeKind::read || entry.kind == ShapeKind::impossible;
  });
  if (!full_reads) return sweep_set(history, problem, context, order);
  return sweep_growing({history, problem}, kind, order);
}

}  // namespace eris::checkers::linearizability
