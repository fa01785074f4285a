// Order: events, the order within sessions, who read from whom, and the orders that follow from
// those, each with the read that it follows from.
//
// Why: causal consistency and sequential consistency come down to whether such an order has a cycle
// (Bouajjani, Enea, Guerraoui, Hamza, POPL 2017). What makes a cycle a proof for people is that
// every added order can be traced back to reads; so each edge knows its read and the round it was
// found in, and a path may only use edges of earlier rounds than the edge it explains.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "checkers/weak/decision.hpp"
#include "checkers/weak/sessions.hpp"

namespace eris::checkers::weak {

class Order {
 public:
  struct Edge {
    EventId from = no_event;
    EventId to = no_event;
    EventId because = no_event;   ///< the read that it follows from
    EventId why_from = no_event;  ///< it follows since there is a path from here, if anywhere,
    EventId why_to = no_event;    ///< to here, by edges of earlier rounds
    std::uint32_t round = 0;
  };
  static constexpr std::uint32_t all_rounds = std::numeric_limits<std::uint32_t>::max();

  explicit Order(const Sessions& sessions) : sessions_(sessions) {}

  void add(const Edge& edge) { edges_.push_back(edge); }
  [[nodiscard]] std::size_t edges() const { return edges_.size(); }

  /// False when there is a cycle. O(events + edges).
  [[nodiscard]] bool sort();
  /// All events, each after those that come before it; valid after sort() returned true.
  [[nodiscard]] std::span<const EventId> sorted() const { return sorted_; }
  /// The edges that lead to an event; valid after sort().
  [[nodiscard]] std::span<const EventId> added_before(EventId event) const {
    return std::span(incoming_).subspan(first_[event], first_[event + 1] - first_[event]);
  }

  /// After sort() returned false: a cycle, as the proof of a violation.
  [[nodiscard]] Violation cycle();
  /// The links of a shortest path between two events, by edges of earlier rounds; empty if none.
  [[nodiscard]] std::vector<Link> path(EventId from, EventId to, std::uint32_t before_round);
  /// All events that links speak of, with what explains the added ones.
  [[nodiscard]] std::vector<EventId> core_of(const std::vector<Link>& links, EventId read);

 private:
  void index_edges();
  [[nodiscard]] const Edge* earliest_edge(EventId from, EventId to) const;
  [[nodiscard]] Link link_to(EventId from, EventId to) const;
  template <typename Visit>
  void for_each_before(EventId event, std::uint32_t before_round, const Visit& visit) const;

  const Sessions& sessions_;
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> first_;  ///< by event: into incoming_
  std::vector<EventId> incoming_;     ///< `from` of the added edges, by `to`
  std::vector<std::uint32_t> edge_of_;
  std::vector<EventId> sorted_;
  std::vector<std::uint32_t> waits_;  ///< by event: how many before it are not sorted yet
};

/// For each event, how much of every session comes before it: the number of that session's events.
/// Rows of `width` numbers, one for each session that `lane` names.
class Clocks {
 public:
  /// `lane` gives each session its column, or no_event.
  Clocks(const Sessions& sessions, std::vector<std::uint32_t> lane, std::size_t width)
      : sessions_(sessions), lane_(std::move(lane)), width_(width) {}

  [[nodiscard]] static std::uint64_t bytes(std::size_t events, std::size_t width) {
    return std::uint64_t{events} * width * sizeof(std::uint32_t);
  }
  /// From an order that is sorted.
  void fill(const Order& order);
  [[nodiscard]] std::span<const std::uint32_t> row(EventId event) const {
    return std::span(rows_).subspan(event * width_, width_);
  }
  /// How many events of a session with a column come before this event, or are it.
  [[nodiscard]] std::uint32_t seen(EventId event, std::uint32_t session) const {
    return rows_[event * width_ + lane_[session]];
  }
  /// True when `before` comes before `after` or is it; `before`'s session must have a column.
  [[nodiscard]] bool includes(EventId after, EventId before) const {
    const std::uint32_t session = sessions_.events[before].session;
    return seen(after, session) > before - sessions_.begin[session];
  }

 private:
  const Sessions& sessions_;
  std::vector<std::uint32_t> lane_;
  std::size_t width_;
  std::vector<std::uint32_t> rows_;
};

/// The writes of each key, by session.
class KeyWrites {
 public:
  struct Run {
    std::uint32_t session = 0;
    std::uint32_t from = 0;  ///< into writes()
    std::uint32_t to = 0;
  };
  explicit KeyWrites(const Sessions& sessions);
  [[nodiscard]] std::span<const Run> runs(std::uint32_t key) const {
    return std::span(runs_).subspan(first_run_[key], first_run_[key + 1] - first_run_[key]);
  }
  /// The last write of a run whose id is less than `end`, or no_event.
  [[nodiscard]] EventId last_before(const Run& run, EventId end) const;
  /// The first write of a run.
  [[nodiscard]] EventId front(const Run& run) const { return writes_[run.from]; }

 private:
  std::vector<EventId> writes_;  ///< by key, then ascending
  std::vector<Run> runs_;
  std::vector<std::uint32_t> first_run_;
};

}  // namespace eris::checkers::weak
