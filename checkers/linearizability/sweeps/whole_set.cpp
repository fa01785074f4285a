// Sets of which somebody reads all: as long as they only grow, each element added once, in
// O(n log n) of what was added and read. Removals, and questions for one element beside such reads,
// are for the search. Where elements are asked for one by one only, see set.cpp.
#include "checkers/linearizability/sweeps/growth.hpp"

namespace eris::checkers::linearizability {

SweepResult sweep_set(const model::History& history, const Problem& problem,
                      const CheckContext& context, Order* order) {
  static constexpr GrowingKind kind{"set", model::function::add, "added", false};
  const bool full_reads = std::ranges::any_of(problem.entries, [](const Entry& entry) {
    return entry.kind == ShapeKind::read || entry.kind == ShapeKind::impossible;
  });
  if (!full_reads) return sweep_set_elements(history, problem, context, order);
  Allowance allowance(context);
  return sweep_growing({history, problem, allowance}, kind, order);
}

}  // namespace eris::checkers::linearizability
