// The JUnit report: one test case per checker, as CI servers read it (the Ant and Jenkins dialect).
#include <algorithm>

#include <fmt/format.h>

#include "reports/escape.hpp"
#include "reports/report.hpp"
#include "reports/summary.hpp"
#include "reports/wording.hpp"

namespace eris::reports {

namespace {

/// Attribute `name` with its value escaped, a space before it.
std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, escape_xml(value));
}

/// A body for people. CI servers show its lines as they are, so line breaks stay line breaks.
std::string body(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const std::size_t line_end = text.find('\n');
    escaped += escape_xml(text.substr(0, line_end));
    if (line_end == std::string_view::npos) break;
    escaped += '\n';
    text.remove_prefix(line_end + 1);
  }
  return escaped;
}

std::string findings_text(const model::History& history, const Summary& summary,
                          const std::string& checker) {
  std::string text;
  for (const FindingRecord& record : summary.findings) {
    if (record.checker != checker) continue;
    text += as_sentence(record.finding.sentence) + "\n";
    if (!record.context.empty()) text += record.context + "\n";
    for (const model::WitnessStep& step : record.finding.witness) {
      const model::Operation& operation = history.operations.at(step.operation);
      text += fmt::format("  {} process {} {} ({})\n", moment_text(operation.invoked_at),
                          operation.process.value, operation_text(history, operation), step.role);
    }
    for (const std::string& sentence : record.finding.explanation)
      text += "  " + as_sentence(sentence) + "\n";
  }
  return text;
}

std::string problem(const ReportInput& input, const Summary& summary,
                    const model::CheckResult& result) {
  if (result.verdict == model::Verdict::valid) return "";
  // An invalid run is a failure of the tested system; the others are troubles of the test itself.
  const bool failed = result.verdict == model::Verdict::invalid;
  const std::string_view element = failed ? "failure" : "error";
  const std::string message =
      failed && !result.findings.empty() ? result.findings.front().sentence : result.reason;
  const std::string details =
      findings_text(input.history, summary, result.checker) + as_sentence(result.reason) + "\n";
  return fmt::format("      <{0}{1}{2}>{3}</{0}>\n", element,
                     attribute("type", to_text(result.verdict)), attribute("message", message),
                     body(details));
}

std::string test_case(const ReportInput& input, const Summary& summary,
                      const model::CheckResult& result) {
  const model::Plan& plan = input.history.header.plan;
  return fmt::format(
      "    <testcase{}{} time=\"0\">\n{}    </testcase>\n", attribute("name", result.checker),
      attribute("classname", fmt::format("eris.{}.{}", plan.system.name, plan.workload.name)),
      problem(input, summary, result));
}

std::string properties(const ReportInput& input, const Summary& summary) {
  const model::Plan& plan = input.history.header.plan;
  std::string text = "    <properties>\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    text +=
        fmt::format("      <property{}{}/>\n", attribute("name", name), attribute("value", value));
  };
  add("verdict", to_text(summary.verdict));
  add("seed", fmt::format("{}", plan.seed));
  add("system", plan.system.name);
  add("workload", plan.workload.name);
  add("nodes", fmt::format("{}", plan.nodes));
  add("engine", plan.engine);
  add("operations", fmt::format("{}", summary.counts.total()));
  add("faults in effect", fmt::format("{}", summary.faults_in_effect()));
  for (const auto& [name, value] : input.history.header.versions)
    add("version." + name, key_text(value));
  add("reproduce", input.reproduce.substr(0, input.reproduce.find('\n')));
  return text + "    </properties>\n";
}

/// ISO 8601 without zone and fraction, which is all that the schema of JUnit files allows.
std::string timestamp(const std::string& started) {
  constexpr std::size_t seconds_end = std::string_view("2026-01-31T12:34:56").size();
  return started.substr(0, seconds_end);
}

/// No checker at all must not look like success: an empty suite is green in most CI servers.
std::vector<model::CheckResult> results_of(const model::Judgement& judgement) {
  if (!judgement.results.empty()) return judgement.results;
  return {{.checker = "judgement",
           .verdict = judgement.verdict,
           .reason = "no checker judged this run",
           .findings = {},
           .statistics = {}}};
}

}  // namespace

std::string to_junit(const ReportInput& input) {
  const Summary summary = summarize(input);
  const std::vector<model::CheckResult> results = results_of(input.judgement);
  const auto failures =
      std::ranges::count(results, model::Verdict::invalid, &model::CheckResult::verdict);
  const auto passed =
      std::ranges::count(results, model::Verdict::valid, &model::CheckResult::verdict);
  const auto errors = static_cast<std::ptrdiff_t>(results.size()) - failures - passed;
  const std::string counts =
      fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", results.size(),
                  failures, errors, base::to_seconds(summary.end));
  std::string cases;
  for (const model::CheckResult& result : results) cases += test_case(input, summary, result);
  const std::string started = timestamp(input.history.header.started);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"eris\"{0}>\n"
      "  <testsuite{1}{0} skipped=\"0\"{2}>\n{3}{4}    <system-out>{5}</system-out>\n"
      "  </testsuite>\n</testsuites>\n",
      counts, attribute("name", input.history.header.plan.name),
      started.empty() ? "" : attribute("timestamp", started), properties(input, summary), cases,
      body(to_plain_text(input)));
}

}  // namespace eris::reports
