#include "checkers/weak/causal.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checkers/weak/order.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::weak {

namespace {

class Causal {
 public:
  Causal(const Sessions& sessions, const CheckContext& context, bool convergent)
      : sessions_(sessions), context_(context), convergent_(convergent), order_(sessions) {}

  Decision run() {
    if (!order_.sort()) return {ModelAnswer::violated, order_.cycle()};
    std::vector<std::uint32_t> lanes(sessions_.size(), no_event);
    std::uint32_t width = 0;
    for (const Event& event : sessions_.events)
      if (event.is_write() && lanes[event.session] == no_event) lanes[event.session] = width++;
    if (Clocks::bytes(sessions_.events.size(), width) > context_.memory_budget_bytes)
      return {ModelAnswer::unknown,
              {},
              fmt::format("clocks for {} in {} need more memory than the check may use; use fewer "
                          "clients or shorter runs",
                          base::count_of(sessions_.events.size(), "event"),
                          base::count_of(width, "session"))};
    Clocks clocks(sessions_, std::move(lanes), width);
    clocks.fill(order_);
    const KeyWrites writes(sessions_);
    for (EventId e = 0; e < sessions_.events.size(); ++e) {
      const bool first = e == sessions_.begin[sessions_.events[e].session];
      if ((first || e % 4096 == 0) && context_.out_of_time()) return cut_before(e);
      if (!sessions_.events[e].is_read()) continue;
      if (!fits(e, clocks, writes)) return {ModelAnswer::violated, std::move(violation_)};
    }
    if (convergent_ && !order_.sort()) return {ModelAnswer::violated, order_.cycle()};
    return {};
  }

 private:
  bool fits(EventId read, const Clocks& clocks, const KeyWrites& writes) {
    const Event& at = sessions_.events[read];
    for (const KeyWrites::Run& run : writes.runs(at.key)) {
      const EventId begin = sessions_.begin[run.session];
      const EventId end = begin + clocks.seen(read, run.session);
      // What the read itself is part of does not count: the write of a cas stands after its read.
      const EventId last = writes.last_before(run, end);
      if (last == no_event || last == at.source) continue;
      if (at.source == from_start) return refuse(Violation::Kind::missed_write, read, last);
      if (clocks.includes(last, at.source)) return refuse(Violation::Kind::stale_read, read, last);
      if (convergent_ && !clocks.includes(at.source, last))
        order_.add({last, at.source, read, last, read});
    }
    return true;
  }

  /// The sessions before this event are explained; but convergence is about all of them at once.
  [[nodiscard]] Decision cut_before(EventId event) const {
    Decision decision{ModelAnswer::unknown, {}, "the time for checking ran out"};
    for (std::uint32_t s = 0; !convergent_ && s < sessions_.size(); ++s)
      if (sessions_.begin[s + 1] <= event) decision.proven.sessions.push_back(s);
    return decision;
  }

  bool refuse(Violation::Kind kind, EventId read, EventId newer) {
    // Only now are paths looked for, in the causal order alone.
    Order causal(sessions_);
    (void)causal.sort();
    violation_.kind = kind;
    violation_.read = read;
    if (kind == Violation::Kind::stale_read)
      violation_.links = causal.path(sessions_.events[read].source, newer, Order::all_rounds);
    const std::vector<Link> rest = causal.path(newer, read, Order::all_rounds);
    violation_.links.insert(violation_.links.end(), rest.begin(), rest.end());
    violation_.core = causal.core_of(violation_.links, read);
    return false;
  }

  const Sessions& sessions_;
  const CheckContext& context_;
  const bool convergent_;
  Order order_;
  Violation violation_;
};

}  // namespace

Decision decide_causal(const Sessions& sessions, const CheckContext& context) {
  return Causal(sessions, context, false).run();
}

Decision decide_causal_convergent(const Sessions& sessions, const CheckContext& context) {
  return Causal(sessions, context, true).run();
}

}  // namespace eris::checkers::weak
