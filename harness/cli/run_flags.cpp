#include "harness/cli/run_flags.hpp"

#include <algorithm>
#include <charconv>
#include <random>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/model/plan_engine.hpp"

namespace eris::cli {

namespace {

using NamedOptions = std::vector<std::pair<std::string, std::string>>;

bool is_plan_file(std::string_view target) {
  return target.ends_with(".toml");
}

/// "partition:shape=halves:every=5s" as its name and its options.
struct Selection {
  std::string name;
  NamedOptions options;
};

base::Result<Selection> parse_selection(const std::string& text, std::string_view flag) {
  const std::vector<std::string> parts = base::split(text, ':');
  Selection selection{.name = parts.front(), .options = {}};
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    const std::size_t equals = part->find('=');
    if (equals == std::string::npos)
      return base::usage_error(fmt::format("'{}' is not OPTION=VALUE", *part), std::string(flag),
                               "write NAME:OPTION=VALUE:OPTION=VALUE");
    selection.options.emplace_back(part->substr(0, equals), part->substr(equals + 1));
  }
  return selection;
}

base::Result<base::Duration> duration_flag(const std::string& text, std::string_view flag) {
  auto duration = base::parse_duration(text);
  if (!duration) duration.error().where = flag;
  return duration;
}

/// Takes the schedule's words (every, for, start, jitter) out of a fault's options.
base::Result<void> take_schedule(NamedOptions& options, model::FaultPlan& plan) {
  NamedOptions rest;
  for (auto& [name, value] : options) {
    if (name == "every") {
      ERIS_TRY(plan.every, duration_flag(value, "--faults every"));
    } else if (name == "for") {
      ERIS_TRY(plan.duration, duration_flag(value, "--faults for"));
    } else if (name == "start") {
      ERIS_TRY(plan.start, duration_flag(value, "--faults start"));
    } else if (name == "jitter") {
      const auto [end, problem] =
          std::from_chars(value.data(), value.data() + value.size(), plan.jitter);
      if (problem != std::errc{} || end != value.data() + value.size())
        return base::usage_error(fmt::format("'{}' is not a number", value), "--faults jitter");
    } else {
      rest.emplace_back(std::move(name), std::move(value));
    }
  }
  options = std::move(rest);
  return {};
}

base::Result<std::vector<model::FaultPlan>> build_faults(const std::vector<std::string>& texts,
                                                         const model::Catalogue& catalogue) {
  std::vector<std::string> words;
  for (const std::string& text : texts)
    for (const std::string& word : base::split(text, ',')) words.push_back(word);
  std::vector<model::FaultPlan> plans;
  if (words == std::vector<std::string>{"none"}) return plans;
  for (std::size_t i = 0; i < words.size(); ++i) {
    ERIS_TRY(Selection selection, parse_selection(words[i], "--faults"));
    model::FaultPlan plan;
    // Several faults take turns, so that each is seen alone as well as together.
    plan.start =
        base::Duration(std::chrono::seconds(1)) +
        plan.every * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(words.size());
    ERIS_CHECK_OK(take_schedule(selection.options, plan));
    ERIS_TRY(plan.fault,
             model::resolve(catalogue.faults, "fault", selection.name, selection.options));
    plans.push_back(std::move(plan));
  }
  return plans;
}

/// The plan before flags are laid over it: from the file, or of a system's defaults.
base::Result<model::Plan> base_plan(const RunFlags& flags, const model::Catalogue& catalogue) {
  if (is_plan_file(flags.target)) {
    ERIS_TRY(const std::string text, read_file(flags.target));
    return model::parse_plan_for(flags.engine.value_or(""), text, flags.target, catalogue);
  }
  model::Plan plan;
  ERIS_TRY(plan.system, model::resolve(catalogue.systems, "system", flags.target, {}));
  plan.name = flags.target;
  ERIS_TRY(plan.workload, model::resolve(catalogue.workloads, "workload", "register", {}));
  plan.check.consistency = "promised";
  plan.rate = 1000;
  // A seed drawn once is printed and saved, so that the run can be asked for again.
  plan.seed = std::random_device{}();
  return plan;
}

base::Result<void> apply_system_options(const RunFlags& flags, const model::Catalogue& catalogue,
                                        model::Plan& plan) {
  const model::EntrySchema* schema = model::find(catalogue.systems, plan.system.name);
  for (const auto& [name, texts] : flags.system_options) {
    if (texts.empty()) continue;
    const auto option = std::ranges::find(schema->options, name, &model::OptionSchema::name);
    std::string joined;
    for (const std::string& text : texts) joined += (joined.empty() ? "" : ",") + text;
    auto set = plan.system.options.set_from_text(*option, joined);
    if (!set) {
      set.error().where = "--" + name;
      return set;
    }
  }
  return {};
}

}  // namespace

void add_run_flags(CLI::App& app, RunFlags& flags, const model::EntrySchema* system) {
  app.add_option("target", flags.target,
                 "A system (see `eris list systems`) or a plan file (*.toml)")
      ->required();
  app.add_option("--engine", flags.engine,
                 "live: real processes; sim: virtual time, the same run for the same seed")
      ->check(CLI::IsMember({"live", "sim"}))
      ->group("Plan");
  app.add_option("--nodes", flags.nodes, "Nodes of the cluster")->group("Plan");
  app.add_option("--time", flags.time, "How long the load lasts: 20s, 5m")->group("Plan");
  app.add_option("--seed", flags.seed, "Of every choice that Eris makes; drawn when not given")
      ->group("Plan");
  app.add_option("--workload", flags.workload, "NAME[:OPTION=VALUE…], as in kv:keys=100")
      ->group("Plan");
  app.add_option(
         "--faults", flags.faults,
         "NAME[:OPTION=VALUE…],… as in partition:shape=halves:every=5s:for=2s,kill; or none")
      ->allow_extra_args(false)  // else it would take the system's name for another fault
      ->group("Plan");
  app.add_option("--concurrency", flags.concurrency, "Logical client processes at once")
      ->group("Plan");
  app.add_option("--rate", flags.rate, "Operations a second over all processes; 0: no limit")
      ->group("Plan");
  app.add_option("--operation-timeout", flags.operation_timeout,
                 "After this a client gives up and the outcome is unknown")
      ->group("Plan");
  app.add_option("--ready-timeout", flags.ready_timeout, "For all nodes to serve after their start")
      ->group("Plan");
  app.add_option("--quiet-period", flags.quiet_period, "Between the final heal and the final reads")
      ->group("Plan");
  app.add_option("--quirks", flags.quirks,
                 "In simulation: whether the world is a little off, as the seed has it")
      ->group("Plan");
  app.add_flag("--fail-fast", flags.fail_fast,
               "Check while the run goes on, and end it at the first violation")
      ->group("Plan");
  app.add_option("--name", flags.name, "Of the run, in its directory and reports")->group("Plan");
  app.add_option("--consistency", flags.consistency,
                 "What to hold the system to; \"promised\": what its adapter says")
      ->group("Check");
  app.add_option("--time-budget", flags.time_budget, "Of checking; past it the verdict is unknown")
      ->group("Check");
  app.add_option("--memory-budget", flags.memory_budget, "Of checking, as in 2GiB")->group("Check");
  app.add_option("--threads", flags.threads, "Of checking; 0: one for each processor")
      ->group("Check");
  if (system == nullptr) return;
  for (const model::OptionSchema& option : system->options)
    app.add_option("--" + option.name, flags.system_options[option.name], option.help)
        ->allow_extra_args(false)
        ->group("Options of " + system->name);
}

const model::EntrySchema* find_system_in(const std::vector<std::string>& arguments,
                                         const model::Catalogue& catalogue) {
  for (const std::string& argument : arguments) {
    if (const model::EntrySchema* system = model::find(catalogue.systems, argument)) return system;
    if (!is_plan_file(argument)) continue;
    const auto text = read_file(argument);
    if (!text) continue;
    // Its engine may be said by a flag, which is not read yet.
    for (const char* engine : {"", "sim"})
      if (const auto plan = model::parse_plan_for(engine, *text, argument, catalogue))
        return model::find(catalogue.systems, plan->system.name);
  }
  return nullptr;
}

base::Result<model::Plan> build_plan(const RunFlags& flags, const model::Catalogue& catalogue) {
  ERIS_TRY(model::Plan plan, base_plan(flags, catalogue));
  if (flags.name) plan.name = *flags.name;
  if (flags.seed) plan.seed = *flags.seed;
  if (flags.engine) plan.engine = *flags.engine;
  if (flags.nodes) plan.nodes = *flags.nodes;
  if (flags.concurrency) plan.concurrency = *flags.concurrency;
  if (flags.rate) plan.rate = *flags.rate;
  if (flags.time) {
    ERIS_TRY(plan.time_limit, duration_flag(*flags.time, "--time"));
  }
  if (flags.operation_timeout) {
    ERIS_TRY(plan.operation_timeout,
             duration_flag(*flags.operation_timeout, "--operation-timeout"));
  }
  if (flags.ready_timeout) {
    ERIS_TRY(plan.ready_timeout, duration_flag(*flags.ready_timeout, "--ready-timeout"));
  }
  if (flags.quiet_period) {
    ERIS_TRY(plan.quiet_period, duration_flag(*flags.quiet_period, "--quiet-period"));
  }
  if (flags.quirks) plan.quirks = *flags.quirks;
  if (flags.fail_fast) plan.fail_fast = true;
  if (flags.workload) {
    ERIS_TRY(const Selection selection, parse_selection(*flags.workload, "--workload"));
    ERIS_TRY(plan.workload,
             model::resolve(catalogue.workloads, "workload", selection.name, selection.options));
  }
  if (!flags.faults.empty()) {
    ERIS_TRY(plan.faults, build_faults(flags.faults, catalogue));
  }
  if (flags.consistency) plan.check.consistency = *flags.consistency;
  if (flags.time_budget) {
    ERIS_TRY(plan.check.time_budget, duration_flag(*flags.time_budget, "--time-budget"));
  }
  if (flags.memory_budget) {
    ERIS_TRY(plan.check.memory_budget_bytes, base::parse_bytes(*flags.memory_budget));
  }
  if (flags.threads) plan.check.threads = *flags.threads;
  ERIS_CHECK_OK(apply_system_options(flags, catalogue, plan));
  ERIS_CHECK_OK(model::validate(plan, catalogue));
  return plan;
}

}  // namespace eris::cli
