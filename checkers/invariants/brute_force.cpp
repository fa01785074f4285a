#include "checkers/invariants/brute_force.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "checkers/invariants/beacon.hpp"
#include "checkers/invariants/churn.hpp"

namespace eris::checkers::invariants {

namespace {

using model::FaultPhase;

/// All beacons with the life of their node, counted anew for each.
std::vector<Beacon> beacons_of(const model::History& history) {
  std::vector<Beacon> beacons;
  for (const auto& event : history.nodes) {
    if (event.event.what != "beacon") continue;
    const auto life =
        std::ranges::count_if(history.nodes, [&](const model::Timed<model::NodeEvent>& other) {
          return other.index < event.index && other.event.node == event.event.node &&
                 ends_life(other.event);
        });
    beacons.push_back(beacon_in(event, static_cast<std::uint64_t>(life)));
  }
  return beacons;
}

bool same_life(const Beacon& a, const Beacon& b) {
  return a.node == b.node && a.life == b.life;
}

/// Whether the node's disk may have been erased before the life of this beacon was first heard of.
bool lost_disk(const model::History& history, const std::vector<Beacon>& beacons,
               const Beacon& now) {
  const auto first =
      std::ranges::find_if(beacons, [&](const Beacon& beacon) { return same_life(beacon, now); });
  return std::ranges::any_of(history.faults, [&](const auto& fault) {
    const auto nodes = nodes_of(fault.event.action);
    return fault.index < first->event && erases_disks(fault.event.action) &&
           std::ranges::find(nodes, now.node) != nodes.end();
  });
}

bool term_regressed(const Beacon& before, const Beacon& now, bool disk_lost) {
  const bool binding = before.life == now.life || (!disk_lost && (before.durable || before.leads));
  return before.node == now.node && before.term && now.term && *before.term > *now.term && binding;
}

bool voted_twice(const Beacon& before, const Beacon& now, bool disk_lost) {
  const bool binding = before.life == now.life || (!disk_lost && before.durable);
  return before.node == now.node && before.term && before.term == now.term && before.vote &&
         now.vote && !before.vote->empty() && before.vote != now.vote && binding;
}

bool diverged(const Beacon& before, const Beacon& now) {
  return before.applied && before.applied == now.applied && before.state_hash && now.state_hash &&
         before.state_hash != now.state_hash;
}

/// The last change around the nodes before the event.
base::Instant calm_since(const model::History& history, model::EventIndex event) {
  base::Instant since{};
  for (const auto& fault : history.faults)
    if (fault.index < event) since = std::max(since, fault.time);
  for (const auto& node : history.nodes)
    if (node.index < event && ends_life(node.event)) since = std::max(since, node.time);
  return since;
}

bool unsettled(const model::History& history, model::EventIndex event) {
  return std::ranges::any_of(history.faults, [&](const auto& began) {
    const bool begins =
        began.event.phase == FaultPhase::decided || began.event.phase == FaultPhase::applied;
    if (began.index > event || !begins || !unsettles(began.event.action)) return false;
    return std::ranges::none_of(history.faults, [&](const auto& ended) {
      return ended.event.fault == began.event.fault && ended.index < event &&
             ended.index > began.index &&
             (ended.event.phase == FaultPhase::reverted ||
              ended.event.phase == FaultPhase::skipped);
    });
  });
}

/// The highest term that most of the nodes which had spoken had reached, by the first beacons;
/// nothing where there is none.
std::optional<std::int64_t> shared_term(const std::vector<Beacon>& beacons, std::size_t count) {
  std::optional<std::int64_t> highest;
  for (std::size_t i = 0; i < count; ++i) {
    std::map<base::NodeId, std::int64_t> terms;
    for (std::size_t j = 0; j <= i; ++j)
      if (beacons[j].term)
        terms[beacons[j].node] = std::max(
            terms.try_emplace(beacons[j].node, *beacons[j].term).first->second, *beacons[j].term);
    for (const auto& [node, term] : terms) {
      const auto there = std::ranges::count_if(
          terms, [term = term](const auto& other) { return other.second >= term; });
      if (2 * static_cast<std::size_t>(there) > terms.size())
        highest = std::max(highest, std::optional(term));
    }
  }
  return highest;
}

}  // namespace

std::map<std::string, Tally> breaches_by_definition(const model::History& history) {
  const std::vector<Beacon> beacons = beacons_of(history);
  std::map<std::string, Tally> tallies;
  const auto count = [&](const char* rule, const Beacon& beacon) {
    Tally& tally = tallies[rule];
    if (tally.count++ == 0) tally.first = beacon.event;
  };
  std::vector<const Beacon*> raises;  // beacons that brought most nodes into a new term
  for (std::size_t i = 0; i < beacons.size(); ++i) {
    const Beacon& now = beacons[i];
    const bool disk_lost = lost_disk(history, beacons, now);
    const auto before = [&](const std::function<bool(const Beacon&)>& holds) {
      return std::any_of(beacons.begin(), beacons.begin() + static_cast<std::ptrdiff_t>(i), holds);
    };
    if (before([&](const Beacon& b) { return term_regressed(b, now, disk_lost); }))
      count("term-regression", now);
    if (before([&](const Beacon& b) { return voted_twice(b, now, disk_lost); }))
      count("one-vote-per-term", now);
    const auto led_it = [&](const Beacon& b) { return b.leads && b.term == now.term; };
    if (now.leads && before([&](const Beacon& b) { return led_it(b) && b.node != now.node; }) &&
        !before([&](const Beacon& b) { return led_it(b) && b.node == now.node; }))
      count("election-safety", now);
    if (before([&](const Beacon& b) {
          return same_life(b, now) && now.commit && b.commit > now.commit;
        }))
      count("commit-regression", now);
    if (before([&](const Beacon& b) {
          return same_life(b, now) && now.applied && b.applied > now.applied;
        }))
      count("applied-regression", now);
    if (now.commit && now.applied && *now.applied > *now.commit)
      count("applied-beyond-commit", now);
    if (before([&](const Beacon& b) { return diverged(b, now); })) count("state-divergence", now);

    if (!now.term || shared_term(beacons, i + 1) <= shared_term(beacons, i)) continue;
    const base::Instant settled_at = calm_since(history, now.event) + churn_grace;
    if (unsettled(history, now.event) || now.at < settled_at) continue;
    raises.push_back(&now);
    const auto in_this_calm = std::ranges::count_if(raises, [&](const Beacon* raise) {
      return calm_since(history, raise->event) == calm_since(history, now.event);
    });
    if (in_this_calm > churn_terms + (now.at - settled_at) / churn_period)
      count("leader-churn", now);
  }
  return tallies;
}

}  // namespace eris::checkers::invariants
