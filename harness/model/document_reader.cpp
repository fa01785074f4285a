#include <simdjson.h>

#include "harness/base/text.hpp"
#include "harness/model/document_codec.hpp"
#include "harness/model/event_codec.hpp"
#include "harness/model/json.hpp"
#include "harness/model/json_read.hpp"

namespace eris::model {

namespace {

using json::into;
using json::json_type;
using json::JsonValue;
using json::Malformed;

struct TypedOption {
  OptionKind kind;
  OptionValue value;
};

base::Duration read_duration(JsonValue json) {
  base::Duration duration{};
  json::read_object(json, {{"nanoseconds", into(duration, json::read_nanoseconds)}});
  return duration;
}

/// What tells the kinds apart is the JSON itself: 1 is an integer, 1.0 a real, {"nanoseconds":1} a
/// duration. A choice is held like text, and bytes like an integer.
TypedOption read_option(JsonValue json) {
  switch (json.type()) {
    case json_type::boolean:
      return {OptionKind::boolean, json::read_boolean(json)};
    case json_type::number:
      if (json.get_number_type() == simdjson::ondemand::number_type::floating_point_number)
        return {OptionKind::real, json::read_real(json)};
      return {OptionKind::integer, json::read_integer(json)};
    case json_type::array:
      return {OptionKind::text_list, json::read_list(json, json::read_text)};
    case json_type::object:
      return {OptionKind::duration, read_duration(json)};
    case json_type::string:
    case json_type::null:
      break;
  }
  return {OptionKind::text, json::read_text(json)};
}

Options read_options(JsonValue json) {
  if (json.type() != json_type::object) throw Malformed{"expected an object of options"};
  Options options;
  for (auto field : json.get_object()) {
    const std::string name(std::string_view(field.unescaped_key()));
    TypedOption option = read_option(field.value());
    const OptionSchema schema{.name = name, .kind = option.kind, .default_value = {}, .help = {}};
    if (auto is_set = options.set(schema, std::move(option.value)); !is_set)
      throw Malformed{is_set.error().what, is_set.error().next_step};
  }
  return options;
}

Choice read_choice(JsonValue json) {
  Choice choice;
  json::read_object(json, {{"name", into(choice.name, json::read_text)},
                           {"options", into(choice.options, read_options)}});
  return choice;
}

FaultPlan read_fault_plan(JsonValue json) {
  FaultPlan fault;
  json::read_object(json, {{"name", into(fault.fault.name, json::read_text)},
                           {"options", into(fault.fault.options, read_options)},
                           {"start-ns", into(fault.start, json::read_nanoseconds)},
                           {"every-ns", into(fault.every, json::read_nanoseconds)},
                           {"for-ns", into(fault.duration, json::read_nanoseconds)},
                           {"jitter", into(fault.jitter, json::read_real)}});
  return fault;
}

FaultAction read_action(JsonValue json) {
  std::string_view text;
  if (simdjson::to_json_string(json).get(text) != simdjson::SUCCESS)
    throw Malformed{"the action is malformed"};
  auto action = parse_action(text);
  if (!action) throw Malformed{action.error().what, action.error().next_step};
  return *std::move(action);
}

PlannedInjection read_planned_injection(JsonValue json) {
  PlannedInjection injection;
  json::read_object(json, {{"fault", into(injection.fault, json::read_text)},
                           {"at-ns", into(injection.at, json::read_nanoseconds)},
                           {"for-ns", into(injection.duration, json::read_nanoseconds)},
                           {"action", into(injection.action, read_action)},
                           {"description", into(injection.description, json::read_text)}});
  return injection;
}

CheckPlan read_check_plan(JsonValue json) {
  CheckPlan check;
  json::read_object(json,
                    {{"consistency", into(check.consistency, json::read_text)},
                     {"time-budget-ns", into(check.time_budget, json::read_nanoseconds)},
                     {"memory-budget-bytes", into(check.memory_budget_bytes, json::read_count)},
                     {"threads", into(check.threads, json::read_unsigned<unsigned>)}});
  return check;
}

Plan read_plan(JsonValue json) {
  Plan plan;
  const auto read_faults = [](JsonValue faults) {
    return json::read_list(faults, read_fault_plan);
  };
  const auto read_schedule = [](JsonValue schedule) {
    return json::read_list(schedule, read_planned_injection);
  };
  json::read_object(json,
                    {{"name", into(plan.name, json::read_text)},
                     {"seed", into(plan.seed, json::read_count)},
                     {"engine", into(plan.engine, json::read_text)},
                     {"system", into(plan.system, read_choice)},
                     {"nodes", into(plan.nodes, json::read_unsigned<unsigned>)},
                     {"workload", into(plan.workload, read_choice)},
                     {"concurrency", into(plan.concurrency, json::read_unsigned<unsigned>)},
                     {"rate", into(plan.rate, json::read_real)},
                     {"time-limit-ns", into(plan.time_limit, json::read_nanoseconds)},
                     {"operation-timeout-ns", into(plan.operation_timeout, json::read_nanoseconds)},
                     {"ready-timeout-ns", into(plan.ready_timeout, json::read_nanoseconds)},
                     {"quiet-period-ns", into(plan.quiet_period, json::read_nanoseconds)},
                     {"quirks", into(plan.quirks, json::read_boolean), true},
                     {"fail-fast", into(plan.fail_fast, json::read_boolean), true},
                     {"faults", into(plan.faults, read_faults)},
                     {"schedule", into(plan.schedule, read_schedule), true},
                     {"check", into(plan.check, read_check_plan)}});
  return plan;
}

/// Looked at before all else: a newer header may have members that this Eris does not know.
void expect_known_version(simdjson::ondemand::object object) {
  JsonValue json;
  if (object.find_field_unordered("eris-journal").get(json) != simdjson::SUCCESS)
    throw Malformed{"this is no Eris journal: its first line has no member 'eris-journal'",
                    "name the file journal.jsonl of a run directory"};
  const std::int64_t version = json::read_integer(json);
  if (version > journal_version)
    throw Malformed{fmt::format("the journal has version {}, and this Eris reads up to version {}",
                                version, journal_version),
                    "read it with a newer Eris"};
  if (version < 1) throw Malformed{fmt::format("there is no journal version {}", version)};
}

Header read_header(simdjson::ondemand::document& document) {
  simdjson::ondemand::object object = document.get_object();
  expect_known_version(object);
  if (object.reset().error() != simdjson::SUCCESS) throw Malformed{"the header is malformed"};
  Header header;
  std::int64_t version = 0;
  json::read_object(object, {{"eris-journal", into(version, json::read_integer)},
                             {"started", into(header.started, json::read_text)},
                             {"plan", into(header.plan, read_plan)},
                             {"versions", into(header.versions, json::read_fields)},
                             {"environment", into(header.environment, json::read_fields)}});
  json::expect_end(document);
  return header;
}

Verdict read_verdict(JsonValue json) {
  const std::string name = json::read_text(json);
  if (const auto verdict = parse_verdict(name)) return *verdict;
  throw Malformed{
      fmt::format("unknown verdict '{}'", name),
      base::did_you_mean(name, {"valid", "vacuous", "unknown", "environment", "invalid"})};
}

Value read_any_value(JsonValue json) {
  return json::read_value(json);
}

WitnessStep read_step(JsonValue json) {
  WitnessStep step;
  json::read_object(json, {{"operation", into(step.operation, json::read_count)},
                           {"role", into(step.role, json::read_text)}});
  return step;
}

WitnessArrow read_arrow(JsonValue json) {
  WitnessArrow arrow;
  json::read_object(json, {{"from", into(arrow.from, json::read_count)},
                           {"to", into(arrow.to, json::read_count)},
                           {"kind", into(arrow.kind, json::read_text)},
                           {"words", into(arrow.words, json::read_text)}});
  return arrow;
}

Finding read_finding(JsonValue json) {
  Finding finding;
  const auto read_texts = [](JsonValue texts) { return json::read_list(texts, json::read_text); };
  const auto read_steps = [](JsonValue steps) { return json::read_list(steps, read_step); };
  const auto read_arrows = [](JsonValue arrows) { return json::read_list(arrows, read_arrow); };
  const auto read_at = [](JsonValue at) {
    return at.is_null() ? std::optional<base::Instant>() : json::read_nanoseconds(at);
  };
  const auto read_nodes = [](JsonValue nodes) {
    return json::read_list(nodes, [](JsonValue node) {
      return base::NodeId(json::read_unsigned<std::uint32_t>(node));
    });
  };
  json::read_object(json,
                    {{"property", into(finding.property, json::read_text)},
                     {"anomaly", into(finding.anomaly, json::read_text)},
                     {"key", into(finding.key, read_any_value)},
                     {"sentence", into(finding.sentence, json::read_text)},
                     {"explanation", into(finding.explanation, read_texts)},
                     {"witness", into(finding.witness, read_steps)},
                     {"arrows", into(finding.arrows, read_arrows)},
                     {"searched-operations", into(finding.searched_operations, json::read_count)},
                     {"at", into(finding.at, read_at)},
                     {"nodes", into(finding.nodes, read_nodes)}});
  return finding;
}

CheckResult read_result(JsonValue json) {
  CheckResult result;
  const auto read_findings = [](JsonValue list) { return json::read_list(list, read_finding); };
  json::read_object(json, {{"checker", into(result.checker, json::read_text)},
                           {"verdict", into(result.verdict, read_verdict)},
                           {"reason", into(result.reason, json::read_text)},
                           {"findings", into(result.findings, read_findings)},
                           {"statistics", into(result.statistics, json::read_fields)}});
  return result;
}

Judgement read_judgement(simdjson::ondemand::document& document) {
  Judgement judgement;
  const auto read_results = [](JsonValue list) { return json::read_list(list, read_result); };
  json::read_object(document.get_object().value(),
                    {{"verdict", into(judgement.verdict, read_verdict)},
                     {"results", into(judgement.results, read_results)}});
  json::expect_end(document);
  return judgement;
}

Fields read_fields_document(simdjson::ondemand::document& document) {
  Fields fields;
  for (auto field : document.get_object()) {
    std::string name(std::string_view(field.unescaped_key()));
    fields.emplace_back(std::move(name), json::read_value(field.value()));
  }
  json::expect_end(document);
  return fields;
}

/// Parses a text that may lack the padding that simdjson needs.
template <typename Read>
auto read_unpadded(std::string_view text, Read read) {
  const simdjson::padded_string padded(text);
  simdjson::ondemand::parser parser;
  return json::read_document(parser, padded, read);
}

}  // namespace

base::Result<Header> parse_header(std::string_view line) {
  return read_unpadded(line, read_header);
}

base::Result<Judgement> parse_judgement(std::string_view json) {
  return read_unpadded(json, read_judgement);
}

base::Result<Fields> parse_fields(std::string_view json) {
  return read_unpadded(json, read_fields_document);
}

}  // namespace eris::model
