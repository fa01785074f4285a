#include "checkers/weak/session_guarantees.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include "checkers/weak/each_session.hpp"

namespace eris::checkers::weak {

namespace {

/// An event that a session's view rests on.
struct Seen {
  EventId event = no_event;
  EventId next = no_event;  ///< what it was found through; no_event: the session itself
  Link::Why why = Link::Why::session;
};

/// The order of writes that one session's view needs.
class GrowingView {
 public:
  GrowingView(const Sessions& sessions, Guarantee guarantee)
      : sessions_(sessions),
        events_(sessions.events),
        guarantee_(guarantee),
        place_(events_.size(), no_event),
        fresh_(sessions.keys),
        last_(sessions.keys, no_event),
        held_(sessions.keys, no_event),
        last_read_before_(events_.size(), no_event) {
    for (EventId e = 0; e < events_.size(); ++e) {
      if (!sessions_.has_previous(e)) continue;
      last_read_before_[e] = events_[e - 1].is_read() ? e - 1 : last_read_before_[e - 1];
    }
  }

  std::optional<Violation> check(std::uint32_t session) {
    std::optional<Violation> found = explain(session);
    clear();
    return found;
  }

 private:
  std::optional<Violation> explain(std::uint32_t session) {
    for (EventId e = sessions_.begin[session]; e < sessions_.begin[session + 1]; ++e) {
      const Event& at = events_[e];
      keys_.push_back(at.key);
      if (guarantee_ == Guarantee::read_your_writes) {
        if (at.is_write())
          hold_own(e);
        else if (at.is_read())
          if (auto violation = compare_own(e)) return violation;
        continue;
      }
      if (!at.is_read()) continue;
      if (at.source != from_start) hold({at.source, no_event, Link::Why::reads});
      if (auto violation = order_before(e)) return violation;
    }
    return guarantee_ == Guarantee::read_your_writes ? std::nullopt : find_cycle();
  }

  // ---- read your writes: of the own writes, the order is the session's

  void hold_own(EventId write) {
    place_[write] = 0;
    seen_.push_back({write});
    last_[events_[write].key] = write;
  }

  std::optional<Violation> compare_own(EventId read) {
    const Event& at = events_[read];
    const EventId own = last_[at.key];
    if (own == no_event || own == at.source) return std::nullopt;
    if (at.source == from_start)
      return Violation{.kind = Violation::Kind::missed_write,
                       .read = read,
                       .links = {{own, read, Link::Why::session}},
                       .core = {own, read}};
    if (place_[at.source] == no_event) return std::nullopt;
    return Violation{
        .kind = Violation::Kind::stale_read,
        .read = read,
        .links = {{at.source, own, Link::Why::session}, {own, read, Link::Why::session}},
        .core = {at.source, own, read}};
  }

  // ---- the others

  /// Takes a write into the view, with all that has to be in a view with it.
  void hold(const Seen& first) {
    if (place_[first.event] != no_event) return;
    work_.push_back(first);
    while (!work_.empty()) {
      const Seen seen = work_.back();
      work_.pop_back();
      const EventId event = seen.event;
      if (place_[event] != no_event) continue;
      place_[event] = static_cast<std::uint32_t>(seen_.size());
      seen_.push_back(seen);
      const Event& at = events_[event];
      if (at.is_write()) {
        keys_.push_back(at.key);
        fresh_[at.key].push_back(event);
        held_[at.key] = event;
      }
      for_each_before(event, [&](EventId before, Link::Why why) {
        if (place_[before] == no_event) work_.push_back({before, event, why});
      });
    }
  }

  /// What a view with this event must hold, and order before it.
  template <typename Visit>
  void for_each_before(EventId event, const Visit& visit) const {
    const Event& at = events_[event];
    if (guarantee_ == Guarantee::monotonic_writes) {
      for (EventId e = event; e != sessions_.begin[at.session];)
        if (events_[--e].is_write()) return visit(e, Link::Why::session);
    }
    if (guarantee_ == Guarantee::writes_follow_reads) {
      if (last_read_before_[event] != no_event) visit(last_read_before_[event], Link::Why::session);
      if (at.is_read() && at.source != from_start) visit(at.source, Link::Why::reads);
    }
  }

  /// Every write of the key in the view comes before the one that this read saw.
  std::optional<Violation> order_before(EventId read) {
    const Event& at = events_[read];
    std::vector<EventId>& fresh = fresh_[at.key];
    if (at.source == from_start) {
      if (held_[at.key] == no_event) return std::nullopt;
      Violation violation{.kind = Violation::Kind::missed_write, .read = read};
      violation.links = way_of(held_[at.key], read);
      return with_core(std::move(violation));
    }
    const auto before = [&](EventId write) {
      if (write != no_event && write != at.source)
        added_.push_back({write, at.source, Link::Why::overwritten, read});
    };
    for (const EventId write : fresh) before(write);
    fresh.clear();
    before(last_[at.key]);
    last_[at.key] = at.source;
    return std::nullopt;
  }

  /// How a write came into the view, up to the read that needs it there.
  [[nodiscard]] std::vector<Link> way_of(EventId write, EventId read) const {
    std::vector<Link> links;
    EventId at = write;
    while (seen_[place_[at]].next != no_event) {
      const Seen& seen = seen_[place_[at]];
      links.push_back({at, seen.next, seen.why});
      at = seen.next;
    }
    EventId first = read;  // of the session, that saw `at`
    for (EventId e = sessions_.begin[events_[read].session]; e < read; ++e)
      if (events_[e].is_read() && events_[e].source == at) {
        first = e;
        break;
      }
    if (first != at) links.push_back({at, first, Link::Why::reads});
    if (first != read) links.push_back({first, read, Link::Why::session});
    return links;
  }

  Violation with_core(Violation violation) const {
    std::vector<EventId>& core = violation.core;
    const auto add_way = [&](const std::vector<Link>& links) {
      for (const Link& link : links) {
        core.push_back(link.from);
        core.push_back(link.to);
      }
    };
    if (violation.read != no_event) core.push_back(violation.read);
    add_way(violation.links);
    for (const Link& link : violation.links) {
      if (link.because == no_event) continue;
      core.push_back(link.because);
      add_way(way_of(link.from, link.because));
    }
    for (std::size_t i = 0; i < core.size(); ++i)
      if (!events_[core[i]].is_write() && events_[core[i]].source != from_start)
        core.push_back(events_[core[i]].source);
    std::sort(core.begin(), core.end());
    core.erase(std::unique(core.begin(), core.end()), core.end());
    return violation;
  }

  /// Looks for a cycle among the events of the view: what they bring with them, and what was added.
  std::optional<Violation> find_cycle() {
    // The past of reads can run in a circle by itself; the order of sessions cannot.
    if (added_.empty() && guarantee_ != Guarantee::writes_follow_reads) return std::nullopt;
    std::sort(added_.begin(), added_.end(), [](const Link& a, const Link& b) {
      return std::tie(a.to, a.from, a.because) < std::tie(b.to, b.from, b.because);
    });
    const auto into = [&](EventId event) {
      return std::equal_range(added_.begin(), added_.end(), Link{.to = event},
                              [](const Link& a, const Link& b) { return a.to < b.to; });
    };
    followers_.assign(seen_.size(), 0);
    const auto for_each_into = [&](EventId event, const auto& visit) {
      for_each_before(event, [&](EventId before, Link::Why) { visit(before); });
      const auto [from, to] = into(event);
      for (auto at = from; at != to; ++at) visit(at->from);
    };
    for (const Seen& seen : seen_)
      for_each_into(seen.event, [&](EventId before) { ++followers_[place_[before]]; });
    std::vector<EventId> free;
    for (const Seen& seen : seen_)
      if (followers_[place_[seen.event]] == 0) free.push_back(seen.event);
    for (std::size_t done = 0; done < free.size(); ++done)
      for_each_into(free[done], [&](EventId before) {
        if (--followers_[place_[before]] == 0) free.push_back(before);
      });
    if (free.size() == seen_.size()) return std::nullopt;
    return trace_cycle();
  }

  std::optional<Violation> trace_cycle() {
    std::vector<Link> after;
    const auto stays = [&](EventId event) { return followers_[place_[event]] > 0; };
    for (const Seen& seen : seen_) {
      if (!stays(seen.event)) continue;
      for_each_before(seen.event, [&](EventId before, Link::Why why) {
        after.push_back({before, seen.event, why});
      });
    }
    for (const Link& link : added_)
      if (stays(link.to)) after.push_back(link);
    std::sort(after.begin(), after.end(),
              [](const Link& a, const Link& b) { return a.from < b.from; });
    std::vector<Link> walk;
    std::vector<std::uint32_t> met(seen_.size(), no_event);
    EventId at = std::ranges::find_if(seen_, [&](const Seen& s) { return stays(s.event); })->event;
    while (met[place_[at]] == no_event) {
      met[place_[at]] = static_cast<std::uint32_t>(walk.size());
      walk.push_back(*std::lower_bound(after.begin(), after.end(), at,
                                       [](const Link& a, EventId e) { return a.from < e; }));
      at = walk.back().to;
    }
    walk.erase(walk.begin(), walk.begin() + met[place_[at]]);
    Violation violation{.kind = Violation::Kind::cycle, .links = std::move(walk)};
    return with_core(std::move(violation));
  }

  void clear() {
    for (const Seen& seen : seen_) place_[seen.event] = no_event;
    for (const std::uint32_t key : keys_) {
      fresh_[key].clear();
      last_[key] = no_event;
      held_[key] = no_event;
    }
    seen_.clear();
    keys_.clear();
    added_.clear();
  }

  const Sessions& sessions_;
  const std::vector<Event>& events_;
  const Guarantee guarantee_;
  std::vector<std::uint32_t> place_;         ///< by event: into seen_
  std::vector<std::vector<EventId>> fresh_;  ///< by key: in the view, not yet ordered
  std::vector<EventId> last_;  ///< by key: what the last read saw; or the last own write
  std::vector<EventId> held_;  ///< by key: a write in the view
  std::vector<EventId> last_read_before_;  ///< by event, within its session
  std::vector<Seen> seen_;
  std::vector<Seen> work_;
  std::vector<std::uint32_t> keys_;  ///< that were touched
  std::vector<Link> added_;
  std::vector<std::uint32_t> followers_;  ///< by place
};

}  // namespace

Decision decide_guarantee(const Sessions& sessions, Guarantee guarantee,
                          const CheckContext& context) {
  return decide_each_session(sessions, context, [&] { return GrowingView(sessions, guarantee); });
}

}  // namespace eris::checkers::weak
