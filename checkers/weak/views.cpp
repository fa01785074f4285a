#include "checkers/weak/views.hpp"

#include <algorithm>
#include <optional>

#include "checkers/weak/each_session.hpp"
#include "checkers/weak/order.hpp"
#include "harness/base/assert.hpp"

namespace eris::checkers::weak {

namespace {

using Level = std::uint32_t;
constexpr Level unseen = no_event;
constexpr std::uint32_t no_entry = no_event;

/// How an event came to stand before one of the session's reads. Entries only refer to earlier
/// ones, so that following them never runs in a circle.
struct Reach {
  EventId event = no_event;
  Level level = unseen;
  std::uint32_t next = no_entry;     ///< of what comes right after it; none for the read itself
  EventId because = no_event;        ///< the read that the step to `next` follows from, if any
  std::uint32_t earlier = no_entry;  ///< why the event stands before `because`
};

/// The order of one session's view.
class View {
 public:
  View(const Sessions& sessions, bool causal)
      : sessions_(sessions),
        events_(sessions.events),
        causal_(causal),
        latest_(events_.size(), no_entry),
        last_read_(events_.size(), unseen),
        level_(events_.size(), unseen),
        visible_(sessions.keys),
        reads_of_(sessions.keys) {}

  /// A violation, or nothing where the session is explained.
  std::optional<Violation> check(std::uint32_t session) {
    session_ = session;
    std::optional<Violation> found = explain();
    clear();
    return found;
  }

 private:
  /// A write that comes before a read of the session, and the read at which that was found. Its
  /// level is no higher than that.
  struct Visible {
    EventId write = no_event;
    Level found = unseen;
  };
  struct Demand {
    EventId event = no_event;
    Level level = unseen;
    std::uint32_t next = no_entry;
    EventId because = no_event;
    std::uint32_t earlier = no_entry;
  };

  std::optional<Violation> explain() {
    for (EventId e = sessions_.begin[session_]; e < sessions_.begin[session_ + 1]; ++e) {
      if (!events_[e].is_read()) continue;
      const auto level = static_cast<Level>(reads_.size());
      reads_.push_back(e);
      reads_of_[events_[e].key].push_back(level);
      if (events_[e].source != from_start) last_read_[events_[e].source] = level;
      work_.push_back({e, level});
      if (auto violation = settle()) return violation;
      if (auto violation = look_back(level)) return violation;
      if (auto violation = settle()) return violation;
    }
    if (auto violation = find_return()) return violation;
    return find_cycle();
  }

  /// The writes of the key that already come before a read must come before the write it saw.
  std::optional<Violation> look_back(Level level) {
    const EventId read = reads_[level];
    const EventId source = events_[read].source;
    const std::vector<Visible>& visible = visible_[events_[read].key];
    if (source == from_start) {
      if (visible.empty()) return std::nullopt;
      return missed(read, visible.front().write);
    }
    const Level low = level_[source];
    for (std::size_t i = visible.size(); i > 0 && visible[i - 1].found > low; --i)
      demand_before(visible[i - 1].write, read);
    return std::nullopt;
  }

  /// `write` comes before `read`, so it comes before the write that the read saw.
  void demand_before(EventId write, EventId read) {
    const EventId source = events_[read].source;
    if (write == source || level_[write] <= level_[source]) return;
    work_.push_back({write, level_[source], latest_[source], read, latest_[write]});
  }

  std::optional<Violation> settle() {
    while (!work_.empty()) {
      const Demand demand = work_.back();
      work_.pop_back();
      const Level before = level_[demand.event];
      if (before != unseen && before <= demand.level) continue;
      const auto entry = static_cast<std::uint32_t>(log_.size());
      log_.push_back({demand.event, demand.level, demand.next, demand.because, demand.earlier});
      latest_[demand.event] = entry;
      level_[demand.event] = demand.level;
      if (before == unseen) seen_.push_back(demand.event);
      follow_back(demand.event, demand.level, entry);
      if (!events_[demand.event].is_write()) continue;
      if (auto violation = sank(demand.event, before)) return violation;
    }
    return std::nullopt;
  }

  void follow_back(EventId event, Level level, std::uint32_t entry) {
    if (sessions_.has_previous(event)) work_.push_back({event - 1, level, entry});
    if (counts(event)) work_.push_back({events_[event].source, level, entry});
  }

  /// A read whose source comes before it in this view.
  [[nodiscard]] bool counts(EventId event) const {
    const Event& at = events_[event];
    return at.is_read() && at.source != from_start && (causal_ || at.session == session_);
  }

  /// A write came to stand before earlier reads than it did before.
  std::optional<Violation> sank(EventId write, Level before) {
    const Level level = level_[write];
    std::vector<Visible>& visible = visible_[events_[write].key];
    const std::vector<Level>& reads = reads_of_[events_[write].key];
    for (auto at = std::lower_bound(reads.begin(), reads.end(), level);
         at != reads.end() && *at < before; ++at) {
      const EventId read = reads_[*at];
      if (events_[read].source == from_start) return missed(read, write);
      if (level_[events_[read].source] != unseen) demand_before(write, read);
    }
    if (before == unseen) visible.push_back({write, static_cast<Level>(reads_.size() - 1)});
    if (last_read_[write] == unseen) return std::nullopt;
    // What comes before a read of this write now has to sink as deep as the write itself.
    for (std::size_t i = visible.size(); i > 0 && visible[i - 1].found > level; --i) {
      const EventId other = visible[i - 1].write;
      if (other == write || level_[other] > last_read_[write] || level_[other] <= level) continue;
      const auto read = std::lower_bound(reads.begin(), reads.end(), level_[other]);
      for (auto at = read; at != reads.end() && *at <= last_read_[write]; ++at) {
        if (events_[reads_[*at]].source != write) continue;
        demand_before(other, reads_[*at]);
        break;
      }
    }
    return std::nullopt;
  }

  /// A write that was read, replaced in the reader's eyes, and read again: the two cannot both come
  /// before the other.
  std::optional<Violation> find_return() {
    for (const EventId read : reads_) {
      const std::vector<Level>& reads = reads_of_[events_[read].key];
      if (reads_[reads.front()] != read) continue;
      for (std::size_t i = 1; i < reads.size(); ++i) {
        const EventId newer = events_[reads_[reads[i]]].source;
        const EventId older = events_[reads_[reads[i - 1]]].source;
        if (newer == older || older == from_start || newer == from_start ||
            level_[newer] > reads[i - 1])
          continue;
        const Link back{newer, older, Link::Why::overwritten, reads_[reads[i - 1]]};
        const Link forth{older, newer, Link::Why::overwritten, reads_[reads[i]]};
        return prove(Violation::Kind::cycle, no_event, {back, forth});
      }
    }
    return std::nullopt;
  }

  /// The write that a write must precede, by the first read that had to see it and saw another.
  [[nodiscard]] EventId read_after(EventId write) const {
    const std::vector<Level>& reads = reads_of_[events_[write].key];
    for (auto at = std::lower_bound(reads.begin(), reads.end(), level_[write]); at != reads.end();
         ++at)
      if (events_[reads_[*at]].source != write) return reads_[*at];
    return no_event;
  }

  template <typename Visit>
  void for_each_before(EventId event, const Visit& visit) const {
    if (sessions_.has_previous(event)) visit(event - 1);
    if (counts(event)) visit(events_[event].source);
  }

  std::optional<Violation> find_cycle() {
    // Taken away from the end: an event is free when all that comes after it has gone.
    for (const EventId event : seen_) {
      for_each_before(event, [&](EventId before) { ++followers(before); });
      if (events_[event].is_write() && read_after(event) != no_event) ++followers(event);
    }
    // The added edges, listed by the write that they lead to.
    added_.clear();
    for (const EventId event : seen_)
      if (events_[event].is_write())
        if (const EventId read = read_after(event); read != no_event)
          added_.emplace_back(events_[read].source, event);
    std::sort(added_.begin(), added_.end());
    std::vector<EventId> free;
    for (const EventId event : seen_)
      if (followers(event) == 0) free.push_back(event);
    for (std::size_t done = 0; done < free.size(); ++done) {
      const auto release = [&](EventId before) {
        if (--followers(before) == 0) free.push_back(before);
      };
      for_each_before(free[done], release);
      for (auto at =
               std::lower_bound(added_.begin(), added_.end(), std::pair{free[done], EventId{0}});
           at != added_.end() && at->first == free[done]; ++at)
        release(at->second);
    }
    if (free.size() == seen_.size()) return std::nullopt;
    return trace_cycle();
  }

  std::uint32_t& followers(EventId event) { return followers_of_[event]; }

  /// Every event that was not taken away has one after it that was not either.
  std::optional<Violation> trace_cycle() {
    std::vector<std::pair<EventId, Link>> after;  // by the event before
    for (const EventId event : seen_) {
      if (followers(event) == 0) continue;
      if (sessions_.has_previous(event))
        after.push_back({event - 1, {event - 1, event, Link::Why::session}});
      if (counts(event))
        after.push_back({events_[event].source, {events_[event].source, event, Link::Why::reads}});
      if (!events_[event].is_write()) continue;
      if (const EventId read = read_after(event); read != no_event)
        after.push_back({event, {event, events_[read].source, Link::Why::overwritten, read}});
    }
    std::sort(after.begin(), after.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Link> walk;
    std::vector<std::uint32_t> place(events_.size(), no_event);
    EventId at = *std::ranges::find_if(seen_, [&](EventId e) { return followers(e) > 0; });
    while (place[at] == no_event) {
      place[at] = static_cast<std::uint32_t>(walk.size());
      auto step = std::lower_bound(after.begin(), after.end(), at,
                                   [](const auto& a, EventId e) { return a.first < e; });
      while (followers(step->second.to) == 0) ++step;
      walk.push_back(step->second);
      at = step->second.to;
    }
    walk.erase(walk.begin(), walk.begin() + place[at]);
    return prove(Violation::Kind::cycle, no_event, std::move(walk));
  }

  Violation missed(EventId read, EventId write) {
    std::vector<Link> links = links_of(latest_[write]);
    return prove(Violation::Kind::missed_write, read, std::move(links));
  }

  /// The way from an event to a read of the session.
  [[nodiscard]] std::vector<Link> links_of(std::uint32_t entry) const {
    std::vector<Link> links;
    while (entry != no_entry && log_[entry].next != no_entry) {
      const Reach& from = log_[entry];
      const EventId to = log_[from.next].event;
      Link::Why why = Link::Why::session;
      if (from.because != no_event)
        why = Link::Why::overwritten;
      else if (events_[from.event].session != events_[to].session ||
               (events_[to].is_read() && events_[to].source == from.event))
        why = Link::Why::reads;
      links.push_back({from.event, to, why, from.because});
      entry = from.next;
    }
    return links;
  }

  Violation prove(Violation::Kind kind, EventId read, std::vector<Link> links) {
    Violation violation{.kind = kind, .read = read, .links = std::move(links)};
    std::vector<EventId>& core = violation.core;
    std::vector<std::uint32_t> work;  // entries whose way has to be told
    std::vector<bool> told(log_.size(), false);
    const auto add = [&](EventId event) {
      if (event != no_event) core.push_back(event);
    };
    add(read);
    for (const Link& link : violation.links) {
      add(link.from);
      add(link.to);
      add(link.because);
      if (link.because != no_event) work.push_back(latest_[link.from]);
    }
    if (kind == Violation::Kind::missed_write && !violation.links.empty())
      work.push_back(latest_[violation.links.front().from]);
    while (!work.empty()) {
      std::uint32_t entry = work.back();
      work.pop_back();
      for (; entry != no_entry && !told[entry]; entry = log_[entry].next) {
        told[entry] = true;
        add(log_[entry].event);
        add(log_[entry].because);
        if (log_[entry].earlier != no_entry) work.push_back(log_[entry].earlier);
      }
    }
    for (std::size_t i = 0; i < core.size(); ++i)
      if (!events_[core[i]].is_write()) add(events_[core[i]].source);
    std::sort(core.begin(), core.end());
    core.erase(std::unique(core.begin(), core.end()), core.end());
    return violation;
  }

  void clear() {
    for (const EventId event : seen_) {
      latest_[event] = no_entry;
      level_[event] = unseen;
      followers_of_[event] = 0;
      if (events_[event].is_write()) visible_[events_[event].key].clear();
    }
    for (const EventId read : reads_) {
      reads_of_[events_[read].key].clear();
      if (events_[read].source != from_start) last_read_[events_[read].source] = unseen;
    }
    seen_.clear();
    reads_.clear();
    log_.clear();
    work_.clear();
  }

  const Sessions& sessions_;
  const std::vector<Event>& events_;
  const bool causal_;
  std::uint32_t session_ = 0;
  std::vector<EventId> reads_;                 ///< of the session, by level
  std::vector<std::uint32_t> latest_;          ///< by event: its last entry in log_
  std::vector<Level> last_read_;               ///< by write: the last level that saw it
  std::vector<Level> level_;                   ///< by event
  std::vector<std::vector<Visible>> visible_;  ///< by key, in the order in which they appeared
  std::vector<std::vector<Level>> reads_of_;   ///< by key
  std::vector<EventId> seen_;
  std::vector<Reach> log_;
  std::vector<Demand> work_;
  std::vector<std::uint32_t> followers_of_ = std::vector<std::uint32_t>(events_.size(), 0);
  std::vector<std::pair<EventId, EventId>> added_;
};

Decision decide(const Sessions& sessions, const CheckContext& context, bool causal) {
  if (causal) {
    Order order(sessions);
    if (!order.sort()) return {ModelAnswer::violated, order.cycle()};
  }
  return decide_each_session(sessions, context, [&] { return View(sessions, causal); });
}

}  // namespace

Decision decide_pram(const Sessions& sessions, const CheckContext& context) {
  return decide(sessions, context, false);
}

Decision decide_causal_memory(const Sessions& sessions, const CheckContext& context) {
  return decide(sessions, context, true);
}

}  // namespace eris::checkers::weak
