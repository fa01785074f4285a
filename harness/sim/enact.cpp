// How the simulated world enacts faults.
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/sim/world.hpp"

namespace eris::sim {

using base::NodeId;
using model::Evidence;
using model::NodeState;

namespace {

void add_fact(Evidence& evidence, NodeId node, std::string_view name, std::string_view text) {
  evidence.facts.emplace_back(fmt::format("{} {}", base::to_text(node), name), model::Value(text));
}

/// The sum first, then each link that dropped something.
Evidence cut_evidence(const Network& network, const std::vector<model::Link>& links) {
  Evidence evidence;
  std::uint64_t all = 0;
  model::Fields each;
  for (const model::Link& link : links) {
    const std::uint64_t dropped = network.dropped(link);
    all += dropped;
    if (dropped > 0)
      each.emplace_back(
          fmt::format("{}→{} messages dropped", base::to_text(link.from), base::to_text(link.to)),
          model::Value(static_cast<std::int64_t>(dropped)));
  }
  evidence.took_effect = all > 0;
  evidence.facts = {{"messages dropped", model::Value(static_cast<std::int64_t>(all))}};
  evidence.facts.insert(evidence.facts.end(), each.begin(), each.end());
  return evidence;
}

}  // namespace

base::Result<Evidence> World::apply(const model::FaultAction& action) {
  auto evidence = std::visit([this](const auto& known) { return enact(known); }, action);
  tell_violations();
  return evidence;
}

base::Result<Evidence> World::enact(const model::Cut& cut) {
  network_.cut(cut.links);
  return cut_evidence(network_, cut.links);
}

base::Result<Evidence> World::enact(const model::Heal& heal) {
  Evidence evidence = cut_evidence(network_, heal.links);
  network_.heal(heal.links);
  return evidence;
}

base::Result<Evidence> World::enact(const model::Kill& kill) {
  Evidence evidence;
  for (const NodeId id : kill.nodes) {
    Node& target = node(id);
    if (target.state() == NodeState::dead) {
      add_fact(evidence, id, "state", "already dead");
      continue;
    }
    target.kill();
    statuses_.erase(id);
    for (auto open = open_requests_.begin(); open != open_requests_.end();) {
      if (open->second.node != id) {
        ++open;
        continue;
      }
      happens(now_ + network_.client_delay(),
              NoAnswerComes{.to = open->second.from, .why = adapters::NoAnswer::connection_lost});
      open = open_requests_.erase(open);
    }
    say(id, "exited", {{"how", model::Value("killed")}});
    add_fact(evidence, id, "end", "killed");
    evidence.took_effect = true;
  }
  return evidence;
}

base::Result<Evidence> World::enact(const model::Restart& restart) {
  Evidence evidence;
  for (const NodeId id : restart.nodes) {
    Node& target = node(id);
    if (target.state() != NodeState::dead) {
      add_fact(evidence, id, "state", "not dead");
      continue;
    }
    ERIS_CHECK_OK(target.start());
    say(id, "started");
    add_fact(evidence, id, "state", "started");
    evidence.took_effect = true;
  }
  return evidence;
}

base::Result<Evidence> World::enact(const model::Pause& pause) {
  Evidence evidence;
  for (const NodeId id : pause.nodes) {
    if (node(id).state() != NodeState::running) {
      add_fact(evidence, id, "state", "not running");
      continue;
    }
    node(id).pause();
    add_fact(evidence, id, "state", "stopped");
    evidence.took_effect = true;
  }
  return evidence;
}

base::Result<Evidence> World::enact(const model::Resume& resume) {
  Evidence evidence;
  for (const NodeId id : resume.nodes) {
    if (node(id).state() != NodeState::paused) {
      add_fact(evidence, id, "state", "not paused");
      continue;
    }
    node(id).resume();
    add_fact(evidence, id, "state", "running");
    evidence.took_effect = true;
  }
  return evidence;
}

}  // namespace eris::sim
