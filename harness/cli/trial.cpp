#include "harness/cli/trial.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "harness/cli/judging.hpp"
#include "harness/cli/live_run.hpp"
#include "harness/cli/simulated_run.hpp"

namespace eris::cli {

namespace {

base::Duration processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// Of the checker whose verdict decided.
std::string reason_of(const model::Judgement& judgement) {
  if (judgement.verdict == model::Verdict::valid) return {};
  for (const model::CheckResult& result : judgement.results)
    if (result.verdict == judgement.verdict)
      return fmt::format("{}: {}", result.checker, result.reason);
  return {};
}

base::Instant first_witness_complete(const model::History& history,
                                     const model::Judgement& judgement) {
  base::Instant first{};
  for (const model::CheckResult& result : judgement.results)
    for (const model::Finding& finding : result.findings) {
      base::Instant complete{};
      for (const model::WitnessStep& step : finding.witness)
        complete = std::max(complete, history.operations[step.operation].completed_at);
      if (!finding.witness.empty() && (first == base::Instant{} || complete < first))
        first = complete;
    }
  return first;
}

}  // namespace

std::string to_text(const FindingKind& kind) {
  return fmt::format("{}: {}", kind.checker, kind.anomaly);
}

std::vector<FindingKind> kinds_of(const model::Judgement& judgement) {
  std::vector<FindingKind> kinds;
  for (const model::CheckResult& result : judgement.results)
    for (const model::Finding& finding : result.findings)
      if (result.verdict == model::Verdict::invalid)
        kinds.push_back({result.checker, finding.anomaly});
  std::ranges::sort(kinds);
  kinds.erase(std::ranges::unique(kinds).begin(), kinds.end());
  return kinds;
}

bool Trial::shows(const FindingKind& kind) const {
  return std::ranges::binary_search(kinds, kind);
}

base::Result<std::shared_ptr<const adapters::System>> prepare_simulation(const model::Plan& plan) {
  ERIS_TRY(std::shared_ptr<const adapters::System> system, prepare_system(plan));
  if (system->simulated()) return system;
  return base::usage_error(
      fmt::format("{} cannot be simulated: it has no pure core", plan.system.name), {},
      "use `eris run`, which starts real processes");
}

Trial try_plan(const model::Plan& plan, const adapters::System& system,
               std::function<bool()> interrupted) {
  const base::Duration began = processor_time();
  Trial trial;
  const auto history = simulate_in_memory(plan, system, std::move(interrupted));
  if (!history) {
    trial.reason = base::to_text(history.error());
  } else {
    // One thread for each run: there are many runs.
    model::CheckPlan check = plan.check;
    check.threads = 1;
    const auto judgement = judge_quietly(*history, check);
    if (judgement) {
      trial.verdict = judgement->verdict;
      trial.kinds = kinds_of(*judgement);
      trial.reason = reason_of(*judgement);
      trial.found_at = first_witness_complete(*history, *judgement);
    } else {
      trial.reason = base::to_text(judgement.error());
    }
    trial.operations = history->operations.size();
    trial.virtual_time = history->end;
  }
  trial.processor = processor_time() - began;
  return trial;
}

}  // namespace eris::cli
