// Shrunk histories: whatever is cut off a history that brute force finds linearizable, the rest is
// linearizable too; otherwise a shrunk live run would prove what its whole does not.
#include <algorithm>

#include <fmt/format.h>

#include "checkers/testing/random_history.hpp"
#include "checkers/testing/random_objects.hpp"
#include "ci/fuzz/target.hpp"
#include "ci/fuzz/twin.hpp"
#include "harness/shrink/history_relaxations.hpp"

namespace eris::fuzz {

namespace {

using namespace checkers;
using model::History;
using Complaint = std::optional<std::string>;

Complaint unless_linearizable(const History& rest, const SequentialObject& object,
                              const char* what) {
  if (linearizable_by_brute_force(rest, object)) return std::nullopt;
  return fmt::format("{} is no longer linearizable: {}", what, testing::to_timeline(rest));
}

/// Any range relaxed, one after the other, as shrinking does.
Complaint relax_operations(History history, const SequentialObject& object, base::Rng& rng) {
  for (int i = 0; i < 12 && !history.operations.empty(); ++i) {
    const std::size_t begin = rng.below(history.operations.size());
    history = shrink::relax(history, begin, begin + 1 + rng.below(4)).history;
    if (auto complaint = unless_linearizable(history, object, "the relaxed history"))
      return complaint;
  }
  return std::nullopt;
}

Complaint leave_out_elements(History history, const SequentialObject& object, base::Rng& rng) {
  for (auto elements = shrink::elements_of(history); !elements.empty();
       elements = shrink::elements_of(history)) {
    history = shrink::without_elements(history, {elements[rng.below(elements.size())]});
    if (auto complaint = unless_linearizable(history, object, "the history without an element"))
      return complaint;
  }
  return std::nullopt;
}

}  // namespace

void add_relaxation_targets(std::vector<Target>& targets) {
  for (const char* name : {"register", "cas-register"})
    targets.push_back({fmt::format("shrunk-{}", name),
                       [name](base::Rng& rng) {
                         return testing::random_history(testing::random_options(rng, name), rng);
                       },
                       [object = find_object(name)](const History& history, base::Rng& rng) {
                         if (!linearizable_by_brute_force(history, *object)) return Complaint();
                         return relax_operations(history, *object, rng);
                       },
                       testing::to_timeline});
  for (const char* name : {"set", "queue", "stack", "priority-queue"})
    targets.push_back({fmt::format("shrunk-{}", name),
                       [name](base::Rng& rng) {
                         return testing::random_object_history(
                             testing::random_object_options(rng, name), rng);
                       },
                       [object = find_object(name)](const History& history, base::Rng& rng) {
                         if (!linearizable_by_brute_force(history, *object)) return Complaint();
                         if (auto complaint = leave_out_elements(history, *object, rng))
                           return complaint;
                         return relax_operations(history, *object, rng);
                       },
                       testing::to_timeline});
}

}  // namespace eris::fuzz
