#include "checkers/linearizability/sweeps/sweep.hpp"

#include <string_view>

namespace eris::checkers::linearizability {

namespace {

struct Line {
  std::string_view object;
  Sweep sweep;
};

constexpr Line table[] = {
    {"queue", sweep_queue},
    {"stack", sweep_stack},
    {"priority-queue", sweep_priority_queue},
    {"set", sweep_set},
    {"grow-only-set", sweep_set},
    {"list", sweep_list},
    {"counter", sweep_counter},
    {"fetch-and-add", sweep_counter},
    {"mutex", sweep_mutex},
    {"fenced-lock", sweep_fenced_lock},
    {"unique-ids", sweep_unique_ids},
};

}  // namespace

SweepResult sweep(const model::History& history, const Problem& problem,
                  const CheckContext& context, Order* order) {
  if (problem.unknown_start) return {};
  for (const Line& line : table)
    // Another object may have the same name and do something else.
    if (line.object == problem.object->name() && find_object(line.object) == problem.object)
      return line.sweep(history, problem, context, order);
  return {};
}

}  // namespace eris::checkers::linearizability
