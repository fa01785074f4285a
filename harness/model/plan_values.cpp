#include "harness/model/plan_values.hpp"

#include <algorithm>
#include <limits>

namespace eris::model {

namespace {

constexpr double second = 1;
constexpr double nanosecond = 1e-9;
/// Longer runs and waits are slips of the pen.
constexpr double duration_seconds_max = 30 * 24 * 3600 * second;

OptionSchema duration_option(std::string name, base::Duration default_value, double minimum,
                             std::string help) {
  return {.name = std::move(name),
          .kind = OptionKind::duration,
          .default_value = default_value,
          .help = std::move(help),
          .minimum = minimum,
          .maximum = duration_seconds_max};
}

OptionSchema count_option(std::string name, unsigned default_value, double minimum, double maximum,
                          std::string help) {
  return {.name = std::move(name),
          .kind = OptionKind::integer,
          .default_value = std::int64_t{default_value},
          .help = std::move(help),
          .minimum = minimum,
          .maximum = maximum};
}

std::vector<OptionSchema> make_plan_schema() {
  const Plan plan;
  return {
      {.name = "name",
       .kind = OptionKind::text,
       .default_value = plan.name,
       .help = "Of the run, in its directory and its reports"},
      {.name = "engine",
       .kind = OptionKind::choice,
       .default_value = plan.engine,
       .help = "Real processes (live) or a simulated cluster (sim)",
       .choices = {"live", "sim"}},
      count_option("nodes", plan.nodes, 1, 100, "How many nodes the cluster has"),
      count_option("concurrency", plan.concurrency, 1, 10'000,
                   "Logical client processes that run at once"),
      {.name = "rate",
       .kind = OptionKind::real,
       .default_value = plan.rate,
       .help = "Operations a second over all processes; 0: no limit",
       .minimum = 0},
      duration_option("time-limit", plan.time_limit, nanosecond,
                      "Of the load phase, during which faults strike"),
      duration_option("operation-timeout", plan.operation_timeout, nanosecond,
                      "After this a client gives up, and the outcome is unknown"),
      duration_option("ready-timeout", plan.ready_timeout, nanosecond,
                      "For all nodes to serve after their start"),
      duration_option("quiet-period", plan.quiet_period, 0,
                      "Between the final heal and the final reads"),
      {.name = "quirks",
       .kind = OptionKind::boolean,
       .default_value = plan.quirks,
       .help =
           "In simulation: whether networks, disks and clocks are a little off, as the seed has "
           "it"},
      {.name = "fail-fast",
       .kind = OptionKind::boolean,
       .default_value = plan.fail_fast,
       .help = "Check while the run goes on, and end it at the first violation"},
  };
}

std::vector<OptionSchema> make_schedule_schema() {
  const FaultPlan fault;
  return {
      duration_option("start", fault.start, 0, "Quiet time before the first injection"),
      duration_option("every", fault.every, nanosecond,
                      "From the beginning of one injection to that of the next"),
      duration_option("for", fault.duration, nanosecond, "How long one injection lasts"),
      {.name = "jitter",
       .kind = OptionKind::real,
       .default_value = fault.jitter,
       .help = "Share of 'every' and 'for' that the seed may add or take",
       .minimum = 0,
       .maximum = 1},
  };
}

std::vector<OptionSchema> make_check_schema() {
  const CheckPlan check;
  return {
      {.name = "consistency",
       .kind = OptionKind::text,
       .default_value = check.consistency,
       .help = "What to hold the system to; \"promised\": whatever its adapter promises"},
      duration_option("time-budget", check.time_budget, nanosecond,
                      "Of checking; when it is used up the verdict is unknown"),
      {.name = "memory-budget",
       .kind = OptionKind::bytes,
       .default_value = static_cast<std::int64_t>(check.memory_budget_bytes),
       .help = "Of checking; when it is used up the verdict is unknown",
       .minimum = 0x1p20,
       .maximum = 0x1p50},
      count_option("threads", check.threads, 0, 1'024,
                   "Of checking; 0: as many as the machine has processors"),
  };
}

unsigned count_of(const Options& options, std::string_view name) {
  return static_cast<unsigned>(options.integer(name));
}

}  // namespace

const std::vector<OptionSchema>& plan_schema() {
  static const std::vector<OptionSchema> schema = make_plan_schema();
  return schema;
}

const std::vector<OptionSchema>& schedule_schema() {
  static const std::vector<OptionSchema> schema = make_schedule_schema();
  return schema;
}

const std::vector<OptionSchema>& check_schema() {
  static const std::vector<OptionSchema> schema = make_check_schema();
  return schema;
}

std::vector<NamedValue> values_of(const Plan& plan) {
  return {{"name", plan.name},
          {"engine", plan.engine},
          {"nodes", std::int64_t{plan.nodes}},
          {"concurrency", std::int64_t{plan.concurrency}},
          {"rate", plan.rate},
          {"time-limit", plan.time_limit},
          {"operation-timeout", plan.operation_timeout},
          {"ready-timeout", plan.ready_timeout},
          {"quiet-period", plan.quiet_period},
          {"quirks", plan.quirks},
          {"fail-fast", plan.fail_fast}};
}

std::vector<NamedValue> values_of(const FaultPlan& fault) {
  return {{"start", fault.start},
          {"every", fault.every},
          {"for", fault.duration},
          {"jitter", fault.jitter}};
}

std::vector<NamedValue> values_of(const CheckPlan& check) {
  // What an int64 does not hold is far above the option's maximum all the same.
  const std::uint64_t bytes_max = std::numeric_limits<std::int64_t>::max();
  const auto bytes = static_cast<std::int64_t>(std::min(check.memory_budget_bytes, bytes_max));
  return {{"consistency", check.consistency},
          {"time-budget", check.time_budget},
          {"memory-budget", bytes},
          {"threads", std::int64_t{check.threads}}};
}

void assign(Plan& plan, const Options& options) {
  plan.name = options.text("name");
  plan.engine = options.text("engine");
  plan.nodes = count_of(options, "nodes");
  plan.concurrency = count_of(options, "concurrency");
  plan.rate = options.real("rate");
  plan.time_limit = options.duration("time-limit");
  plan.operation_timeout = options.duration("operation-timeout");
  plan.ready_timeout = options.duration("ready-timeout");
  plan.quiet_period = options.duration("quiet-period");
  plan.quirks = options.boolean("quirks");
  plan.fail_fast = options.boolean("fail-fast");
}

void assign(FaultPlan& fault, const Options& options) {
  fault.start = options.duration("start");
  fault.every = options.duration("every");
  fault.duration = options.duration("for");
  fault.jitter = options.real("jitter");
}

void assign(CheckPlan& check, const Options& options) {
  check.consistency = options.text("consistency");
  check.time_budget = options.duration("time-budget");
  check.memory_budget_bytes = static_cast<std::uint64_t>(options.integer("memory-budget"));
  check.threads = count_of(options, "threads");
}

}  // namespace eris::model
