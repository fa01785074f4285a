#include "harness/cli/live_run.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/base/rng.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/following.hpp"
#include "harness/cli/session.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/version.hpp"
#include "harness/journal/journal.hpp"
#include "harness/live/cluster.hpp"
#include "harness/live/sandbox.hpp"
#include "harness/run/orchestrator.hpp"
#include "harness/run/progress_text.hpp"
#include "workloads/workload.hpp"

namespace eris::cli {

namespace {

base::Result<void> can_serve(const model::Plan& plan, const adapters::System& system) {
  const workloads::WorkloadType& workload = *workloads::find_workload(plan.workload.name);
  const std::vector<model::Function> known = system.functions();
  for (const model::Function& needed : workload.functions(plan.workload.options)) {
    if (std::ranges::find(known, needed) == known.end())
      return base::usage_error(fmt::format("the workload '{}' needs '{}', which {} does not have",
                                           plan.workload.name, needed.view(), plan.system.name),
                               {},
                               "set the workload's weight of it to 0, or choose another workload");
  }
  if (!system.external_nodes().empty() && !plan.faults.empty())
    return base::usage_error(
        "faults need nodes that Eris starts, and these are run by someone else", {},
        "leave --endpoints out, or say --faults none");
  return {};
}

model::Header header_for(const model::Plan& plan, const model::Fields& system_versions,
                         const live::Cluster& cluster) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  model::Header header{.plan = plan,
                       .started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now)),
                       .versions = {{"eris", model::Value(version)}},
                       .environment = cluster.environment()};
  header.versions.insert(header.versions.end(), system_versions.begin(), system_versions.end());
  return header;
}

/// Everything that happens inside the sandbox.
base::Result<void> run_inside(const model::Plan& plan,
                              const std::shared_ptr<const adapters::System>& system,
                              const RunDirectory& directory) {
  live::Cluster cluster({.system = system,
                         .nodes = plan.nodes,
                         .run_directory = directory.path,
                         .data_directory = directory.data(),
                         .seed = base::Rng(plan.seed).stream("nodes").next(),
                         .concurrency = plan.concurrency,
                         .operation_timeout = plan.operation_timeout,
                         .ready_timeout = plan.ready_timeout});
  // Asked of the system, since the cluster knows them only once it is set up.
  ERIS_TRY(const model::Fields versions, system->versions());
  ERIS_TRY(auto journal,
           journal::Writer::create(directory.journal(), header_for(plan, versions, cluster)));
  const workloads::WorkloadType& type = *workloads::find_workload(plan.workload.name);
  const auto workload = type.make(plan.workload.options, base::Rng(plan.seed).stream("workload"));
  ERIS_TRY(auto faults, run::make_faults(plan));

  ERIS_TRY(const auto following, Following::of(plan, FollowingMode::in_a_thread));
  ProgressLine line;
  run::RunHooks hooks{
      .progress = [&](const run::Progress& progress) { line.show(run::to_text(progress)); },
      .interrupted = [] { return live::interrupted(); }};
  if (following) following->attach(hooks);
  const auto summary = run::run(plan, cluster, *workload, std::move(faults), journal, hooks);
  const auto closed = journal.close();
  if (!summary) return std::unexpected(summary.error());
  for (const std::string& remark : summary->remarks) line.remark(remark);
  return closed;
}

}  // namespace

base::Result<std::shared_ptr<const adapters::System>> prepare_system(const model::Plan& plan) {
  const auto& registry = adapters::registry();
  const auto type = std::ranges::find_if(
      registry, [&](const auto& entry) { return entry.schema.name == plan.system.name; });
  ERIS_TRY(std::shared_ptr<const adapters::System> system,
           type->make(plan.system.options, plan.nodes));
  if (plan.engine == "live") ERIS_CHECK_OK(system->versions());
  ERIS_CHECK_OK(can_serve(plan, *system));
  return system;
}

base::Result<int> run_live(const model::Plan& plan,
                           const std::shared_ptr<const adapters::System>& system,
                           const RunDirectory& directory) {
  return live::run_in_sandbox({.run_directory = directory.path,
                               .temporary_directories = {directory.data()},
                               .network = system->external_nodes().empty()},
                              [&] {
                                const auto ended = run_inside(plan, system, directory);
                                return ended ? 0 : report_failure(ended.error());
                              });
}

}  // namespace eris::cli
