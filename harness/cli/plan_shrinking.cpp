#include "harness/cli/plan_shrinking.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/assert.hpp"
#include "harness/cli/catalogue.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/ordered_work.hpp"
#include "harness/shrink/plan_reductions.hpp"
#include "workloads/workload.hpp"

namespace eris::cli {

namespace {

class Shrinking {
 public:
  Shrinking(model::Plan plan, const FindingKind& kind, const ShrinkingOptions& options,
            const std::function<void(const Shrunk&)>& progress)
      : kind_(kind), options_(options), progress_(progress) {
    shrunk_.plan = std::move(plan);
  }

  Shrunk run() {
    // What one part gave up may make another superfluous.
    for (bool any = true; any && may_go_on();) {
      any = false;
      for (const shrink::Part part : shrink::all_parts)
        while (may_go_on() && step(part)) any = true;
    }
    shrunk_.interrupted = Interruption::asked();
    shrunk_.minimal = may_go_on();
    return std::move(shrunk_);
  }

 private:
  [[nodiscard]] bool may_go_on() const {
    return !Interruption::asked() && shrunk_.runs < options_.runs_max;
  }

  /// Takes the first reduction of this part that still shows the finding. False where none does.
  bool step(shrink::Part part) {
    const std::vector<model::Plan> candidates = fresh_candidates(part);
    std::optional<std::size_t> found;
    const auto work = [&](std::size_t number, const std::stop_token& stop) {
      return shows(candidates[number], stop);
    };
    Effort& effort = shrunk_.efforts[part];
    const auto take = [&](std::size_t number, bool shown) {
      ++shrunk_.runs;
      ++effort.runs;
      progress_(shrunk_);
      if (Interruption::asked()) return false;
      if (shown) found = number;
      return !shown;
    };
    in_order(candidates.size(), options_.jobs, work, take, [&] { progress_(shrunk_); });
    if (!found) return false;
    shrunk_.plan = candidates[*found];
    ++effort.taken;
    return true;
  }

  /// Each reduction, on its own seed and, where that would be asking too much, on a few others;
  /// without those that were tried before.
  std::vector<model::Plan> fresh_candidates(shrink::Part part) {
    const workloads::WorkloadType* workload = workloads::find_workload(shrunk_.plan.workload.name);
    ERIS_ASSERT(workload != nullptr, "the plan has run, so its workload is known");
    const unsigned others = part == shrink::Part::quirks   ? options_.plain_seeds
                            : shrink::changes_course(part) ? options_.further_seeds
                                                           : 0;
    std::vector<model::Plan> candidates;
    for (model::Plan& reduced : shrink::reductions(shrunk_.plan, part, workload->schema))
      for (unsigned other = 0; other <= others; ++other) {
        candidates.push_back(reduced);
        if (other > 0) candidates.back().seed = other;
        if (!tried_.insert(model::to_toml(candidates.back())).second) candidates.pop_back();
      }
    return candidates;
  }

  [[nodiscard]] bool shows(const model::Plan& plan, const std::stop_token& stop) const {
    if (!model::validate(plan, catalogue_)) return false;  // a server is struck that never joined
    const auto system = prepare_simulation(plan);
    if (!system) return false;  // options that contradict each other on so few nodes, and the like
    return try_plan(plan, **system,
                    [&stop] { return stop.stop_requested() || Interruption::asked(); })
        .shows(kind_);
  }

  const model::Catalogue catalogue_ = make_catalogue();
  const FindingKind& kind_;
  const ShrinkingOptions& options_;
  const std::function<void(const Shrunk&)>& progress_;
  Shrunk shrunk_;
  std::set<std::string> tried_;
};

}  // namespace

Shrunk shrink_plan(model::Plan plan, const FindingKind& kind, const ShrinkingOptions& options,
                   const std::function<void(const Shrunk&)>& progress) {
  const Interruption interruption;
  return Shrinking(std::move(plan), kind, options, progress).run();
}

}  // namespace eris::cli
