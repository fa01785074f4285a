#include "reports/summary.hpp"

#include <algorithm>

namespace eris::reports {

namespace {

/// The stages of a run, as the run loop notes them.
bool is_stage(const std::string& note) {
  static const std::vector<std::string> stages{"setup", "load",        "heal",
                                               "quiet", "final-reads", "end"};
  return std::ranges::find(stages, note) != stages.end();
}

std::vector<Phase> phases_of(const model::History& history, Instant end) {
  std::vector<Phase> phases;
  for (const auto& note : history.notes) {
    if (!is_stage(note.event.text)) continue;
    if (!phases.empty()) phases.back().span.to = note.time;
    if (note.event.text != "end") phases.push_back({note.event.text, {note.time, end}});
  }
  return phases;
}

Instant end_of(const model::History& history) {
  Instant end = history.end;
  for (const model::Operation& operation : history.operations)
    end = std::max({end, operation.invoked_at, operation.completed_at});
  return end;
}

}  // namespace

void StatusCounts::add(model::Status status) {
  switch (status) {
    case model::Status::ok:
      ++ok;
      break;
    case model::Status::fail:
      ++fail;
      break;
    case model::Status::info:
      ++info;
      break;
  }
}

std::string_view to_text(FaultOutcome outcome) {
  switch (outcome) {
    case FaultOutcome::took_effect:
      return "took effect";
    case FaultOutcome::no_evidence:
      return "no effect seen";
    case FaultOutcome::failed:
      return "failed";
    case FaultOutcome::skipped:
      return "skipped";
  }
  return "?";
}

std::size_t Summary::faults_in_effect() const {
  return static_cast<std::size_t>(
      std::ranges::count(faults, FaultOutcome::took_effect, &FaultRecord::outcome));
}

Summary summarize(const ReportInput& input) {
  Summary summary;
  summary.verdict = input.judgement.verdict;
  summary.end = end_of(input.history);
  summary.phases = phases_of(input.history, summary.end);
  summarize_operations(input.history, summary);
  summarize_nodes(input.history, summary);
  summarize_faults(input.history, summary);
  summarize_findings(input, summary);
  summarize_story(input, summary);
  summarize_verdict(input, summary);
  return summary;
}

}  // namespace eris::reports
