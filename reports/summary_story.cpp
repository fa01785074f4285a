// The story of the finding that a reader will ask about: who led, what stood on whose disk, what
// struck, what clients were told, which rule was broken, in the order in which it happened.
//
// Told from what the journal holds: beacons, faults, the witness, broken rules. Nothing is guessed.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "reports/summary.hpp"
#include "reports/wording.hpp"

namespace eris::reports {

namespace {

/// More, and it is a log. The last ones tell most.
constexpr std::size_t steps_max = 40;

std::string text_in(const model::Fields& fields, std::string_view name) {
  const model::Value* value = find(fields, name);
  return value == nullptr || value->is_nil() ? std::string() : key_text(*value);
}

/// What a node last said of itself.
struct Known {
  bool is_up = true;
  bool came_back = false;  ///< started again, and has not spoken since
  Instant at{};
  std::string role, term, vote, ballot, members, last, commit;
};

Known known_of(const model::Fields& beacon, Instant at) {
  Known known{.at = at,
              .role = text_in(beacon, "role"),
              .term = text_in(beacon, "term"),
              .vote = text_in(beacon, "voted_for"),
              .ballot = text_in(beacon, "ballot"),
              .members = text_in(beacon, "config"),
              .last = text_in(beacon, "last_index"),
              .commit = text_in(beacon, "commit")};
  if (known.members.empty()) known.members = text_in(beacon, "members");
  return known;
}

/// What is said, and ": log to 48, committed to 40" where the system has a log.
std::string with_disk(const std::string& said, const Known& node) {
  if (node.last.empty()) return said;
  return fmt::format("{}: log to {}, committed to {}", said, node.last, node.commit);
}

/// The cluster's part, from what its nodes say of themselves.
class Cluster {
 public:
  explicit Cluster(std::vector<StoryStep>& story) : story_(story) {}

  void take(const model::Timed<model::NodeEvent>& event) {
    const base::NodeId node = event.event.node;
    if (event.event.what == "beacon") {
      hear(event.time, node, known_of(event.event.fields, event.time));
    } else if (event.event.what == "started") {
      Known& known = nodes_[node];
      known.came_back = !known.is_up;
      known.is_up = true;
    } else if (event.event.what == "exited") {
      nodes_[node].is_up = false;
      tell(event.time,
           fmt::format("{} is down ({})", base::to_text(node), text_in(event.event.fields, "how")));
    }
  }

 private:
  void tell(Instant at, std::string text) {
    story_.push_back({at, StoryKind::cluster, as_sentence(std::move(text))});
  }

  void hear(Instant at, base::NodeId node, Known now) {
    const Known before = nodes_[node];
    nodes_[node] = now;
    if (before.came_back)
      tell(at, came_back(node, now));
    else if (!before.term.empty() || !before.members.empty())
      compare(at, node, before, now);
    if (now.role == "leader" && (before.role != "leader" || before.term != now.term))
      tell(at, leads(node, now));
  }

  void compare(Instant at, base::NodeId node, const Known& before, const Known& now) {
    const std::string name = base::to_text(node);
    if (before.role == "leader" && now.role != "leader")
      tell(at, with_disk(name + " leads no more", now));
    if (now.role == "candidate" && (before.role != "candidate" || before.term != now.term))
      tell(at, with_disk(fmt::format("{} stands for election in term {}", name, now.term), now));
    if (now.vote != before.vote && !now.vote.empty() && now.vote != name)
      tell(at, fmt::format("{} votes for {} in term {}", name, now.vote, now.term));
    if (now.ballot != before.ballot && now.role != "candidate" && now.role != "leader")
      tell(at, fmt::format("{} promises ballot {}", name, now.ballot));
    if (now.members != before.members && !before.members.empty())
      tell(at, fmt::format("{} takes {} for the members, instead of {}", name, now.members,
                           before.members));
  }

  static std::string came_back(base::NodeId node, const Known& now) {
    std::string text = fmt::format("{} is back", base::to_text(node));
    if (now.term.empty()) return text;
    text += fmt::format(" from its disk with term {}", now.term);
    if (!now.ballot.empty()) text += ", promise " + now.ballot;
    return with_disk(text, now);
  }

  [[nodiscard]] std::string leads(base::NodeId node, const Known& now) const {
    std::string text =
        with_disk(fmt::format("{} leads term {}{}", base::to_text(node), now.term,
                              now.ballot.empty() ? "" : fmt::format(" with ballot {}", now.ballot)),
                  now);
    for (const auto& [other, known] : nodes_) {
      if (other == node) continue;
      if (!known.is_up)
        text += fmt::format("; {} is down", base::to_text(other));
      else if (!known.last.empty())
        text += "; " + with_disk(heard_of(other, known, now.at), known);
    }
    return text;
  }

  /// Nodes do not speak at every step, so what is old is said to be.
  static std::string heard_of(base::NodeId node, const Known& known, Instant now) {
    constexpr Duration fresh = std::chrono::milliseconds(100);
    if (now - known.at <= fresh) return base::to_text(node);
    return fmt::format("{} at {}", base::to_text(node), moment_text(known.at));
  }

  std::vector<StoryStep>& story_;
  std::map<base::NodeId, Known> nodes_;
};

void tell_faults(const Summary& summary, std::vector<StoryStep>& story) {
  for (const FaultRecord& fault : summary.faults) {
    if (!fault.applied) continue;
    story.push_back({*fault.applied, StoryKind::fault,
                     as_sentence(fmt::format("#{} {}", fault.number, fault.description))});
    if (fault.reverted)
      story.push_back(
          {*fault.reverted, StoryKind::fault,
           as_sentence(fmt::format("#{} is over: {}", fault.number, fault.description))});
  }
}

void tell_clients(const model::History& history, const model::Finding& finding,
                  std::vector<StoryStep>& story) {
  for (const model::WitnessStep& step : finding.witness) {
    const model::Operation& operation = history.operations.at(step.operation);
    const bool answered = operation.status != model::Status::info;
    const std::string when = answered
                                 ? fmt::format("asked at {}", moment_text(operation.invoked_at))
                                 : std::string("and never hears of it");
    story.push_back(
        {answered ? operation.completed_at : operation.invoked_at, StoryKind::client,
         as_sentence(fmt::format("process {}: {} ({}): {}", operation.process.value,
                                 operation_text(history, operation), when, step.role))});
  }
}

void tell_rules(const Summary& summary, std::vector<StoryStep>& story) {
  for (const FindingRecord& record : summary.findings)
    if (record.is_of_protocol())
      story.push_back(
          {record.span.from, StoryKind::rule,
           fmt::format("{} ({})", as_sentence(record.finding.sentence), record.finding.anomaly)});
}

/// What clients saw, where they did; else the first broken rule.
const FindingRecord* told_finding(const Summary& summary) {
  const FindingRecord* chosen = nullptr;
  for (const FindingRecord& record : summary.findings) {
    if (!record.finding.witness.empty()) return &record;
    if (record.is_of_protocol() && (chosen == nullptr || record.span.from < chosen->span.from))
      chosen = &record;
  }
  return chosen;
}

/// Drops what came before the last steps, but for what clients did and rules that were broken.
void cut_to_the_point(std::vector<StoryStep>& story) {
  std::size_t excess = story.size() - std::min(story.size(), steps_max);
  std::erase_if(story, [&](const StoryStep& step) {
    if (excess == 0 || step.kind == StoryKind::client || step.kind == StoryKind::rule) return false;
    --excess;
    return true;
  });
}

std::vector<std::string> planted_bugs(const model::Plan& plan) {
  std::vector<std::string> planted;
  const auto found = plan.system.options.values().find("bug");
  if (found == plan.system.options.values().end()) return planted;
  if (const auto* bugs = std::get_if<std::vector<std::string>>(&found->second))
    for (const std::string& bug : *bugs)
      planted.push_back(fmt::format("{}/{}", plan.system.name, bug));
  return planted;
}

}  // namespace

std::string_view to_text(StoryKind kind) {
  switch (kind) {
    case StoryKind::cluster:
      return "cluster";
    case StoryKind::fault:
      return "fault";
    case StoryKind::client:
      return "client";
    case StoryKind::rule:
      return "broken rule";
  }
  return "?";
}

void summarize_story(const ReportInput& input, Summary& summary) {
  const FindingRecord* finding = told_finding(summary);
  if (finding == nullptr) return;
  std::vector<StoryStep> story;
  Cluster cluster(story);
  for (const auto& event : input.history.nodes) cluster.take(event);
  tell_faults(summary, story);
  tell_clients(input.history, finding->finding, story);
  tell_rules(summary, story);
  std::erase_if(story, [&](const StoryStep& step) { return step.at > finding->span.to; });
  std::ranges::stable_sort(story, {},
                           [](const StoryStep& step) { return std::pair(step.at, step.kind); });
  cut_to_the_point(story);
  summary.story = std::move(story);
  summary.planted = planted_bugs(input.history.header.plan);
}

}  // namespace eris::reports
