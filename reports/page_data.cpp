// The data that the page's scripts draw.
#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "reports/escape.hpp"
#include "reports/page.hpp"
#include "reports/wording.hpp"

namespace eris::reports::page {

namespace {

using Json = nlohmann::ordered_json;

/// Beyond this a JavaScript number no longer holds every integer.
constexpr std::int64_t exact_max = (1ll << 53) - 1;

std::int64_t microseconds(Duration duration) {
  return std::chrono::round<std::chrono::microseconds>(duration).count();
}

Json optional_time(const std::optional<Instant>& instant) {
  return instant ? Json(microseconds(*instant)) : Json(nullptr);
}

/// Small integers and nil as they are, anything else as the text that people read.
Json cell(const model::Value& value) {
  if (value.is_nil()) return nullptr;
  if (value.is_integer() && std::abs(value.integer()) <= exact_max) return value.integer();
  return valid_utf8(model::to_text(value));
}

/// Which operations travel in the page, ascending.
std::vector<std::size_t> chosen_operations(const model::History& history, const Summary& summary,
                                           std::size_t limit) {
  const std::size_t total = history.operations.size();
  const std::size_t stride = (total + limit - 1) / limit;
  std::set<std::size_t> witnesses;
  for (const FindingRecord& record : summary.findings)
    for (const model::WitnessStep& step : record.finding.witness) witnesses.insert(step.operation);
  std::vector<std::size_t> chosen;
  chosen.reserve(std::min(total, limit));
  for (std::size_t i = 0; i < total; ++i)
    if (stride <= 1 || i % stride == 0 || history.operations[i].status != model::Status::ok ||
        witnesses.contains(i))
      chosen.push_back(i);
  return chosen;
}

/// Names that occur often, each told once.
class Names {
 public:
  std::size_t index_of(std::string_view name) {
    const auto known = std::ranges::find(names_, name);
    if (known != names_.end()) return static_cast<std::size_t>(known - names_.begin());
    names_.emplace_back(name);
    return names_.size() - 1;
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return names_; }

 private:
  std::vector<std::string> names_;
};

/// Columns: `start` holds differences, `kind` is function·3 + status, and `error` holds pairs
/// (place in the columns, error), since few operations have one.
Json operation_columns(const model::History& history, const std::vector<std::size_t>& chosen) {
  Json start = Json::array(), duration = Json::array(), process = Json::array();
  Json kind = Json::array(), key = Json::array(), argument = Json::array();
  Json result = Json::array(), error = Json::array(), number = Json::array();
  Names functions;
  std::int64_t previous = 0;
  for (std::size_t place = 0; place < chosen.size(); ++place) {
    const model::Operation& operation = history.operations[chosen[place]];
    const std::int64_t at = microseconds(operation.invoked_at);
    start.push_back(at - previous);
    previous = at;
    duration.push_back(std::max<std::int64_t>(0, microseconds(operation.completed_at) - at));
    process.push_back(operation.process.value);
    kind.push_back(functions.index_of(operation.function.view()) * 3 +
                   static_cast<std::size_t>(operation.status));
    key.push_back(operation.key);
    argument.push_back(cell(operation.argument));
    result.push_back(cell(operation.result));
    if (operation.error != 0) {
      error.push_back(place);
      error.push_back(operation.error);
    }
    if (chosen.size() < history.operations.size()) number.push_back(chosen[place]);
  }
  Json names = Json::array();
  for (const std::string& name : functions.all()) names.push_back(valid_utf8(name));
  return {{"functions", names},
          {"start", start},
          {"duration", duration},
          {"process", process},
          {"kind", kind},
          {"key", key},
          {"argument", argument},
          {"result", result},
          {"error", error},
          {"number", number},
          {"total", history.operations.size()}};
}

Json texts_of(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(valid_utf8(text));
  return list;
}

Json nodes_of(const Summary& summary) {
  Json nodes = Json::array();
  for (const NodeSummary& node : summary.nodes) {
    Json roles = Json::array();
    for (const RoleSpan& role : node.roles)
      roles.push_back({valid_utf8(role.role), role.term ? Json(*role.term) : Json(nullptr),
                       microseconds(role.span.from), microseconds(role.span.to)});
    nodes.push_back({{"name", base::to_text(node.node)}, {"roles", roles}});
  }
  return nodes;
}

Json incidents_of(const Summary& summary) {
  Json incidents = Json::array();
  for (const Incident& incident : summary.incidents)
    incidents.push_back({microseconds(incident.at), base::to_text(incident.node),
                         valid_utf8(incident.what), valid_utf8(fields_text(incident.fields))});
  return incidents;
}

Json faults_of(const Summary& summary) {
  Json faults = Json::array();
  for (const FaultRecord& fault : summary.faults)
    faults.push_back({{"number", fault.number},
                      {"name", valid_utf8(fault.name)},
                      {"description", valid_utf8(fault.description)},
                      {"action", valid_utf8(fault.action)},
                      {"outcome", to_text(fault.outcome)},
                      {"applied", optional_time(fault.applied)},
                      {"from", microseconds(fault.span.from)},
                      {"to", microseconds(fault.span.to)},
                      {"facts", valid_utf8(fields_text(fault.facts))}});
  return faults;
}

Json findings_of(const Summary& summary, const std::vector<std::size_t>& chosen) {
  Json findings = Json::array();
  for (const FindingRecord& record : summary.findings) {
    Json steps = Json::array();
    for (const model::WitnessStep& step : record.finding.witness) {
      const auto place = std::ranges::lower_bound(chosen, step.operation);
      steps.push_back({place - chosen.begin(), valid_utf8(step.role)});
    }
    Json arrows = Json::array();
    for (const model::WitnessArrow& arrow : record.finding.arrows)
      arrows.push_back({arrow.from, arrow.to, valid_utf8(arrow.kind), valid_utf8(arrow.words)});
    findings.push_back({{"anomaly", valid_utf8(record.finding.anomaly)},
                        {"key", valid_utf8(key_text(record.finding.key))},
                        {"from", microseconds(record.span.from)},
                        {"to", microseconds(record.span.to)},
                        {"moment", microseconds(record.moment.from)},
                        {"timed", !steps.empty() || record.is_of_protocol()},
                        {"steps", steps},
                        {"arrows", arrows}});
  }
  return findings;
}

/// p50, p95, p99 and max of one status, a column each; null where a slice has none.
Json latency_columns(const Summary& summary, std::size_t status) {
  Json p50 = Json::array(), p95 = Json::array(), p99 = Json::array(), max = Json::array();
  for (const Bucket& bucket : summary.buckets) {
    const Latencies& latencies = bucket.latencies.at(status);
    const auto cell = [&](Duration duration) {
      return latencies.count == 0 ? Json(nullptr) : Json(microseconds(duration));
    };
    p50.push_back(cell(latencies.p50));
    p95.push_back(cell(latencies.p95));
    p99.push_back(cell(latencies.p99));
    max.push_back(cell(latencies.max));
  }
  return {p50, p95, p99, max};
}

Json buckets_of(const Summary& summary) {
  Json ok = Json::array(), fail = Json::array(), info = Json::array();
  for (const Bucket& bucket : summary.buckets) {
    ok.push_back(bucket.counts.ok);
    fail.push_back(bucket.counts.fail);
    info.push_back(bucket.counts.info);
  }
  return {{"width", microseconds(summary.bucket_width)},
          {"ok", ok},
          {"fail", fail},
          {"info", info},
          {"latency",
           {{"ok", latency_columns(summary, 0)},
            {"fail", latency_columns(summary, 1)},
            {"info", latency_columns(summary, 2)}}}};
}

Json phases_of(const Summary& summary) {
  Json phases = Json::array();
  for (const Phase& phase : summary.phases)
    phases.push_back(
        {valid_utf8(phase.name), microseconds(phase.span.from), microseconds(phase.span.to)});
  return phases;
}

}  // namespace

std::string data(const ReportInput& input, const Summary& summary, std::size_t operations_limit) {
  const std::vector<std::size_t> chosen =
      chosen_operations(input.history, summary, operations_limit);
  Json keys = Json::array();
  for (const model::Value& key : input.history.keys)
    keys.push_back(key.is_nil() ? Json(nullptr) : Json(valid_utf8(key_text(key))));
  const Json all = {{"end", microseconds(summary.end)},
                    {"keys", keys},
                    {"errors", texts_of(input.history.errors)},
                    {"operations", operation_columns(input.history, chosen)},
                    {"phases", phases_of(summary)},
                    {"nodes", nodes_of(summary)},
                    {"incidents", incidents_of(summary)},
                    {"faults", faults_of(summary)},
                    {"findings", findings_of(summary, chosen)},
                    {"buckets", buckets_of(summary)}};
  return escape_script_json(all.dump());
}

}  // namespace eris::reports::page
