#include "checkers/weak/order.hpp"

#include <algorithm>
#include <deque>

#include "harness/base/assert.hpp"

namespace eris::checkers::weak {

void Order::index_edges() {
  const std::size_t count = sessions_.events.size();
  first_.assign(count + 1, 0);
  for (const Edge& edge : edges_) ++first_[edge.to + 1];
  for (std::size_t i = 0; i < count; ++i) first_[i + 1] += first_[i];
  incoming_.resize(edges_.size());
  edge_of_.resize(edges_.size());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (std::uint32_t i = 0; i < edges_.size(); ++i) {
    const std::uint32_t place = next[edges_[i].to]++;
    incoming_[place] = edges_[i].from;
    edge_of_[place] = i;
  }
}

bool Order::sort() {
  index_edges();
  const std::vector<Event>& events = sessions_.events;
  const std::size_t count = events.size();
  // What follows an event, apart from the next of its session: its readers and added edges.
  std::vector<std::uint32_t> first(count + 1, 0);
  waits_.assign(count, 0);
  for (EventId e = 0; e < count; ++e) {
    if (sessions_.has_previous(e)) ++waits_[e];
    if (events[e].is_read() && events[e].source != from_start) {
      ++waits_[e];
      ++first[events[e].source + 1];
    }
  }
  for (const Edge& edge : edges_) {
    ++waits_[edge.to];
    ++first[edge.from + 1];
  }
  for (std::size_t i = 0; i < count; ++i) first[i + 1] += first[i];
  std::vector<EventId> followers(first.back());
  std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
  for (EventId e = 0; e < count; ++e)
    if (events[e].is_read() && events[e].source != from_start)
      followers[next[events[e].source]++] = e;
  for (const Edge& edge : edges_) followers[next[edge.from]++] = edge.to;

  sorted_.clear();
  sorted_.reserve(count);
  for (EventId e = 0; e < count; ++e)
    if (waits_[e] == 0) sorted_.push_back(e);
  for (std::size_t done = 0; done < sorted_.size(); ++done) {
    const EventId e = sorted_[done];
    const auto release = [&](EventId follower) {
      if (--waits_[follower] == 0) sorted_.push_back(follower);
    };
    if (e + 1 < sessions_.begin[events[e].session + 1]) release(e + 1);
    for (std::uint32_t i = first[e]; i < first[e + 1]; ++i) release(followers[i]);
  }
  return sorted_.size() == count;
}

template <typename Visit>
void Order::for_each_before(EventId event, std::uint32_t before_round, const Visit& visit) const {
  if (sessions_.has_previous(event)) visit(event - 1);
  const Event& at = sessions_.events[event];
  if (at.is_read() && at.source != from_start) visit(at.source);
  for (std::uint32_t i = first_[event]; i < first_[event + 1]; ++i)
    if (edges_[edge_of_[i]].round < before_round) visit(incoming_[i]);
}

const Order::Edge* Order::earliest_edge(EventId from, EventId to) const {
  const Edge* found = nullptr;
  for (std::uint32_t i = first_[to]; i < first_[to + 1]; ++i) {
    const Edge& edge = edges_[edge_of_[i]];
    if (edge.from == from && (found == nullptr || edge.round < found->round)) found = &edge;
  }
  return found;
}

Link Order::link_to(EventId from, EventId to) const {
  const Event& at = sessions_.events[to];
  if (at.is_read() && at.source == from) return {from, to, Link::Why::reads};
  if (sessions_.events[from].session == at.session && from < to)
    return {from, to, Link::Why::session};
  const Edge* edge = earliest_edge(from, to);
  ERIS_ASSERT(edge != nullptr, "a link of a path is an edge");
  const bool replaced = edge->why_from != edge->from;
  return {from, to, replaced ? Link::Why::overwrites : Link::Why::overwritten, edge->because};
}

std::vector<Link> Order::path(EventId from, EventId to, std::uint32_t before_round) {
  // Backwards and breadth first: the past of an event is what its order consists of.
  std::vector<EventId> after(sessions_.events.size(), no_event);
  std::deque<EventId> work{to};
  bool found = false;
  while (!work.empty() && !found) {
    const EventId event = work.front();
    work.pop_front();
    for_each_before(event, before_round, [&](EventId before) {
      if (after[before] != no_event || found) return;
      after[before] = event;
      found = before == from;
      work.push_back(before);
    });
  }
  std::vector<Link> links;
  if (!found) return links;
  EventId at = from;
  do {
    links.push_back(link_to(at, after[at]));
    at = after[at];
  } while (at != to);
  return links;
}

Violation Order::cycle() {
  // Every event that is not sorted has one before it that is not either: going back meets a circle.
  EventId at = 0;
  while (waits_[at] == 0) ++at;
  std::vector<bool> met(sessions_.events.size(), false);
  while (!met[at]) {
    met[at] = true;
    EventId back = no_event;
    for_each_before(at, all_rounds, [&](EventId before) {
      if (back == no_event && waits_[before] > 0) back = before;
    });
    at = back;
  }
  Violation violation{.kind = Violation::Kind::cycle};
  violation.links = path(at, at, all_rounds);
  violation.core = core_of(violation.links, no_event);
  return violation;
}

std::vector<EventId> Order::core_of(const std::vector<Link>& links, EventId read) {
  std::vector<EventId> core;
  std::vector<bool> inside(sessions_.events.size(), false);
  const auto add = [&](EventId event) {
    if (event == no_event || inside[event]) return;
    inside[event] = true;
    core.push_back(event);
  };
  std::vector<Link> work = links;
  std::vector<std::pair<EventId, EventId>> explained;
  add(read);
  while (!work.empty()) {
    const Link link = work.back();
    work.pop_back();
    add(link.from);
    add(link.to);
    if (link.because == no_event) continue;
    if (std::ranges::find(explained, std::pair{link.from, link.to}) != explained.end()) continue;
    explained.emplace_back(link.from, link.to);
    add(link.because);
    const Edge* edge = earliest_edge(link.from, link.to);
    if (edge == nullptr || edge->why_from == no_event) continue;
    const std::vector<Link> why = path(edge->why_from, edge->why_to, edge->round);
    work.insert(work.end(), why.begin(), why.end());
  }
  for (std::size_t i = 0; i < core.size(); ++i) {
    const Event& event = sessions_.events[core[i]];
    if (!event.is_write()) add(event.source);
  }
  std::sort(core.begin(), core.end());
  return core;
}

void Clocks::fill(const Order& order) {
  rows_.assign(sessions_.events.size() * width_, 0);
  for (const EventId event : order.sorted()) {
    std::uint32_t* mine = rows_.data() + event * width_;
    const auto take = [&](EventId before) {
      const std::uint32_t* other = rows_.data() + before * width_;
      for (std::size_t i = 0; i < width_; ++i) mine[i] = std::max(mine[i], other[i]);
    };
    if (sessions_.has_previous(event)) take(event - 1);
    const Event& at = sessions_.events[event];
    if (at.is_read() && at.source != from_start) take(at.source);
    for (const EventId before : order.added_before(event)) take(before);
    if (lane_[at.session] != no_event)
      mine[lane_[at.session]] = event - sessions_.begin[at.session] + 1;
  }
}

KeyWrites::KeyWrites(const Sessions& sessions) : first_run_(sessions.keys + 1, 0) {
  std::vector<std::uint32_t> first(sessions.keys + 1, 0);
  for (const Event& event : sessions.events)
    if (event.is_write()) ++first[event.key + 1];
  for (std::size_t key = 0; key < sessions.keys; ++key) first[key + 1] += first[key];
  writes_.resize(first.back());
  std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
  for (EventId e = 0; e < sessions.events.size(); ++e)
    if (sessions.events[e].is_write()) writes_[next[sessions.events[e].key]++] = e;
  for (std::size_t key = 0; key < sessions.keys; ++key) {
    first_run_[key] = static_cast<std::uint32_t>(runs_.size());
    for (std::uint32_t i = first[key]; i < first[key + 1]; ++i) {
      const std::uint32_t session = sessions.events[writes_[i]].session;
      if (i == first[key] || runs_.back().session != session) runs_.push_back({session, i, i});
      runs_.back().to = i + 1;
    }
  }
  first_run_[sessions.keys] = static_cast<std::uint32_t>(runs_.size());
}

EventId KeyWrites::last_before(const Run& run, EventId end) const {
  const auto from = writes_.begin() + run.from;
  const auto after = std::lower_bound(from, writes_.begin() + run.to, end);
  return after == from ? no_event : *std::prev(after);
}

}  // namespace eris::checkers::weak
