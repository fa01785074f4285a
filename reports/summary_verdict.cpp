// The verdict in one sentence, what to do next, and what a reader should know first.
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "reports/summary.hpp"
#include "reports/wording.hpp"

namespace eris::reports {

namespace {

using model::Verdict;

/// What the history was held against.
std::string property_of(const ReportInput& input) {
  for (const model::CheckResult& result : input.judgement.results) {
    const model::Value* consistency = find(result.statistics, "consistency");
    if (consistency != nullptr && consistency->is_text()) return std::string(consistency->text());
  }
  const std::string& asked = input.history.header.plan.check.consistency;
  if (!asked.empty() && asked != "promised") return asked;
  const auto linearizability =
      std::ranges::find(input.judgement.results, "linearizability", &model::CheckResult::checker);
  return linearizability != input.judgement.results.end() ? "linearizable"
                                                          : "as the system promises";
}

std::string operations_over_keys(const Summary& summary) {
  const std::uint64_t total = summary.counts.total();
  std::string text =
      fmt::format("{} operation{}", base::with_separators(total), total == 1 ? "" : "s");
  if (summary.keys > 0)
    text += fmt::format(" over {} key{}", base::with_separators(summary.keys),
                        summary.keys == 1 ? "" : "s");
  return text;
}

std::string under_faults(const Summary& summary) {
  const std::size_t count = summary.faults_in_effect();
  if (count == 0) return "with no fault in effect";
  return fmt::format("under {} fault{} that took effect", count, count == 1 ? "" : "s");
}

/// "were linearizable", "kept snapshot-isolation": some models are qualities, others are rules.
std::string held(const std::string& property, bool one) {
  if (property == "strongest") return "kept a model that the checks name";
  const bool quality = property.ends_with("able") || property == "sequential" ||
                       property.starts_with("causal") || property == "convergent" ||
                       property == "lossless" || property.starts_with("as ");
  if (!quality) return "kept " + property;
  return fmt::format("{} {}", one ? "was" : "were", property);
}

std::string valid_sentence(const ReportInput& input, const Summary& summary) {
  return fmt::format("Valid: {} {} {}.", operations_over_keys(summary),
                     held(property_of(input), summary.counts.total() == 1), under_faults(summary));
}

std::string invalid_sentence(const Summary& summary) {
  if (summary.findings.empty()) return "Invalid: a checker found a violation.";
  const FindingRecord& first = summary.findings.front();
  const std::string others =
      summary.findings.size() > 1
          ? fmt::format(" (the first of {} findings)", summary.findings.size())
          : "";
  if (first.is_of_protocol())
    return fmt::format("Invalid: {}, against the rule {}{}.", first.finding.sentence,
                       first.finding.anomaly, others);
  std::string text = fmt::format("Invalid: not {}", first.finding.property);
  // An anomaly without a name of its own is called after the property: once is enough.
  if (text != "Invalid: " + first.finding.anomaly) text += ": " + first.finding.anomaly;
  if (!first.finding.key.is_nil()) text += " on key " + key_text(first.finding.key);
  const auto at_moment = std::ranges::find(first.faults, true, &FaultOverlap::at_moment);
  if (at_moment != first.faults.end())
    text += " during " + fault_text(summary.faults[at_moment->fault]);
  if (!first.cause.empty()) text += ", because " + first.cause;
  return text + others + ".";
}

/// The reason of the first result with the verdict that decided.
std::string deciding_reason(const ReportInput& input) {
  const auto deciding = std::ranges::find(input.judgement.results, input.judgement.verdict,
                                          &model::CheckResult::verdict);
  if (deciding == input.judgement.results.end() || deciding->reason.empty())
    return "no checker judged this run";
  return deciding->reason;
}

std::string undecided_sentence(const ReportInput& input) {
  std::string verdict{to_text(input.judgement.verdict)};
  verdict[0] = static_cast<char>(verdict[0] - 'a' + 'A');
  std::string reason = deciding_reason(input);
  if (reason.back() != '.') reason += '.';
  return fmt::format("{}: {}", verdict, reason);
}

std::string next_step_for(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid:
      return "";
    case Verdict::invalid:
      return "Read the witness below, then run the command at the end to see it again.";
    case Verdict::vacuous:
      return "Nothing was proved. See which operations failed and which faults showed no effect, "
             "then run again with more time, a higher rate or faults that bite.";
    case Verdict::unknown:
      return "Nothing was proved either way. Check the saved run again with a larger time or "
             "memory budget, or run again with fewer clients or more keys.";
    case Verdict::environment:
      return "This machine could not run it. 'eris doctor' says what works here and why something "
             "does not.";
  }
  return "";
}

std::vector<std::string> remarks_of(const model::History& history, const Summary& summary) {
  std::vector<std::string> remarks;
  for (const std::string& remark : history.remarks) remarks.push_back(as_sentence(remark));
  const bool was_planned = !history.header.plan.system.name.empty();
  if (was_planned && !history.finished)
    remarks.push_back("The run did not reach its end; the record stops where it was cut off.");
  for (const auto& note : history.notes)
    if (note.event.text.starts_with(model::note::fail_fast))
      remarks.push_back(fmt::format(
          "The run was stopped at {}, before its time, as the check that went along found: {}.",
          base::to_rounded_text(note.time), note.event.text.substr(model::note::fail_fast.size())));
    else if (note.event.text.starts_with(model::note::online))
      remarks.push_back(as_sentence(note.event.text));
  const auto count = [&](FaultOutcome outcome) {
    return std::ranges::count(summary.faults, outcome, &FaultRecord::outcome);
  };
  if (const auto none = count(FaultOutcome::no_evidence); none > 0)
    remarks.push_back(
        fmt::format("{} of {} faults showed no effect.", none, summary.faults.size()));
  if (const auto failed = count(FaultOutcome::failed); failed > 0)
    remarks.push_back(fmt::format("{} of {} faults could not be applied or undone.", failed,
                                  summary.faults.size()));
  return remarks;
}

}  // namespace

void summarize_verdict(const ReportInput& input, Summary& summary) {
  switch (summary.verdict) {
    case Verdict::valid:
      summary.sentence = valid_sentence(input, summary);
      break;
    case Verdict::invalid:
      summary.sentence = invalid_sentence(summary);
      break;
    case Verdict::vacuous:
    case Verdict::unknown:
    case Verdict::environment:
      summary.sentence = undecided_sentence(input);
      break;
  }
  summary.next_step = next_step_for(summary.verdict);
  summary.remarks = remarks_of(input.history, summary);
}

}  // namespace eris::reports
