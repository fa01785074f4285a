// The phases of each fault joined into one record, with what operations went through meanwhile.
#include <algorithm>
#include <map>

#include "reports/summary.hpp"

namespace eris::reports {

namespace {

using FaultEvent = model::Timed<model::FaultEvent>;

void set_facts(model::Fields& facts, const model::Fields& latest) {
  for (const auto& [name, value] : latest) {
    const auto known = std::ranges::find(facts, name, &model::Fields::value_type::first);
    if (known == facts.end())
      facts.emplace_back(name, value);
    else
      known->second = value;
  }
}

void take_phase(FaultRecord& record, const FaultEvent& event) {
  switch (event.event.phase) {
    case model::FaultPhase::decided:
      record.decided = event.time;
      break;
    case model::FaultPhase::applied:
      record.applied = event.time;
      break;
    case model::FaultPhase::reverting:
      record.reverting = event.time;
      break;
    case model::FaultPhase::reverted:
      record.reverted = event.time;
      break;
    case model::FaultPhase::failed:
      record.outcome = FaultOutcome::failed;
      break;
    case model::FaultPhase::skipped:
      record.outcome = FaultOutcome::skipped;
      break;
  }
  // A fault that bit and could then not be undone has failed: that is what must be told.
  if (event.event.evidence.took_effect && record.outcome == FaultOutcome::no_evidence)
    record.outcome = FaultOutcome::took_effect;
  set_facts(record.facts, event.event.evidence.facts);
}

/// The action is told as it was decided; later phases may carry the inverse.
void begin_record(FaultRecord& record, const FaultEvent& event) {
  record.number = event.event.fault;
  record.name = event.event.name;
  record.description = event.event.description.empty() ? event.event.name : event.event.description;
  // A skipped fault has no targets, so its action says nothing.
  if (event.event.phase != model::FaultPhase::skipped)
    record.action = model::to_text(event.event.action);
  record.span = {event.time, event.time};
}

Span span_in_force(const FaultRecord& record, Instant end) {
  if (!record.applied) return record.span;
  return {*record.applied, std::max(*record.applied, record.reverted.value_or(end))};
}

/// Operations in the order of invocation, their successes in the order of completion.
class OperationIndex {
 public:
  explicit OperationIndex(const model::History& history) : operations_(history.operations) {
    for (const model::Operation& operation : operations_) {
      longest_ = std::max(longest_, operation.completed_at - operation.invoked_at);
      if (operation.status == model::Status::ok) successes_.push_back(operation.completed_at);
    }
    std::ranges::sort(successes_);
  }

  [[nodiscard]] StatusCounts overlapping(const Span& span) const {
    StatusCounts counts;
    // Nothing invoked earlier than the longest operation before the span can reach into it.
    auto operation = std::ranges::lower_bound(operations_, span.from - longest_, {},
                                              &model::Operation::invoked_at);
    for (; operation != operations_.end() && operation->invoked_at <= span.to; ++operation)
      if (operation->completed_at >= span.from) counts.add(operation->status);
    return counts;
  }

  [[nodiscard]] Duration longest_pause(const Span& span) const {
    Instant last = span.from;
    Duration longest{};
    auto success = std::ranges::lower_bound(successes_, span.from);
    for (; success != successes_.end() && *success <= span.to; ++success) {
      longest = std::max(longest, *success - last);
      last = *success;
    }
    return std::max(longest, span.to - last);
  }

 private:
  const std::vector<model::Operation>& operations_;
  std::vector<Instant> successes_;
  Duration longest_{};
};

}  // namespace

void summarize_faults(const model::History& history, Summary& summary) {
  std::map<std::uint64_t, FaultRecord> by_number;
  for (const FaultEvent& event : history.faults) {
    const auto [entry, is_new] = by_number.try_emplace(event.event.fault);
    if (is_new) begin_record(entry->second, event);
    take_phase(entry->second, event);
  }
  const OperationIndex operations(history);
  for (auto& [number, record] : by_number) {
    record.span = span_in_force(record, summary.end);
    if (record.applied) {
      record.operations = operations.overlapping(record.span);
      record.longest_pause = operations.longest_pause(record.span);
    }
    for (std::size_t i = 0; i < summary.leaders.size(); ++i)
      if (summary.leaders[i].span.overlaps(record.span)) record.leaders.push_back(i);
    summary.faults.push_back(std::move(record));
  }
}

}  // namespace eris::reports
