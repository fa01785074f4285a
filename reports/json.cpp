// The JSON report. Its schema is docs/report-json.md; `format` rises when a reader must change.
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/model/plan.hpp"
#include "reports/escape.hpp"
#include "reports/report.hpp"
#include "reports/summary.hpp"
#include "reports/wording.hpp"

namespace eris::reports {

namespace {

using Json = nlohmann::ordered_json;

constexpr int format = 1;

Json nanoseconds(Duration duration) {
  return duration.count();
}

Json optional_time(const std::optional<Instant>& instant) {
  return instant ? Json(instant->count()) : Json(nullptr);
}

Json text(std::string_view content) {
  return valid_utf8(content);
}

Json value_to_json(const model::Value& value) {
  if (value.is_boolean()) return value.boolean();
  if (value.is_integer()) return value.integer();
  if (value.is_text()) return text(value.text());
  if (!value.is_list()) return nullptr;
  Json list = Json::array();
  for (const model::Value& item : value.list()) list.push_back(value_to_json(item));
  return list;
}

Json fields_to_json(const model::Fields& fields) {
  Json object = Json::object();
  for (const auto& [name, value] : fields) object[valid_utf8(name)] = value_to_json(value);
  return object;
}

Json story_to_json(const Summary& summary) {
  Json story = Json::array();
  for (const StoryStep& step : summary.story)
    story.push_back(
        {{"at_ns", nanoseconds(step.at)}, {"kind", to_text(step.kind)}, {"text", text(step.text)}});
  return story;
}

Json texts(const std::vector<std::string>& lines) {
  Json list = Json::array();
  for (const std::string& line : lines) list.push_back(text(line));
  return list;
}

Json node_names(const std::vector<base::NodeId>& nodes) {
  Json list = Json::array();
  for (const base::NodeId node : nodes) list.push_back(base::to_text(node));
  return list;
}

Json counts_to_json(const StatusCounts& counts) {
  return {{"ok", counts.ok}, {"fail", counts.fail}, {"info", counts.info}};
}

Json latencies_to_json(const Latencies& latencies) {
  return {{"count", latencies.count},
          {"p50_ns", nanoseconds(latencies.p50)},
          {"p95_ns", nanoseconds(latencies.p95)},
          {"p99_ns", nanoseconds(latencies.p99)},
          {"max_ns", nanoseconds(latencies.max)}};
}

Json by_status(const LatenciesByStatus& latencies) {
  return {{"ok", latencies_to_json(latencies[0])},
          {"fail", latencies_to_json(latencies[1])},
          {"info", latencies_to_json(latencies[2])}};
}

Json run_to_json(const model::History& history, const Summary& summary) {
  const model::Plan& plan = history.header.plan;
  return {{"name", text(plan.name)},
          {"system", text(plan.system.name)},
          {"workload", text(plan.workload.name)},
          {"engine", text(plan.engine)},
          {"nodes", plan.nodes},
          {"concurrency", plan.concurrency},
          {"seed", plan.seed},
          {"started", text(history.header.started)},
          {"duration_ns", nanoseconds(summary.end)},
          {"finished", history.finished},
          {"plan", text(model::to_toml(plan))},
          {"versions", fields_to_json(history.header.versions)},
          {"environment", fields_to_json(history.header.environment)}};
}

Json operation_to_json(const model::History& history, const model::WitnessStep& step) {
  const model::Operation& operation = history.operations.at(step.operation);
  return {{"operation", step.operation},
          {"role", text(step.role)},
          {"process", operation.process.value},
          {"function", text(operation.function.view())},
          {"key", value_to_json(history.key_of(operation))},
          {"argument", value_to_json(operation.argument)},
          {"result", value_to_json(operation.result)},
          {"status", model::to_text(operation.status)},
          {"error", text(history.error_of(operation))},
          {"invoked_ns", nanoseconds(operation.invoked_at)},
          {"completed_ns", nanoseconds(operation.completed_at)},
          {"invoked_event", operation.invoked},
          {"completed_event",
           operation.completed == model::never ? Json(nullptr) : Json(operation.completed)}};
}

Json leader_to_json(const LeaderSpan& leader) {
  return {{"node", base::to_text(leader.node)},
          {"term", leader.term ? Json(*leader.term) : Json(nullptr)},
          {"from_ns", nanoseconds(leader.span.from)},
          {"to_ns", nanoseconds(leader.span.to)}};
}

Json leaders_to_json(const Summary& summary, const std::vector<std::size_t>& indices) {
  Json list = Json::array();
  for (const std::size_t index : indices) list.push_back(leader_to_json(summary.leaders[index]));
  return list;
}

Json finding_to_json(const model::History& history, const Summary& summary,
                     const FindingRecord& record) {
  Json faults = Json::array();
  for (const FaultOverlap& overlap : record.faults)
    faults.push_back({{"fault", summary.faults[overlap.fault].number},
                      {"description", text(summary.faults[overlap.fault].description)},
                      {"at_moment", overlap.at_moment}});
  Json witness = Json::array();
  for (const model::WitnessStep& step : record.finding.witness)
    witness.push_back(operation_to_json(history, step));
  Json arrows = Json::array();
  for (const model::WitnessArrow& arrow : record.finding.arrows)
    arrows.push_back({{"from", arrow.from},
                      {"to", arrow.to},
                      {"kind", text(arrow.kind)},
                      {"words", text(arrow.words)}});
  return {{"checker", text(record.checker)},
          {"property", text(record.finding.property)},
          {"anomaly", text(record.finding.anomaly)},
          {"key", value_to_json(record.finding.key)},
          {"sentence", text(record.finding.sentence)},
          {"context", text(record.context)},
          {"cause", text(record.cause)},
          {"nodes", node_names(record.finding.nodes)},
          {"explanation", texts(record.finding.explanation)},
          {"from_ns", nanoseconds(record.span.from)},
          {"to_ns", nanoseconds(record.span.to)},
          {"faults", faults},
          {"leaders", leaders_to_json(summary, record.leaders)},
          {"searched_operations", record.finding.searched_operations},
          {"witness", witness},
          {"arrows", arrows}};
}

Json fault_to_json(const Summary& summary, const FaultRecord& fault) {
  return {{"fault", fault.number},
          {"name", text(fault.name)},
          {"description", text(fault.description)},
          {"action", text(fault.action)},
          {"outcome", to_text(fault.outcome)},
          {"decided_ns", optional_time(fault.decided)},
          {"applied_ns", optional_time(fault.applied)},
          {"reverting_ns", optional_time(fault.reverting)},
          {"reverted_ns", optional_time(fault.reverted)},
          {"evidence", fields_to_json(fault.facts)},
          {"operations", counts_to_json(fault.operations)},
          {"longest_pause_ns", nanoseconds(fault.longest_pause)},
          {"leaders", leaders_to_json(summary, fault.leaders)}};
}

Json checks_to_json(const model::Judgement& judgement) {
  Json list = Json::array();
  for (const model::CheckResult& result : judgement.results)
    list.push_back({{"checker", text(result.checker)},
                    {"verdict", to_text(result.verdict)},
                    {"reason", text(result.reason)},
                    {"statistics", fields_to_json(result.statistics)}});
  return list;
}

Json functions_to_json(const Summary& summary) {
  Json list = Json::array();
  for (const FunctionSummary& function : summary.functions)
    list.push_back({{"function", text(function.function)},
                    {"operations", counts_to_json(function.counts)},
                    {"latency", by_status(function.latencies)}});
  return list;
}

Json over_time_to_json(const Summary& summary) {
  Json buckets = Json::array();
  for (const Bucket& bucket : summary.buckets) {
    if (bucket.counts.total() == 0) continue;
    buckets.push_back({{"from_ns", nanoseconds(bucket.from)},
                       {"operations", counts_to_json(bucket.counts)},
                       {"latency_ok", latencies_to_json(bucket.latencies[0])}});
  }
  return {{"width_ns", nanoseconds(summary.bucket_width)}, {"buckets", buckets}};
}

Json nodes_to_json(const Summary& summary) {
  Json list = Json::array();
  for (const NodeSummary& node : summary.nodes)
    list.push_back({{"node", base::to_text(node.node)},
                    {"starts", node.starts},
                    {"exits", node.exits},
                    {"beacons", node.beacons},
                    {"led_ns", nanoseconds(node.led)},
                    {"last_beacon", fields_to_json(node.last_beacon)}});
  return list;
}

Json phases_to_json(const Summary& summary) {
  Json list = Json::array();
  for (const Phase& phase : summary.phases)
    list.push_back({{"name", text(phase.name)},
                    {"from_ns", nanoseconds(phase.span.from)},
                    {"to_ns", nanoseconds(phase.span.to)}});
  return list;
}

}  // namespace

std::string to_json(const ReportInput& input) {
  const Summary summary = summarize(input);
  Json findings = Json::array();
  for (const FindingRecord& record : summary.findings)
    findings.push_back(finding_to_json(input.history, summary, record));
  Json faults = Json::array();
  for (const FaultRecord& fault : summary.faults) faults.push_back(fault_to_json(summary, fault));
  Json leaders = Json::array();
  for (const LeaderSpan& leader : summary.leaders) leaders.push_back(leader_to_json(leader));
  const Json report = {{"format", format},
                       {"verdict", to_text(summary.verdict)},
                       {"exit_code", model::exit_code(summary.verdict)},
                       {"sentence", text(summary.sentence)},
                       {"next_step", text(summary.next_step)},
                       {"remarks", texts(summary.remarks)},
                       {"reproduce", text(input.reproduce)},
                       {"run", run_to_json(input.history, summary)},
                       {"operations", counts_to_json(summary.counts)},
                       {"keys", summary.keys},
                       {"processes", summary.processes},
                       {"checks", checks_to_json(input.judgement)},
                       {"findings", findings},
                       {"story", story_to_json(summary)},
                       {"faults", faults},
                       {"functions", functions_to_json(summary)},
                       {"over_time", over_time_to_json(summary)},
                       {"phases", phases_to_json(summary)},
                       {"nodes", nodes_to_json(summary)},
                       {"leaders", leaders}};
  return report.dump(2) + "\n";
}

}  // namespace eris::reports
