// Unique ids: no id is given twice. When does not matter.
#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

#include "checkers/linearizability/sweeps/story.hpp"

namespace eris::checkers::linearizability {

SweepResult sweep_unique_ids(const model::History& history, const Problem& problem,
                             const CheckContext& context, Order* order) {
  Allowance allowance(context);
  const View view{history, problem, allowance};
  std::unordered_map<model::Value, Index> given;
  given.reserve(view.size());
  for (Index i = 0; i < view.size(); ++i) {
    allowance.step();
    const auto [first, is_new] = given.try_emplace(view.call(i).result, i);
    if (is_new) continue;
    return Story(view, "duplicate id",
                 fmt::format("{}, although {}", view.did(i), view.did(first->second)))
        .with(first->second)
        .with(i)
        .because("No id is given twice, whoever asks and when.",
                 "Whatever else was given, one of the two must have been another id.")
        .told();
  }
  if (order != nullptr) {
    order->resize(view.size());
    std::iota(order->begin(), order->end(), 0);
  }
  return fits();
}

}  // namespace eris::checkers::linearizability
