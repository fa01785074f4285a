#include "checkers/liveness/liveness.hpp"

#include <algorithm>
#include <set>
#include <variant>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers {

namespace {

using model::Verdict;
using namespace std::chrono_literals;

constexpr base::Duration bound_min = 10s;

bool loses_disks(const model::FaultAction& action) {
  if (std::holds_alternative<model::Wipe>(action)) return true;
  const auto* harm = std::get_if<model::HarmDisk>(&action);
  return harm != nullptr && (harm->settings == model::DiskTrouble::corrupted ||
                             harm->settings == model::DiskTrouble::misdirected);
}

/// Those of the first members that faults have taken the disks of.
std::set<base::NodeId> nodes_without_disk(const model::History& history) {
  std::set<base::NodeId> lost;
  for (const auto& fault : history.faults)
    if (fault.event.phase == model::FaultPhase::applied && loses_disks(fault.event.action))
      for (const base::NodeId node : model::nodes_of(fault.event.action))
        if (node.value <= history.header.plan.nodes) lost.insert(node);
  return lost;
}

const std::string* did_not_recover(const model::History& history) {
  const auto found = std::ranges::find_if(history.notes, [](const auto& note) {
    return note.event.text.starts_with(model::note::did_not_recover);
  });
  return found == history.notes.end() ? nullptr : &found->event.text;
}

/// A fault that could not be undone may be what keeps the cluster down.
bool something_is_left(const model::History& history) {
  return std::ranges::any_of(history.faults, [](const auto& fault) {
    return fault.event.phase == model::FaultPhase::failed;
  });
}

model::Finding finding(const model::History& history, const std::string& what, std::size_t whole) {
  return {
      .property = "liveness",
      .anomaly = "unavailability",
      .sentence = fmt::format("After everything had healed, {}, although {} of {} nodes ran on "
                              "disks that nothing had happened to.",
                              what, whole, history.header.plan.nodes),
      .explanation = {"Time is virtual here: nothing but the system itself can have held it up."},
      .searched_operations = history.operations.size()};
}

class Liveness final : public Checker {
 public:
  std::string name() const override { return "liveness"; }

  model::CheckResult check(const model::History& history, const CheckContext&) const override {
    model::CheckResult result{.checker = name(), .verdict = Verdict::valid};
    const std::size_t nodes = history.header.plan.nodes;
    const std::size_t whole = nodes - nodes_without_disk(history).size();
    result.statistics = {
        {"nodes with their disks", model::Value(static_cast<std::int64_t>(whole))}};
    const std::string* silence = did_not_recover(history);
    if (silence == nullptr) {
      result.reason = "an operation succeeded after everything had healed";
      return result;
    }
    result.verdict = Verdict::unknown;
    if (whole <= nodes / 2) {
      result.reason = *silence + ", and faults had taken the disks of a majority";
    } else if (something_is_left(history)) {
      result.reason = *silence + ", and a fault could not be undone";
    } else if (history.header.plan.ready_timeout < bound_min) {
      result.reason = fmt::format("{}, which proves nothing below {}: raise ready-timeout",
                                  *silence, base::to_text(bound_min));
    } else {
      result.verdict = Verdict::invalid;
      result.reason = *silence;
      result.findings.push_back(finding(history, *silence, whole));
    }
    return result;
  }
};

}  // namespace

std::unique_ptr<Checker> make_liveness_checker() {
  return std::make_unique<Liveness>();
}

}  // namespace eris::checkers
