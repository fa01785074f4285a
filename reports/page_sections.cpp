// The page's tables: latencies by function, faults, cluster, checks, plan, how to reproduce.
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/model/plan.hpp"
#include "reports/escape.hpp"
#include "reports/page.hpp"
#include "reports/wording.hpp"

namespace eris::reports::page {

namespace {

std::string section(std::string_view id, std::string_view title, const std::string& content) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-title\"><h2 "
      "id=\"{0}-title\">{1}</h2>{2}</section>",
      id, title, content);
}

std::string table(std::string_view heads, const std::string& rows, std::string_view kind = "") {
  return fmt::format(
      "<div class=\"scroll\"><table "
      "class=\"{}\"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
      "</div>",
      kind, heads, rows);
}

std::string number(const std::string& text) {
  return "<td class=\"number\">" + escape_html(text) + "</td>";
}

std::string latency_cells(const Latencies& latencies) {
  if (latencies.count == 0) return "<td></td><td></td><td></td><td></td>";
  return number(base::to_rounded_text(latencies.p50)) +
         number(base::to_rounded_text(latencies.p95)) +
         number(base::to_rounded_text(latencies.p99)) +
         number(base::to_rounded_text(latencies.max));
}

std::string fields_list(const model::Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields)
    text += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escape_html(name),
                        escape_html(key_text(value)));
  return "<dl class=\"fields\">" + text + "</dl>";
}

/// When it was decided, and how long each further step took.
std::string fault_times(const FaultRecord& fault) {
  std::string text;
  const auto line = [&](std::string_view name, const std::optional<Instant>& at,
                        const std::optional<Instant>& since) {
    if (!at) return;
    text +=
        fmt::format("<div><dt>{}</dt><dd>{}{}</dd></div>", name, moment_text(*at),
                    since ? " <small>+" + base::to_rounded_text(*at - *since) + "</small>" : "");
  };
  line("decided", fault.decided, std::nullopt);
  line("applied", fault.applied, fault.decided);
  line("reverting", fault.reverting, std::nullopt);
  line("reverted", fault.reverted, fault.reverting);
  return "<dl class=\"fields times\">" + text + "</dl>";
}

std::string fault_leaders(const Summary& summary, const FaultRecord& fault) {
  std::string text;
  for (const std::size_t index : fault.leaders) {
    const LeaderSpan& leader = summary.leaders[index];
    text += (text.empty() ? "" : " → ") + base::to_text(leader.node);
    if (leader.term) text += fmt::format(" (term {})", *leader.term);
  }
  return text;
}

std::string fault_meanwhile(const Summary& summary, const FaultRecord& fault) {
  if (!fault.applied) return "";
  const std::string leaders = fault_leaders(summary, fault);
  return escape_html(counts_text(fault.operations)) + "<br><small>longest time without success " +
         escape_html(base::to_rounded_text(fault.longest_pause)) + "</small>" +
         (leaders.empty() ? "" : "<br><small>leader " + escape_html(leaders) + "</small>");
}

std::string_view outcome_class(FaultOutcome outcome) {
  switch (outcome) {
    case FaultOutcome::took_effect:
      return "took-effect";
    case FaultOutcome::no_evidence:
      return "no-evidence";
    case FaultOutcome::failed:
      return "failed";
    case FaultOutcome::skipped:
      return "skipped";
  }
  return "";
}

std::string fault_row(const Summary& summary, const FaultRecord& fault, std::size_t index) {
  // Long cuts list many links; the description says it shorter.
  const std::string action =
      fault.action.empty() || fault.action == fault.description
          ? ""
          : "<br><small class=\"action\">" + escape_html(fault.action) + "</small>";
  return fmt::format(
      "<tr><td class=\"number\"><button type=\"button\" class=\"link\" data-fault=\"{}\" "
      "title=\"Show on the timeline\">#{}</button></td><td><b>{}</b>{}</td>"
      "<td><span class=\"outcome {}\">{}</span></td><td>{}</td><td>{}</td><td>{}</td></tr>",
      index, fault.number, escape_html(fault.description), action, outcome_class(fault.outcome),
      to_text(fault.outcome), fields_list(fault.facts), fault_times(fault),
      fault_meanwhile(summary, fault));
}

std::string node_row(const NodeSummary& node) {
  const std::string role = node.roles.empty() ? "no beacons" : node.roles.back().role;
  return fmt::format("<tr><td><b>{}</b></td><td>{}</td>{}{}{}{}<td>{}</td></tr>",
                     base::to_text(node.node), escape_html(role),
                     number(fmt::format("{}", node.starts)), number(fmt::format("{}", node.exits)),
                     number(node.led > Duration{} ? base::to_rounded_text(node.led) : ""),
                     number(base::with_separators(node.beacons)), fields_list(node.last_beacon));
}

std::string incident_row(const Incident& incident) {
  return fmt::format("<tr>{}<td>{}</td><td>{}</td><td>{}</td></tr>",
                     number(moment_text(incident.at)), base::to_text(incident.node),
                     escape_html(incident.what), escape_html(fields_text(incident.fields)));
}

std::string check_row(const model::CheckResult& result) {
  return fmt::format(
      "<tr><td><b>{}</b></td><td><span class=\"outcome verdict-{}\">{}</span></td><td>{}</td>"
      "<td>{}</td></tr>",
      escape_html(result.checker), to_text(result.verdict), to_text(result.verdict),
      escape_html(as_sentence(result.reason)), fields_list(result.statistics));
}

}  // namespace

std::string functions(const Summary& summary) {
  std::string rows;
  const auto row = [&](const FunctionSummary& function, std::string_view status,
                       std::uint64_t count, const Latencies& latencies) {
    if (count == 0) return;
    rows += fmt::format("<tr><td><code>{}</code></td><td>{}</td>{}{}</tr>",
                        escape_html(function.function), status,
                        number(base::with_separators(count)), latency_cells(latencies));
  };
  for (const FunctionSummary& function : summary.functions) {
    row(function, "ok", function.counts.ok, function.latencies[0]);
    row(function, "failed", function.counts.fail, function.latencies[1]);
    row(function, "unknown", function.counts.info, function.latencies[2]);
  }
  return table(
      "<th>Function</th><th>Status</th><th class=\"number\">Operations</th>"
      "<th class=\"number\">p50</th><th class=\"number\">p95</th><th class=\"number\">p99</th>"
      "<th class=\"number\">max</th>",
      rows, "functions");
}

std::string story(const Summary& summary) {
  if (summary.story.empty()) return "";
  std::string rows;
  for (const StoryStep& step : summary.story)
    rows += fmt::format(
        "<tr class=\"{}\"><td class=\"number\">{}</td><td>{}</td><td class=\"tell\">{}</td></tr>",
        step.kind == StoryKind::rule ? "rule" : to_text(step.kind), moment_text(step.at),
        to_text(step.kind), escape_html(step.text));
  std::string content;
  for (const std::string& bug : summary.planted)
    content += fmt::format(
        "<p class=\"quiet\">This system has the bug {0} on purpose: "
        "<code>eris explain {0}</code> says what it forgets.</p>",
        escape_html(bug));
  content += "<div class=\"story\">" +
             table("<th class=\"number\">Time</th><th>Who</th><th>What happened</th>", rows) +
             "</div>";
  return section("story", "How it came to this", content);
}

std::string faults(const Summary& summary) {
  if (summary.faults.empty())
    return section("faults", "Faults", "<p class=\"quiet\">This run had no faults.</p>");
  std::string rows;
  for (std::size_t i = 0; i < summary.faults.size(); ++i)
    rows += fault_row(summary, summary.faults[i], i);
  return section("faults", "Faults",
                 table("<th class=\"number\">No.</th><th>What</th><th>Outcome</th><th>Evidence</th>"
                       "<th>When</th><th>Operations meanwhile</th>",
                       rows, "faults"));
}

std::string cluster(const Summary& summary) {
  std::string rows;
  for (const NodeSummary& node : summary.nodes) rows += node_row(node);
  std::string content = table(
      "<th>Node</th><th>Last role</th><th class=\"number\">Starts</th><th "
      "class=\"number\">Exits</th>"
      "<th class=\"number\">Led for</th><th class=\"number\">Beacons</th><th>Last beacon</th>",
      rows, "nodes");
  if (!summary.incidents.empty()) {
    std::string incidents;
    for (const Incident& incident : summary.incidents) incidents += incident_row(incident);
    content += fmt::format("<details><summary>{}</summary>{}</details>",
                           base::count_of(summary.incidents.size(), "event"),
                           table("<th class=\"number\">Time</th><th>Node</th><th>What</th>"
                                 "<th>Details</th>",
                                 incidents));
  }
  return section("cluster", "Cluster", content);
}

std::string checks(const ReportInput& input) {
  std::string rows;
  for (const model::CheckResult& result : input.judgement.results) rows += check_row(result);
  if (rows.empty())
    return section("checks", "Checks", "<p class=\"quiet\">No checker looked at this run.</p>");
  return section("checks", "Checks",
                 table("<th>Checker</th><th>Verdict</th><th>Why</th><th>Statistics</th>", rows));
}

std::string run(const model::History& history) {
  return section(
      "run", "Plan, versions, environment",
      fmt::format("<div class=\"columns\"><div><h3>Plan, every default spelled out</h3>"
                  "<pre class=\"plan\">{}</pre></div><div><h3>Versions</h3>{}<h3>Environment</h3>{}"
                  "</div></div>",
                  escape_html(model::to_toml(history.header.plan)),
                  fields_list(history.header.versions), fields_list(history.header.environment)));
}

std::string reproduce(const ReportInput& input) {
  if (input.reproduce.empty()) return "";
  // The first line is the command; what follows says what it can promise.
  const std::size_t line_end = input.reproduce.find('\n');
  const std::string command = input.reproduce.substr(0, line_end);
  const std::string promise =
      line_end == std::string::npos ? "" : input.reproduce.substr(line_end + 1);
  return section(
      "reproduce", "Reproduce",
      fmt::format("<div class=\"command\"><pre id=\"command\">{}</pre><button type=\"button\" "
                  "data-copy=\"command\">Copy</button></div>{}",
                  escape_html(command),
                  promise.empty() ? "" : "<p>" + escape_html(promise) + "</p>"));
}

}  // namespace eris::reports::page
