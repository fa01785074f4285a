#include "harness/sim/testing/recorded_run.hpp"

#include <algorithm>

#include "faults/fault.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/journal/memory_journal.hpp"
#include "harness/model/event_codec.hpp"
#include "harness/run/orchestrator.hpp"
#include "harness/sim/cluster.hpp"
#include "workloads/workload.hpp"

namespace eris::sim::testing {

using namespace std::chrono_literals;

namespace {

model::FaultPlan fault_plan(const std::string& text) {
  const std::vector<std::string> parts = base::split(text, ':');
  std::vector<std::pair<std::string, std::string>> options;
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    const std::size_t equals = part->find('=');
    options.emplace_back(part->substr(0, equals), part->substr(equals + 1));
  }
  std::vector<model::EntrySchema> schemas;
  for (const faults::FaultType& type : faults::registry()) schemas.push_back(type.schema);
  auto choice = model::resolve(schemas, "fault", parts.front(), options);
  ERIS_ASSERT(choice.has_value(), "tests name faults that exist");
  return {.fault = *std::move(choice), .start = 500ms, .every = 2s, .duration = 1s};
}

}  // namespace

base::Result<model::EventIndex> TextJournal::append(base::Instant time, const model::Event& event) {
  model::append_event(text_, next_, time, event);
  text_ += '\n';
  return next_++;
}

model::Plan short_plan(std::string_view workload, const std::vector<std::string>& faults,
                       std::uint64_t seed) {
  const workloads::WorkloadType* type = workloads::find_workload(workload);
  ERIS_ASSERT(type != nullptr, "tests name workloads that exist");
  model::Plan plan{.name = "test",
                   .seed = seed,
                   .engine = "sim",
                   .nodes = 5,
                   .workload = {std::string(workload), model::Options(type->schema.options)},
                   .concurrency = 5,
                   .rate = 200,
                   .time_limit = 5s,
                   .quiet_period = 500ms};
  for (const std::string& fault : faults) plan.faults.push_back(fault_plan(fault));
  return plan;
}

namespace {

/// Runs the plan, and gives the cluster as it stood at the end.
std::unique_ptr<Cluster> run_into(journal::Sink& journal, const model::Plan& plan,
                                  std::shared_ptr<const adapters::SimulatedSystem> system) {
  const base::Rng seed(plan.seed);
  auto cluster = std::make_unique<Cluster>(
      ClusterOptions{.system = std::move(system),
                     .nodes = plan.nodes,
                     .seed = seed.stream("sim").next(),
                     .operation_timeout = plan.operation_timeout,
                     .ready_timeout = plan.ready_timeout,
                     .quirks = plan.quirks ? draw_quirks(seed.stream("quirks")) : Quirks{}});
  const workloads::WorkloadType& type = *workloads::find_workload(plan.workload.name);
  const auto workload = type.make(plan.workload.options, seed.stream("workload"));
  auto faults = run::make_faults(plan);
  ERIS_ASSERT(faults.has_value(), "tests name faults that exist");
  const auto summary = run::run(plan, *cluster, *workload, *std::move(faults), journal, {});
  ERIS_ASSERT(summary.has_value(), "a simulated cluster starts");
  return cluster;
}

}  // namespace

RecordedRun record(const model::Plan& plan,
                   std::shared_ptr<const adapters::SimulatedSystem> system) {
  TextJournal journal;
  const auto cluster = run_into(journal, plan, std::move(system));
  return {.journal = journal.text(),
          .happenings = cluster->happenings(),
          .virtual_time = cluster->now()};
}

model::History history_of(const model::Plan& plan,
                          std::shared_ptr<const adapters::SimulatedSystem> system) {
  journal::MemoryJournal journal({.plan = plan});
  run_into(journal, plan, std::move(system));
  return journal.finish();
}

}  // namespace eris::sim::testing
