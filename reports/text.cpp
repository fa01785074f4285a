// The plain-text report: for a terminal, a log, a pipe. At most about 40 lines, the verdict first
// and the command that reproduces it last.
#include "harness/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "reports/escape.hpp"
#include "reports/report.hpp"
#include "reports/summary.hpp"
#include "reports/wording.hpp"

namespace eris::reports {

namespace {

constexpr std::size_t functions_max = 4;
constexpr std::size_t faults_max = 8;
constexpr std::size_t findings_max = 4;
constexpr std::size_t steps_max = 8;
constexpr std::size_t sentences_max = 5;
constexpr std::size_t remarks_max = 3;
constexpr std::size_t story_max = 8;

/// Lines with a label at the left margin of the first of a block.
class Page {
 public:
  void line(std::string_view label, std::string_view text) {
    const bool repeats = !label.empty() && label == last_label_;
    // A value may hold line breaks; a report line may not.
    std::string clean = valid_utf8(text);
    std::ranges::replace_if(
        clean, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    text_ += fmt::format("{:<11}{}\n", repeats ? "" : label, clean);
    last_label_ = label;
  }
  void blank() {
    text_ += '\n';
    last_label_.clear();
  }
  void more(std::size_t shown, std::size_t total, std::string_view label) {
    if (total > shown) line(label, fmt::format("… and {} more", total - shown));
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string last_label_;
};

void add_run(Page& page, const model::Plan& plan, const Summary& summary) {
  // A history that others recorded has no plan but a name.
  if (plan.system.name.empty())
    page.line("history", fmt::format("{}: object {}, {}", plan.name, plan.workload.name,
                                     base::to_rounded_text(summary.end)));
  else
    page.line("run",
              fmt::format("{}: {} with {}, workload {}, {} engine, seed {}, {}", plan.name,
                          plan.system.name, base::count_of(plan.nodes, "node"), plan.workload.name,
                          plan.engine, plan.seed, base::to_rounded_text(summary.end)));
  page.line("operations", fmt::format("{}: {}", base::with_separators(summary.counts.total()),
                                      counts_text(summary.counts)));
  std::size_t shown = 0;
  for (const FunctionSummary& function : summary.functions) {
    const Latencies& ok = function.latencies[0];
    if (ok.count == 0 || shown == functions_max) continue;
    ++shown;
    page.line("latency", fmt::format("{:<10} p50 {}, p95 {}, p99 {}, max {}", function.function,
                                     base::to_rounded_text(ok.p50), base::to_rounded_text(ok.p95),
                                     base::to_rounded_text(ok.p99), base::to_rounded_text(ok.max)));
  }
}

void add_faults(Page& page, const Summary& summary) {
  if (summary.faults.empty()) return page.line("faults", "none");
  const std::size_t shown = std::min(faults_max, summary.faults.size());
  page.line("faults",
            fmt::format("{} of {} took effect", summary.faults_in_effect(), summary.faults.size()));
  for (std::size_t i = 0; i < shown; ++i) {
    const FaultRecord& fault = summary.faults[i];
    page.line("faults", fmt::format("#{} {} at {}: {}{}{}", fault.number, fault.description,
                                    moment_text(fault.span.from), to_text(fault.outcome),
                                    fault.facts.empty() ? "" : "; ", fields_text(fault.facts)));
  }
  page.more(shown, summary.faults.size(), "faults");
}

void add_steps(Page& page, const model::History& history, const model::Finding& finding) {
  const std::size_t shown = std::min(steps_max, finding.witness.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const model::WitnessStep& step = finding.witness[i];
    const model::Operation& operation = history.operations.at(step.operation);
    page.line("", fmt::format(
                      "{}. {} – {}  process {}  {}  ({})", i + 1, moment_text(operation.invoked_at),
                      operation.status == model::Status::info ? "unknown"
                                                              : moment_text(operation.completed_at),
                      operation.process.value, operation_text(history, operation), step.role));
  }
  page.more(shown, finding.witness.size(), "");
  const std::size_t sentences = std::min(sentences_max, finding.explanation.size());
  for (std::size_t i = 0; i < sentences; ++i) page.line("", as_sentence(finding.explanation[i]));
}

void add_findings(Page& page, const model::History& history, const Summary& summary) {
  const std::size_t shown = std::min(findings_max, summary.findings.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const FindingRecord& record = summary.findings[i];
    page.line(fmt::format("finding {}", i + 1), as_sentence(record.finding.sentence));
    // Only the first is told in full: the others are in the HTML and JSON reports.
    if (i > 0) continue;
    if (!record.context.empty()) page.line("", record.context);
    add_steps(page, history, record.finding);
  }
  page.more(shown, summary.findings.size(), "findings");
}

/// The last steps: what clients did stands in the witness above.
void add_story(Page& page, const Summary& summary) {
  std::vector<const StoryStep*> steps;
  for (const StoryStep& step : summary.story)
    if (step.kind != StoryKind::client) steps.push_back(&step);
  const std::size_t first = steps.size() - std::min(steps.size(), story_max);
  for (std::size_t i = first; i < steps.size(); ++i)
    page.line("story", fmt::format("{}  {}", moment_text(steps[i]->at), steps[i]->text));
  for (const std::string& bug : summary.planted)
    page.line("planted", fmt::format("{0}; eris explain {0}", bug));
  if (!steps.empty()) page.blank();
}

void add_checks(Page& page, const model::Judgement& judgement) {
  for (const model::CheckResult& result : judgement.results)
    page.line("checks",
              fmt::format("{}: {}; {}", result.checker, to_text(result.verdict), result.reason));
}

}  // namespace

std::string to_plain_text(const ReportInput& input) {
  const Summary summary = summarize(input);
  Page page;
  page.line("verdict", summary.sentence);
  if (!summary.next_step.empty()) page.line("next", summary.next_step);
  for (std::size_t i = 0; i < std::min(remarks_max, summary.remarks.size()); ++i)
    page.line("remark", summary.remarks[i]);
  page.blank();
  if (!summary.findings.empty()) {
    add_findings(page, input.history, summary);
    page.blank();
    add_story(page, summary);
  }
  add_run(page, input.history.header.plan, summary);
  add_faults(page, summary);
  add_checks(page, input.judgement);
  // The command stands alone in the last line, whatever is said about it comes before.
  const std::size_t line_end = input.reproduce.find('\n');
  if (line_end != std::string::npos) page.line("note", input.reproduce.substr(line_end + 1));
  if (!input.reproduce.empty()) page.line("reproduce", input.reproduce.substr(0, line_end));
  return page.take();
}

}  // namespace eris::reports
