#include "harness/cli/simulated_run.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "harness/base/rng.hpp"
#include "harness/cli/following.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/version.hpp"
#include "harness/journal/memory_journal.hpp"
#include "harness/run/progress_text.hpp"
#include "harness/sim/cluster.hpp"
#include "workloads/workload.hpp"

namespace eris::cli {

namespace {

sim::Quirks quirks_of(const model::Plan& plan) {
  return plan.quirks ? sim::draw_quirks(base::Rng(plan.seed).stream("quirks")) : sim::Quirks{};
}

base::Result<std::unique_ptr<sim::Cluster>> make_cluster(const model::Plan& plan,
                                                         const adapters::System& system) {
  std::shared_ptr<const adapters::SimulatedSystem> simulated = system.simulated();
  if (!simulated)
    return base::usage_error(
        fmt::format("{} cannot be simulated: it has no pure core", plan.system.name), {},
        "use --engine live");
  return std::make_unique<sim::Cluster>(
      sim::ClusterOptions{.system = std::move(simulated),
                          .nodes = plan.nodes,
                          .seed = base::Rng(plan.seed).stream("sim").next(),
                          .operation_timeout = plan.operation_timeout,
                          .ready_timeout = plan.ready_timeout,
                          .quirks = quirks_of(plan)});
}

}  // namespace

model::Header simulated_header(const model::Plan& plan) {
  return {
      .plan = plan,
      .started = {},
      .versions = {{"eris", model::Value(version)}},
      .environment = {{"engine", model::Value("sim")},
                      {"quirks", model::Value(std::string_view(sim::to_text(quirks_of(plan))))}}};
}

base::Result<run::RunSummary> simulate(const model::Plan& plan, const adapters::System& system,
                                       journal::Sink& journal, run::RunHooks hooks) {
  ERIS_TRY(const auto cluster, make_cluster(plan, system));
  const workloads::WorkloadType& type = *workloads::find_workload(plan.workload.name);
  const auto workload = type.make(plan.workload.options, base::Rng(plan.seed).stream("workload"));
  ERIS_TRY(auto faults, run::make_faults(plan));
  return run::run(plan, *cluster, *workload, std::move(faults), journal, std::move(hooks));
}

base::Result<run::RunSummary> record_simulated(const model::Plan& plan,
                                               const adapters::System& system,
                                               const RunDirectory& directory, run::RunHooks hooks) {
  ERIS_TRY(auto journal, journal::Writer::create(directory.journal(), simulated_header(plan)));
  ERIS_TRY(const auto following, Following::of(plan, FollowingMode::in_place));
  if (following) following->attach(hooks);
  auto summary = simulate(plan, system, journal, std::move(hooks));
  const auto closed = journal.close();
  if (summary && !closed) return std::unexpected(closed.error());
  return summary;
}

base::Result<int> run_simulated(const model::Plan& plan, const adapters::System& system,
                                const RunDirectory& directory) {
  ProgressLine line;
  const Interruption interruption;
  run::RunHooks hooks{
      .progress = [&](const run::Progress& progress) { line.show(run::to_text(progress)); },
      .interrupted = &Interruption::asked};
  ERIS_TRY(const run::RunSummary summary,
           record_simulated(plan, system, directory, std::move(hooks)));
  for (const std::string& remark : summary.remarks) line.remark(remark);
  return 0;
}

base::Result<model::History> simulate_in_memory(const model::Plan& plan,
                                                const adapters::System& system,
                                                std::function<bool()> interrupted) {
  journal::MemoryJournal journal(simulated_header(plan));
  ERIS_CHECK_OK(
      simulate(plan, system, journal, {.progress = {}, .interrupted = std::move(interrupted)}));
  return journal.finish();
}

}  // namespace eris::cli
