// Each finding set beside the faults in force and the leaders known at that time.
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "reports/summary.hpp"
#include "reports/wording.hpp"

namespace eris::reports {

namespace {

/// A sentence names this many; a reader loses the thread after that.
constexpr std::size_t named_max = 3;

Span span_of(const model::Operation& operation) {
  return {operation.invoked_at, std::max(operation.invoked_at, operation.completed_at)};
}

/// The first few items in words, and how many more there are.
std::string join_first(std::vector<std::string> items) {
  if (items.size() > named_max) {
    const std::size_t more = items.size() - named_max;
    items.resize(named_max);
    items.push_back(fmt::format("{} more", more));
  }
  return base::join_words(items);
}

std::string context_sentence(const Summary& summary, const FindingRecord& record) {
  std::vector<std::string> now;
  std::vector<std::string> earlier;
  for (const FaultOverlap& overlap : record.faults)
    (overlap.at_moment ? now : earlier).push_back(fault_text(summary.faults[overlap.fault]));
  std::vector<std::string> leaders;
  for (const std::size_t leader : record.leaders)
    leaders.push_back(leader_text(summary.leaders[leader]));

  std::string text;
  if (!now.empty())
    text = "during " + join_first(std::move(now));
  else if (!earlier.empty())
    text = "after " + join_first(std::move(earlier));
  if (!leaders.empty()) {
    std::string who = join_first(std::move(leaders));
    text += text.empty() ? "while " + who : "; " + who;
  }
  return text.empty() ? text : as_sentence(std::move(text));
}

FindingRecord record_of(const model::History& history, const Summary& summary,
                        const std::string& checker, const model::Finding& finding) {
  FindingRecord record{checker, finding, {}, {}, {}, {}, {}, {}};
  if (finding.witness.empty() && !finding.at) return record;
  record.span = finding.witness.empty()
                    ? Span{*finding.at, *finding.at}
                    : span_of(history.operations.at(finding.witness.front().operation));
  record.moment = record.span;
  for (const model::WitnessStep& step : finding.witness) {
    const Span span = span_of(history.operations.at(step.operation));
    record.span = {std::min(record.span.from, span.from), std::max(record.span.to, span.to)};
    if (span.from >= record.moment.from) record.moment = span;
  }
  for (std::size_t i = 0; i < summary.faults.size(); ++i)
    if (summary.faults[i].applied && summary.faults[i].span.overlaps(record.span))
      record.faults.push_back({i, summary.faults[i].span.overlaps(record.moment)});
  for (std::size_t i = 0; i < summary.leaders.size(); ++i)
    if (summary.leaders[i].span.overlaps(record.moment)) record.leaders.push_back(i);
  record.context = context_sentence(summary, record);
  return record;
}

/// Nodes are heard a little after the fact: a rule broken this much after the clients' moment may
/// still be what lies behind it.
constexpr Duration hearing_delay = std::chrono::seconds(1);

/// Sets what clients saw beside the first rule that was broken before it: what came later is, like
/// the clients' part, a consequence.
void join_causes(Summary& summary) {
  const FindingRecord* first = nullptr;
  for (const FindingRecord& record : summary.findings)
    if (record.is_of_protocol() && (first == nullptr || record.span.from < first->span.from))
      first = &record;
  if (first == nullptr) return;
  for (FindingRecord& record : summary.findings) {
    if (record.is_of_protocol() || record.finding.witness.empty()) continue;
    if (first->span.from > record.span.to + hearing_delay) continue;
    record.cause = first->finding.sentence;
    const std::string because = fmt::format("Because {} ({}, at {}).", record.cause,
                                            first->finding.anomaly, moment_text(first->span.from));
    record.context = record.context.empty() ? because : because + " " + record.context;
  }
}

}  // namespace

void summarize_findings(const ReportInput& input, Summary& summary) {
  for (const model::CheckResult& result : input.judgement.results)
    for (const model::Finding& finding : result.findings)
      summary.findings.push_back(record_of(input.history, summary, result.checker, finding));
  join_causes(summary);
}

}  // namespace eris::reports
