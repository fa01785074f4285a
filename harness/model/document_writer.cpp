#include "harness/model/document_codec.hpp"
#include "harness/model/event_codec.hpp"
#include "harness/model/json.hpp"
#include "harness/model/json_text.hpp"

namespace eris::model {

namespace {

/// {"a":…,"b":…}: writes the commas and names, and leaves the values to the caller.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  ~ObjectWriter() { out_ += '}'; }
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;

  std::string& member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    json::append_string(out_, name);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view text) { json::append_text(member(name), text); }
  void number(std::string_view name, auto number) { json::append_number(member(name), number); }

 private:
  std::string& out_;
  bool first_ = true;
};

template <typename T>
void append_array(std::string& out, const std::vector<T>& items, auto append_item) {
  std::string_view separator;
  out += '[';
  for (const T& item : items) {
    out += separator;
    append_item(out, item);
    separator = ",";
  }
  out += ']';
}

void append_option(std::string& out, const OptionValue& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) {
    out += *boolean ? "true" : "false";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    json::append_number(out, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    json::append_number(out, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    json::append_text(out, *text);
  } else if (const auto* duration = std::get_if<base::Duration>(&value)) {
    ObjectWriter(out).number("nanoseconds", duration->count());
  } else {
    append_array(out, std::get<std::vector<std::string>>(value), json::append_text);
  }
}

void write_choice(ObjectWriter& object, const Choice& choice) {
  object.text("name", choice.name);
  ObjectWriter options(object.member("options"));
  for (const auto& [name, value] : choice.options.values())
    append_option(options.member(name), value);
}

void append_choice(std::string& out, const Choice& choice) {
  ObjectWriter object(out);
  write_choice(object, choice);
}

void append_fault_plan(std::string& out, const FaultPlan& fault) {
  ObjectWriter object(out);
  write_choice(object, fault.fault);
  object.number("start-ns", fault.start.count());
  object.number("every-ns", fault.every.count());
  object.number("for-ns", fault.duration.count());
  object.number("jitter", fault.jitter);
}

void append_planned_injection(std::string& out, const PlannedInjection& injection) {
  ObjectWriter object(out);
  object.text("fault", injection.fault);
  object.number("at-ns", injection.at.count());
  object.number("for-ns", injection.duration.count());
  append_action(object.member("action"), injection.action);
  object.text("description", injection.description);
}

void append_check_plan(std::string& out, const CheckPlan& check) {
  ObjectWriter object(out);
  object.text("consistency", check.consistency);
  object.number("time-budget-ns", check.time_budget.count());
  object.number("memory-budget-bytes", check.memory_budget_bytes);
  object.number("threads", check.threads);
}

void append_plan(std::string& out, const Plan& plan) {
  ObjectWriter object(out);
  object.text("name", plan.name);
  object.number("seed", plan.seed);
  object.text("engine", plan.engine);
  append_choice(object.member("system"), plan.system);
  object.number("nodes", plan.nodes);
  append_choice(object.member("workload"), plan.workload);
  object.number("concurrency", plan.concurrency);
  object.number("rate", plan.rate);
  object.number("time-limit-ns", plan.time_limit.count());
  object.number("operation-timeout-ns", plan.operation_timeout.count());
  object.number("ready-timeout-ns", plan.ready_timeout.count());
  object.number("quiet-period-ns", plan.quiet_period.count());
  object.member("quirks") += plan.quirks ? "true" : "false";
  if (plan.fail_fast) object.member("fail-fast") += "true";
  append_array(object.member("faults"), plan.faults, append_fault_plan);
  if (!plan.schedule.empty())
    append_array(object.member("schedule"), plan.schedule, append_planned_injection);
  append_check_plan(object.member("check"), plan.check);
}

void append_step(std::string& out, const WitnessStep& step) {
  ObjectWriter object(out);
  object.number("operation", step.operation);
  object.text("role", step.role);
}

void append_arrow(std::string& out, const WitnessArrow& arrow) {
  ObjectWriter object(out);
  object.number("from", arrow.from);
  object.number("to", arrow.to);
  object.text("kind", arrow.kind);
  object.text("words", arrow.words);
}

void append_finding(std::string& out, const Finding& finding) {
  ObjectWriter object(out);
  object.text("property", finding.property);
  object.text("anomaly", finding.anomaly);
  json::append_value(object.member("key"), finding.key);
  object.text("sentence", finding.sentence);
  append_array(object.member("explanation"), finding.explanation, json::append_text);
  append_array(object.member("witness"), finding.witness, append_step);
  append_array(object.member("arrows"), finding.arrows, append_arrow);
  object.number("searched-operations", finding.searched_operations);
  if (finding.at)
    object.number("at", finding.at->count());
  else
    object.member("at") += "null";
  append_array(object.member("nodes"), finding.nodes,
               [](std::string& list, base::NodeId node) { json::append_number(list, node.value); });
}

void append_result(std::string& out, const CheckResult& result) {
  ObjectWriter object(out);
  object.text("checker", result.checker);
  object.text("verdict", to_text(result.verdict));
  object.text("reason", result.reason);
  append_array(object.member("findings"), result.findings, append_finding);
  json::append_fields(object.member("statistics"), result.statistics);
}

}  // namespace

std::string header_to_json(const Header& header) {
  std::string out;
  {
    ObjectWriter object(out);
    object.number("eris-journal", journal_version);
    object.text("started", header.started);
    append_plan(object.member("plan"), header.plan);
    json::append_fields(object.member("versions"), header.versions);
    json::append_fields(object.member("environment"), header.environment);
  }
  return out;
}

std::string to_json(const Judgement& judgement) {
  std::string out;
  {
    ObjectWriter object(out);
    object.text("verdict", to_text(judgement.verdict));
    append_array(object.member("results"), judgement.results, append_result);
  }
  return out;
}

std::string to_json(const Fields& fields) {
  std::string out;
  json::append_fields(out, fields);
  return out;
}

}  // namespace eris::model
