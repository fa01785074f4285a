#include "harness/cli/proof_scenarios.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/embedded_scenarios.hpp"
#include "harness/cli/judging.hpp"
#include "harness/cli/trial.hpp"

namespace eris::cli {

namespace {

using namespace std::chrono_literals;

/// How many kinds of faults one plan has: more, and some would find nobody left to strike.
constexpr std::size_t faults_together = 3;

model::Plan usual_plan(const model::EntrySchema& system, const model::EntrySchema& workload,
                       std::span<const model::EntrySchema> faults) {
  model::Plan plan{.name = fmt::format("{}-{}", system.name, workload.name),
                   .engine = "sim",
                   .system = {.name = system.name, .options = model::Options(system.options)},
                   .nodes = 5,
                   .workload = {.name = workload.name, .options = model::Options(workload.options)},
                   .concurrency = 10,
                   .rate = 300,
                   .time_limit = 5s,
                   .operation_timeout = 500ms,
                   .quiet_period = 1s};
  plan.quirks = true;
  for (const model::EntrySchema& fault : faults) {
    plan.name += "-" + fault.name;
    plan.faults.push_back({.fault = {.name = fault.name, .options = model::Options(fault.options)},
                           .start = 500ms,
                           .every = 1500ms,
                           .duration = 700ms});
  }
  return plan;
}

/// Whether the system serves the workload and what it promises can be checked of it.
bool fits(const model::Plan& plan, const model::Catalogue& catalogue) {
  if (!model::validate(plan, catalogue) || !prepare_simulation(plan)) return false;
  model::History nothing;
  nothing.header.plan = plan;
  return judge_quietly(nothing, plan.check).has_value();
}

std::vector<Scenario> usual_scenarios(const model::EntrySchema& system,
                                      const model::Catalogue& catalogue) {
  std::vector<Scenario> scenarios;
  for (const model::EntrySchema& workload : catalogue.workloads)
    for (std::size_t first = 0; first < catalogue.faults.size(); first += faults_together) {
      const std::span faults = std::span(catalogue.faults).subspan(first);
      model::Plan plan =
          usual_plan(system, workload, faults.first(std::min(faults_together, faults.size())));
      if (fits(plan, catalogue)) scenarios.push_back({.plan = std::move(plan), .bugs = {}});
    }
  return scenarios;
}

}  // namespace

std::string declared(std::string_view plan, std::string_view key) {
  const std::string opening = fmt::format("# {}:", key);
  while (plan.starts_with('#')) {
    const std::string_view line = plan.substr(0, plan.find('\n'));
    if (line.starts_with(opening)) return std::string(base::trim(line.substr(opening.size())));
    plan.remove_prefix(std::min(plan.size(), line.size() + 1));
  }
  return {};
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string& word : base::split(text, ','))
    if (const std::string_view bare = base::trim(word); !bare.empty()) words.emplace_back(bare);
  return words;
}

base::Result<std::vector<Scenario>> scenarios_of(const model::EntrySchema& system,
                                                 const model::Catalogue& catalogue) {
  std::vector<Scenario> scenarios;
  for (const EmbeddedScenario& embedded : embedded_scenarios()) {
    ERIS_TRY(model::Plan plan, model::parse_plan(embedded.text, embedded.file, catalogue));
    if (plan.system.name != system.name) continue;
    plan.engine = "sim";
    scenarios.push_back({.plan = std::move(plan), .bugs = listed(declared(embedded.text, "bugs"))});
  }
  if (scenarios.empty()) scenarios = usual_scenarios(system, catalogue);
  if (!scenarios.empty()) return scenarios;
  return base::internal_error(fmt::format("there is no plan to prove {} with", system.name),
                              "ci/prove", "none of the workloads fits it; write a plan for it");
}

std::vector<Scenario> scenarios_for(const std::vector<Scenario>& all, const std::string& bug) {
  std::vector<Scenario> own, general;
  for (const Scenario& scenario : all) {
    if (scenario.bugs.empty()) general.push_back(scenario);
    if (std::ranges::find(scenario.bugs, bug) != scenario.bugs.end()) own.push_back(scenario);
  }
  return own.empty() ? general : own;
}

}  // namespace eris::cli
