#include "checkers/assumptions/assumptions.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "checkers/assumptions/fault_effects.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers {

namespace {

using assumptions::FaultEffects;
using model::Status;
using model::Verdict;

struct Tally {
  std::uint64_t tried = 0;
  std::uint64_t succeeded = 0;
};

/// What the verdict rests on.
struct Findings {
  std::map<model::Function, Tally> functions;
  Tally all;
  std::vector<FaultEffects> faults;
  bool interrupted = false;
  std::uint64_t unexpected_exits = 0;
};

Findings look_at(const model::History& history) {
  Findings findings;
  for (const model::Operation& operation : history.operations)
    for (Tally* tally : {&findings.all, &findings.functions[operation.function]}) {
      ++tally->tried;
      tally->succeeded += operation.status == Status::ok ? 1 : 0;
    }
  findings.faults = assumptions::fault_effects(history);
  findings.interrupted = std::ranges::any_of(
      history.notes, [](const auto& note) { return note.event.text == "interrupted"; });
  for (const auto& node : history.nodes)
    findings.unexpected_exits += model::find(node.event.fields, "unexpected") != nullptr ? 1 : 0;
  return findings;
}

std::vector<std::string> untested_functions(const Findings& findings,
                                            const std::vector<model::Function>& required) {
  if (findings.all.succeeded == 0)
    return {fmt::format("no operation succeeded ({} tried)",
                        base::with_separators(findings.all.tried))};
  std::vector<std::string> problems;
  for (const model::Function& function : required) {
    const auto found = findings.functions.find(function);
    const Tally tally = found == findings.functions.end() ? Tally{} : found->second;
    if (tally.succeeded == 0)
      problems.push_back(fmt::format("no {} succeeded ({} tried)", function.view(),
                                     base::with_separators(tally.tried)));
  }
  return problems;
}

std::string why_without_effect(const FaultEffects& fault) {
  if (fault.decided + fault.skipped + fault.failed == 0) return "it was never injected";
  std::string why =
      fmt::format("{} decided, {} skipped, {} failed", fault.decided, fault.skipped, fault.failed);
  if (!fault.last_reason.empty()) why += ", the last because " + fault.last_reason;
  return why;
}

std::vector<std::string> untested_faults(const Findings& findings) {
  const auto had_effect = [](const FaultEffects& fault) { return fault.effective > 0; };
  const bool none = std::ranges::none_of(findings.faults, had_effect);
  std::vector<std::string> problems;
  if (none && !findings.faults.empty())
    problems.emplace_back(findings.interrupted ? "the run was interrupted before any fault struck"
                                               : "none of the planned faults took effect");
  for (const FaultEffects& fault : findings.faults) {
    if (fault.was_never_due) continue;
    if (!had_effect(fault))
      problems.push_back(
          fmt::format("{} never took effect ({})", fault.name, why_without_effect(fault)));
    else if (fault.operations == 0)
      problems.push_back(fmt::format("no operation ran while {} was in force", fault.name));
  }
  return problems;
}

/// What happened that no plan asks for: the rest of the run cannot speak for the system.
std::vector<std::string> went_wrong(const model::History& history, const Findings& findings) {
  std::vector<std::string> said;
  if (!history.finished)
    said.emplace_back(
        "the journal ends before the run did; what was recorded is judged, the rest "
        "was never seen");
  if (findings.unexpected_exits > 0)
    said.push_back(
        fmt::format("nodes exited {} although no fault had killed them; see nodes/ for "
                    "what they said",
                    base::count_of(findings.unexpected_exits, "time")));
  // Of a simulated run the check `liveness` says more.
  const bool is_live = history.header.plan.engine != "sim";
  for (const auto& note : history.notes)
    if (is_live && note.event.text.starts_with(model::note::did_not_recover))
      said.push_back(note.event.text);
  return said;
}

/// What a reader of a good verdict should still know.
std::vector<std::string> reservations(const Findings& findings) {
  std::vector<std::string> said;
  for (const FaultEffects& fault : findings.faults)
    if (fault.was_never_due) said.push_back(fault.name + " was not due before the load ended");
  return said;
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += (text.empty() ? "" : "; ") + sentence;
  return text;
}

model::Value number(std::uint64_t count) {
  return model::Value(static_cast<std::int64_t>(count));
}

model::Fields statistics_of(const model::History& history, const Findings& findings) {
  model::Fields fields{{"finished", model::Value(history.finished)},
                       {"interrupted", model::Value(findings.interrupted)},
                       {"operations", number(findings.all.tried)},
                       {"operations ok", number(findings.all.succeeded)}};
  for (const auto& [function, tally] : findings.functions)
    fields.emplace_back(fmt::format("{} ok", function.view()), number(tally.succeeded));
  for (const FaultEffects& fault : findings.faults) {
    fields.emplace_back(fault.name + " decided", number(fault.decided));
    fields.emplace_back(fault.name + " took effect", number(fault.effective));
    fields.emplace_back(fault.name + " skipped", number(fault.skipped));
    fields.emplace_back(fault.name + " failed", number(fault.failed));
    fields.emplace_back(fault.name + " overlapped operations", number(fault.operations));
  }
  fields.emplace_back("unexpected exits", number(findings.unexpected_exits));
  return fields;
}

class Assumptions final : public Checker {
 public:
  explicit Assumptions(std::vector<model::Function> required) : required_(std::move(required)) {}

  std::string name() const override { return "assumptions"; }

  model::CheckResult check(const model::History& history, const CheckContext&) const override {
    const Findings findings = look_at(history);
    std::vector<std::string> problems = untested_functions(findings, required_);
    std::ranges::move(untested_faults(findings), std::back_inserter(problems));
    std::vector<std::string> wrong = went_wrong(history, findings);
    model::CheckResult result{.checker = name(), .verdict = Verdict::valid};
    if (!wrong.empty())
      result.verdict = Verdict::unknown;
    else if (!problems.empty())
      result.verdict = Verdict::vacuous;
    else
      problems.emplace_back(
          findings.faults.empty()
              ? "every required function succeeded; no faults were planned"
              : "every required function succeeded and each type of fault took effect "
                "while operations ran");
    std::ranges::move(problems, std::back_inserter(wrong));
    std::ranges::move(reservations(findings), std::back_inserter(wrong));
    result.reason = joined(wrong);
    result.statistics = statistics_of(history, findings);
    return result;
  }

 private:
  std::vector<model::Function> required_;
};

}  // namespace

std::unique_ptr<Checker> make_assumptions_checker(std::vector<model::Function> required) {
  return std::make_unique<Assumptions>(std::move(required));
}

}  // namespace eris::checkers
