#include "harness/run/testing/session.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>

#include "faults/fault.hpp"
#include "workloads/workload.hpp"

namespace eris::run::testing {

using namespace std::chrono_literals;

Session::Session() {
  const workloads::WorkloadType* type = workloads::find_workload("register");
  plan.name = "test";
  plan.seed = 7;
  plan.nodes = 3;
  plan.concurrency = 4;
  plan.time_limit = 2s;
  plan.quiet_period = 500ms;
  plan.ready_timeout = 3s;
  plan.workload = {"register", model::Options(type->schema.options)};
}

model::FaultPlan& Session::add_fault(std::string_view name, std::string_view option,
                                     std::string_view value) {
  for (const faults::FaultType& type : faults::registry()) {
    if (type.schema.name != name) continue;
    model::Options options(type.schema.options);
    for (const model::OptionSchema& schema : type.schema.options)
      if (schema.name == option && !options.set(schema, std::string(value)))
        ADD_FAILURE() << "bad option " << value;
    plan.faults.push_back({.fault = {std::string(name), std::move(options)},
                           .start = 100ms,
                           .every = 400ms,
                           .duration = 150ms,
                           .jitter = 0});
  }
  return plan.faults.back();
}

base::Result<RunSummary> Session::run() {
  settings.nodes = plan.nodes;
  cluster_ = std::make_unique<FakeCluster>(settings);
  if (!workload)
    workload = workloads::find_workload(plan.workload.name)
                   ->make(plan.workload.options, base::Rng(plan.seed).stream("workload"));
  ERIS_TRY(auto faults, make_faults(plan));
  ERIS_TRY(
      auto journal,
      journal::Writer::create(
          directory_ / "journal.jsonl",
          {.plan = plan, .started = "2026-01-01T00:00:00Z", .versions = {}, .environment = {}}));
  auto summary = run::run(plan, *cluster_, *workload, std::move(faults), journal, hooks);
  ERIS_CHECK_OK(journal.close());
  return summary;
}

FakeCluster& Session::cluster() {
  return *cluster_;
}

std::string Session::journal_text() const {
  std::ostringstream text;
  text << std::ifstream(directory_ / "journal.jsonl").rdbuf();
  return text.str();
}

model::History Session::history() const {
  auto history = journal::read(directory_ / "journal.jsonl");
  if (!history) ADD_FAILURE() << base::to_text(history.error());
  return history ? *std::move(history) : model::History{};
}

std::vector<std::string> Session::notes() const {
  std::vector<std::string> texts;
  for (const auto& note : history().notes) texts.push_back(note.event.text);
  return texts;
}

std::vector<std::string> Session::fault_phases() const {
  std::vector<std::string> phases;
  for (const auto& fault : history().faults)
    phases.push_back(fault.event.name + " " + std::string(model::to_text(fault.event.phase)));
  return phases;
}

}  // namespace eris::run::testing
