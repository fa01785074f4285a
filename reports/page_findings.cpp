// The head of the page: badge, figures, findings with their witness in words.
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "reports/escape.hpp"
#include "reports/page.hpp"
#include "reports/wording.hpp"

namespace eris::reports::page {

namespace {

std::string figure(std::string_view name, const std::string& value, const std::string& detail) {
  return fmt::format("<div><dt>{}</dt><dd>{}{}</dd></div>", name, escape_html(value),
                     detail.empty() ? "" : "<small>" + escape_html(detail) + "</small>");
}

std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "0 %";
  return fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

/// The median and tail of successful operations of all functions together are not the sum of their
/// parts, so the figure names the slowest function's.
std::string slowest_p99(const Summary& summary, std::string& detail) {
  Duration slowest{};
  for (const FunctionSummary& function : summary.functions)
    if (function.latencies[0].count > 0 && function.latencies[0].p99 >= slowest) {
      slowest = function.latencies[0].p99;
      detail = "of " + function.function;
    }
  return detail.empty() ? "none" : base::to_rounded_text(slowest);
}

std::string witness_row(const model::History& history, const model::WitnessStep& step,
                        std::size_t number) {
  const model::Operation& operation = history.operations.at(step.operation);
  const std::string until = operation.status == model::Status::info
                                ? "gave up " + moment_text(operation.completed_at)
                                : moment_text(operation.completed_at);
  return fmt::format(
      "<tr><td class=\"step\">{}</td><td>{}</td><td><code>{}</code></td><td class=\"number\">{}"
      "</td><td class=\"number\">{}</td><td>{}</td></tr>",
      number, operation.process.value, escape_html(operation_text(history, operation)),
      moment_text(operation.invoked_at), until, escape_html(step.role));
}

std::string witness_table(const model::History& history, const model::Finding& finding) {
  if (finding.witness.empty()) return "";
  std::string rows;
  for (std::size_t i = 0; i < finding.witness.size(); ++i)
    rows += witness_row(history, finding.witness[i], i + 1);
  return "<div class=\"scroll\"><table class=\"witness-table\"><thead><tr><th>Step</th>"
         "<th>Process</th><th>Operation</th><th class=\"number\">Invoked</th>"
         "<th class=\"number\">Completed</th><th>Its part</th></tr></thead><tbody>" +
         rows + "</tbody></table></div>";
}

std::string explanation(const model::Finding& finding) {
  if (finding.explanation.empty()) return "";
  std::string text = "<ol class=\"explanation\">";
  for (const std::string& sentence : finding.explanation)
    text += "<li>" + escape_html(as_sentence(sentence)) + "</li>";
  return text + "</ol>";
}

std::string cut_down(const model::Finding& finding) {
  if (finding.searched_operations <= finding.witness.size()) return "";
  return fmt::format("<p class=\"quiet\">{} prove it, cut down from {}.</p>",
                     base::count_of(finding.witness.size(), "operation"),
                     base::count_of(finding.searched_operations, "operation"));
}

std::string finding_card(const ReportInput& input, const FindingRecord& record, std::size_t index) {
  const model::Finding& finding = record.finding;
  std::string title = as_sentence(finding.anomaly);
  title.pop_back();
  if (!finding.key.is_nil()) title += " on key " + key_text(finding.key);
  return fmt::format(
      "<article class=\"finding\" id=\"finding-{0}\" data-finding=\"{0}\"><div class=\"heading\">"
      "<h3>{1}</h3><span class=\"property\">not {2}</span>{3}</div><p class=\"sentence\">{4}</p>"
      "{5}{9}<figure class=\"witness\" data-witness=\"{0}\"></figure>{6}{7}{8}</article>",
      index, escape_html(title), escape_html(finding.property),
      finding.witness.empty() && !record.is_of_protocol()
          ? ""
          : fmt::format("<button type=\"button\" data-show=\"{}\">Show on the "
                        "timeline</button>",
                        index),
      escape_html(as_sentence(finding.sentence)),
      record.context.empty() ? "" : "<p class=\"context\">" + escape_html(record.context) + "</p>",
      explanation(finding), witness_table(input.history, finding), cut_down(finding),
      finding.arrows.empty()
          ? ""
          : fmt::format("<figure class=\"circle\" data-circle=\"{}\"></figure>", index));
}

}  // namespace

std::string badge(model::Verdict verdict) {
  constexpr std::string_view ring = "<circle cx=\"24\" cy=\"24\" r=\"21\"/>";
  constexpr std::string_view octagon =
      "<path d=\"M15.5 3.5h17L44.5 15.5v17L32.5 44.5h-17L3.5 32.5v-17z\"/>";
  constexpr std::string_view triangle = "<path d=\"M24 4 45.5 42h-43z\"/>";
  switch (verdict) {
    case model::Verdict::valid:
      return fmt::format("{}<path class=\"mark\" d=\"m14 25 7 7 13-15\"/>", ring);
    case model::Verdict::invalid:
      return fmt::format("{}<path class=\"mark\" d=\"m16 16 16 16m0-16-16 16\"/>", octagon);
    case model::Verdict::unknown:
      return fmt::format(
          "{}<path class=\"mark\" d=\"M18 18.5a6 6 0 1 1 9 5.2c-2 1.2-3 2.3-3 4.8m0 6v.1\"/>",
          ring);
    case model::Verdict::vacuous:
      return fmt::format("{}<path class=\"mark\" d=\"M14 34 34 14\"/>", ring);
    case model::Verdict::environment:
      return fmt::format("{}<path class=\"mark\" d=\"M24 18v11m0 6v.1\"/>", triangle);
  }
  return "";
}

std::string figures(const Summary& summary) {
  std::string tail;
  const std::string p99 = slowest_p99(summary, tail);
  const double seconds = base::to_seconds(summary.end);
  const auto rate = seconds > 0 ? static_cast<double>(summary.counts.total()) / seconds : 0.0;
  const std::uint64_t total = summary.counts.total();
  return figure("Operations", base::with_separators(total), fmt::format("{:.0f} a second", rate)) +
         figure("Succeeded", share_text(summary.counts.ok, total),
                base::with_separators(summary.counts.ok)) +
         figure("Failed", share_text(summary.counts.fail, total),
                base::with_separators(summary.counts.fail)) +
         figure("Unknown", share_text(summary.counts.info, total),
                base::with_separators(summary.counts.info)) +
         figure("p99 latency", p99, tail) +
         figure("Faults in effect", fmt::format("{}", summary.faults_in_effect()),
                fmt::format("of {}", summary.faults.size())) +
         figure("Leaders", fmt::format("{}", summary.leaders.size()),
                summary.leaders.empty() ? "no beacons" : "as told by beacons");
}

std::string findings(const ReportInput& input, const Summary& summary) {
  if (summary.findings.empty()) return "";
  return "<section id=\"findings\" aria-labelledby=\"findings-title\"><h2 id=\"findings-title\">"
         "Findings</h2>" +
         finding_card(input, summary.findings[0], 0) + "</section>";
}

std::string further_findings(const ReportInput& input, const Summary& summary) {
  if (summary.findings.size() < 2) return "";
  std::string text = fmt::format(
      "<section id=\"further\" aria-labelledby=\"further-title\"><h2 id=\"further-title\">{}</h2>",
      base::count_of(summary.findings.size() - 1, "further finding"));
  for (std::size_t i = 1; i < summary.findings.size(); ++i)
    text += finding_card(input, summary.findings[i], i);
  return text + "</section>";
}

}  // namespace eris::reports::page
