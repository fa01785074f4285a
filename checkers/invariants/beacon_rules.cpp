#include "checkers/invariants/beacon_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::invariants {

using base::to_text;

namespace {

/// Raises `highest` to `value` where that is more.
void raise(std::optional<std::int64_t>& highest, std::int64_t value) {
  highest = highest ? std::max(*highest, value) : value;
}

std::string voted_for(const std::string& vote) {
  return vote.empty() ? "nobody" : vote;
}

}  // namespace

void BeaconRules::breach(const char* rule, const Beacon& beacon, std::vector<base::NodeId> nodes,
                         std::string what) {
  std::ranges::sort(nodes);
  breaches_.add({rule, std::move(what), std::move(nodes), beacon.event, beacon.at, std::nullopt});
}

void BeaconRules::take(const Beacon& beacon) {
  Node& node = nodes_[beacon.node];
  if (node.life != beacon.life) {
    node.life = beacon.life;
    node.term = node.commit = node.applied = std::nullopt;
    if (node.loses_disk) {
      node.durable_term.reset();
      node.votes.clear();
    }
  }
  if (beacon.term) {
    check_term(beacon, node);
    if (beacon.vote) check_vote(beacon, node);
    if (beacon.leads) check_leader(beacon);
  }
  check_progress(beacon, node);
  if (beacon.applied && beacon.state_hash) check_state(beacon);
}

void BeaconRules::check_term(const Beacon& beacon, Node& node) {
  const std::int64_t term = *beacon.term;
  if (node.term && term < *node.term)
    breach("term-regression", beacon, {beacon.node},
           fmt::format("{} went from term {} back to {}", to_text(beacon.node), *node.term, term));
  else if (node.durable_term && term < *node.durable_term)
    breach("term-regression", beacon, {beacon.node},
           fmt::format("{} came back in term {} after it was in term {}", to_text(beacon.node),
                       term, *node.durable_term));
  raise(node.term, term);
  if (beacon.durable || beacon.leads) raise(node.durable_term, term);
}

void BeaconRules::check_vote(const Beacon& beacon, Node& node) {
  Votes& votes = node.votes[*beacon.term];
  if (votes.life != beacon.life) {
    votes.life = beacon.life;
    votes.spoken = {};
  }
  for (const Agreement* before : {&votes.spoken, &votes.durable})
    if (before->contradicts(*beacon.vote)) {
      breach("one-vote-per-term", beacon, {beacon.node},
             fmt::format("{} voted for {}, then for {}, in term {}", to_text(beacon.node),
                         before->first(), voted_for(*beacon.vote), *beacon.term));
      break;
    }
  if (beacon.vote->empty()) return;
  votes.spoken.add(*beacon.vote);
  if (beacon.durable) votes.durable.add(*beacon.vote);
}

void BeaconRules::check_leader(const Beacon& beacon) {
  std::vector<base::NodeId>& leaders = leaders_[*beacon.term];
  if (std::ranges::find(leaders, beacon.node) != leaders.end()) return;
  if (!leaders.empty())
    breach("election-safety", beacon, {leaders.front(), beacon.node},
           fmt::format("{} both led term {}",
                       to_text(std::vector{std::min(leaders.front(), beacon.node),
                                           std::max(leaders.front(), beacon.node)}),
                       *beacon.term));
  leaders.push_back(beacon.node);
}

void BeaconRules::check_progress(const Beacon& beacon, Node& node) {
  const auto rises = [&](const char* rule, const char* name, std::optional<std::int64_t>& highest,
                         std::optional<std::int64_t> now) {
    if (!now) return;
    if (highest && *now < *highest)
      breach(rule, beacon, {beacon.node},
             fmt::format("{} took its {} index back from {} to {}", to_text(beacon.node), name,
                         *highest, *now));
    raise(highest, *now);
  };
  rises("commit-regression", "commit", node.commit, beacon.commit);
  rises("applied-regression", "applied", node.applied, beacon.applied);
  if (beacon.commit && beacon.applied && *beacon.applied > *beacon.commit)
    breach("applied-beyond-commit", beacon, {beacon.node},
           fmt::format("{} applied entry {} with {} committed", to_text(beacon.node),
                       *beacon.applied, *beacon.commit));
}

void BeaconRules::check_state(const Beacon& beacon) {
  const auto [at, fresh] = states_.try_emplace(*beacon.applied);
  State& state = at->second;
  if (fresh) state.who = beacon.node;
  if (state.hashes.contradicts(*beacon.state_hash))
    breach("state-divergence", beacon, {state.who, beacon.node},
           fmt::format("{} and {} differ in what {} applied entries made", to_text(state.who),
                       to_text(beacon.node), *beacon.applied));
  state.hashes.add(*beacon.state_hash);
}

}  // namespace eris::checkers::invariants
