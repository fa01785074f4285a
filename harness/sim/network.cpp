#include "harness/sim/network.hpp"

#include <algorithm>
#include <utility>

namespace eris::sim {

using namespace std::chrono_literals;

namespace {

constexpr base::Duration delay_min = 50us;
constexpr base::Duration delay_max = 1ms;

}  // namespace

Arrivals Network::carry(base::Instant now, model::Link where, std::string& message) {
  LinkState& link = at(where);
  if (link.cuts > 0) {
    ++link.counts.dropped;
    return {};
  }
  if (link.clogs > 0) {
    ++link.counts.held;
    link.held.push_back(std::move(message));
    return {};
  }
  if (chance(link.quality.corrupt_ppm)) {
    ++link.counts.corrupted;
    ++link.connection;
    return {};
  }
  if (chance(link.quality.loss_ppm)) {
    ++link.counts.lost;
    return {};
  }
  if (quirks_.lost.strike(rng_)) return {};
  Arrivals arrivals{.count = 1, .at = {arrival(now, link)}, .connection = link.connection};
  const bool repeated = chance(link.quality.duplicate_ppm);
  link.counts.repeated += repeated ? 1 : 0;
  if (repeated || quirks_.repeated.strike(rng_)) {
    arrivals.at[1] = arrivals.at[0] + rng_.duration(0ns, quirks_.overtaken_max);
    arrivals.count = 2;
  }
  return arrivals;
}

base::Instant Network::arrival(base::Instant now, LinkState& link) {
  base::Instant at = now + rng_.duration(delay_min, delay_max);
  if (link.quality.delay.count() > 0) {
    ++link.counts.delayed;
    at += rng_.duration(0ns, 2 * link.quality.delay);
  }
  const bool reordered = chance(link.quality.reorder_ppm);
  link.counts.reordered += reordered ? 1 : 0;
  if (reordered || quirks_.reordered.strike(rng_))
    return at + rng_.duration(0ns, quirks_.overtaken_max);
  if (quirks_.stragglers.strike(rng_)) return at + rng_.duration(0ns, quirks_.straggler_delay_max);
  link.last_arrival = std::max(link.last_arrival, at);
  return link.last_arrival;
}

bool Network::chance(std::int64_t ppm) {
  return ppm > 0 && static_cast<std::int64_t>(rng_.below(1'000'000)) < ppm;
}

base::Duration Network::client_delay() {
  return rng_.duration(50us, 500us);
}

void Network::cut(const std::vector<model::Link>& links) {
  for (const model::Link& link : links) ++at(link).cuts;
}

void Network::heal(const std::vector<model::Link>& links) {
  for (const model::Link& link : links) {
    LinkState& state = at(link);
    if (state.cuts > 0) --state.cuts;
  }
}

void Network::degrade(const std::vector<model::Link>& links, const model::LinkQuality& quality) {
  for (const model::Link& link : links) at(link).quality = quality;
}

void Network::restore(const std::vector<model::Link>& links) {
  for (const model::Link& link : links) at(link).quality = {};
}

void Network::clog(const std::vector<model::Link>& links) {
  for (const model::Link& link : links) ++at(link).clogs;
}

std::vector<std::string> Network::unclog(model::Link where) {
  LinkState& link = at(where);
  if (link.clogs > 0) --link.clogs;
  if (link.clogs > 0) return {};
  return std::exchange(link.held, {});
}

void Network::close_connections_of(base::NodeId node) {
  for (std::size_t from = 0; from < links_.size(); ++from)
    for (std::size_t to = 0; to < links_[from].size(); ++to) {
      if (from != node.value && to != node.value) continue;
      ++links_[from][to].connection;
      links_[from][to].held.clear();
    }
}

LinkCounts operator-(LinkCounts counts, const LinkCounts& before) {
  counts.dropped -= before.dropped;
  counts.held -= before.held;
  counts.lost -= before.lost;
  counts.repeated -= before.repeated;
  counts.reordered -= before.reordered;
  counts.corrupted -= before.corrupted;
  counts.delayed -= before.delayed;
  return counts;
}

Network::LinkState& Network::at(model::Link link) {
  const std::size_t needed = std::max(link.from.value, link.to.value) + 1;
  if (links_.size() < needed) {
    links_.resize(needed);
    for (auto& row : links_) row.resize(needed);
  }
  return links_[link.from.value][link.to.value];
}

}  // namespace eris::sim
