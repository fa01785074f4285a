#include "checkers/invariants/invariants.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "checkers/invariants/beacon.hpp"
#include "checkers/invariants/beacon_rules.hpp"
#include "checkers/invariants/churn.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers {

namespace invariants {

namespace {

using NodeEvent = model::Timed<model::NodeEvent>;

constexpr std::string_view churn_rule = "leader-churn";

/// A broken invariant, as the simulator recorded it.
Breach breach_in(const NodeEvent& event) {
  const auto text = [&](std::string_view name) {
    const model::Value* value = model::find(event.event.fields, name);
    return value != nullptr && value->is_text() ? std::string(value->text()) : std::string();
  };
  Breach breach{.rule = text("rule"),
                .what = text("what"),
                .nodes = {},
                .event = event.index,
                .at = event.time,
                .step = std::nullopt};
  if (breach.rule.empty()) breach.rule = "unnamed-rule";
  if (const model::Value* nodes = model::find(event.event.fields, "nodes");
      nodes != nullptr && nodes->is_list())
    for (const model::Value& name : nodes->list())
      if (const auto node = name.is_text() ? base::parse_node(name.text()) : std::nullopt)
        breach.nodes.push_back(*node);
  if (const model::Value* step = model::find(event.event.fields, "step");
      step != nullptr && step->is_integer())
    breach.step = step->integer();
  return breach;
}

/// Hands each event to the rules that it concerns, in the order of the journal.
class Reading {
 public:
  explicit Reading(Breaches& breaches) : breaches_(breaches), rules_(breaches), churn_(breaches) {}

  void take(const NodeEvent& event) {
    if (event.event.what == "invariant") {
      breaches_.add(breach_in(event));
    } else if (event.event.what == "beacon") {
      const Beacon beacon = beacon_in(event, lives_[event.event.node]);
      rules_.take(beacon);
      churn_.take(beacon);
    } else if (ends_life(event.event)) {
      ++lives_[event.event.node];
      churn_.node_changed(event.time);
    }
  }
  void take(const model::Timed<model::FaultEvent>& event) {
    churn_.take(event.event, event.time);
    if (!erases_disks(event.event.action)) return;
    for (const base::NodeId node : nodes_of(event.event.action)) rules_.may_lose_disk(node);
  }

 private:
  Breaches& breaches_;
  BeaconRules rules_;
  Churn churn_;
  std::map<base::NodeId, std::uint64_t> lives_;
};

model::Finding finding_of(const Breaches::Rule& rule) {
  const Breach& first = rule.first;
  model::Finding finding{.property = first.rule == churn_rule ? "stable" : "protocol-safe",
                         .anomaly = first.rule,
                         .sentence = first.what};
  std::string when = fmt::format("Noticed at {:.3f} s", base::to_seconds(first.at));
  if (first.step) when += fmt::format(", in step {} of the simulation", *first.step);
  finding.explanation.push_back(when + ".");
  if (rule.count > 1)
    finding.explanation.push_back(
        fmt::format("The rule was broken {} times in all.", base::with_separators(rule.count)));
  finding.at = first.at;
  finding.nodes = first.nodes;
  return finding;
}

model::Fields statistics_of(const model::History& history, const Breaches& breaches) {
  std::int64_t beacons = 0;
  for (const NodeEvent& event : history.nodes) beacons += event.event.what == "beacon" ? 1 : 0;
  model::Fields fields{{"beacons", beacons}};
  for (const Breaches::Rule& rule : breaches.rules())
    fields.emplace_back(rule.first.rule, static_cast<std::int64_t>(rule.count));
  return fields;
}

class Invariants final : public Checker {
 public:
  std::string name() const override { return invariants_checker_name; }

  model::CheckResult check(const model::History& history, const CheckContext&) const override {
    const Breaches breaches = find_breaches(history);
    const bool simulated = history.header.plan.engine == "sim";
    model::CheckResult result{.checker = name(),
                              .verdict = model::Verdict::valid,
                              .reason =
                                  "nodes kept every rule of their protocol that their "
                                  "states can show"};
    std::vector<std::string> broken;
    for (const Breaches::Rule& rule : breaches.rules()) {
      if (rule.first.rule == churn_rule && !simulated) {
        result.verdict = merge(result.verdict, model::Verdict::unknown);
        result.reason = rule.first.what + ": a bug, or a machine too busy for its nodes";
        continue;
      }
      result.verdict = model::Verdict::invalid;
      broken.push_back(rule.first.rule);
      result.findings.push_back(finding_of(rule));
    }
    if (!broken.empty()) result.reason = "broken: " + base::join_words(broken);
    result.statistics = statistics_of(history, breaches);
    return result;
  }
};

}  // namespace

bool speaks_of(const model::History& history) {
  return std::ranges::any_of(history.nodes, [](const NodeEvent& event) {
    if (event.event.what == "invariant") return true;
    if (event.event.what != "beacon") return false;
    const Beacon beacon = beacon_in(event, 0);
    return beacon.term || beacon.commit || beacon.applied;
  });
}

Breaches find_breaches(const model::History& history) {
  Breaches breaches;
  Reading reading(breaches);
  auto fault = history.faults.begin();
  for (const NodeEvent& event : history.nodes) {
    for (; fault != history.faults.end() && fault->index < event.index; ++fault)
      reading.take(*fault);
    reading.take(event);
  }
  return breaches;
}

}  // namespace invariants

std::unique_ptr<Checker> make_invariants_checker() {
  return std::make_unique<invariants::Invariants>();
}

}  // namespace eris::checkers
