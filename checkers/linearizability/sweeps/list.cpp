// Lists that are only appended to, each element once, with reads of all of it: O(n) in what was
// appended and read.
#include "checkers/linearizability/sweeps/growth.hpp"

namespace eris::checkers::linearizability {

SweepResult sweep_list(const model::History& history, const Problem& problem,
                       const CheckContext& context, Order* order) {
  static constexpr GrowingKind kind{"list", model::function::append, "appended", true};
  Allowance allowance(context);
  return sweep_growing({history, problem, allowance}, kind, order);
}

}  // namespace eris::checkers::linearizability
