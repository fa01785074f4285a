#include "checkers/weak/sequential.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

#include "checkers/weak/order.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::weak {

namespace {

/// Works out what must come before what.
class Saturation {
 public:
  Saturation(const Sessions& sessions, const CheckContext& context, Order& order)
      : sessions_(sessions),
        events_(sessions.events),
        context_(context),
        order_(order),
        writes_(sessions),
        first_reader_(events_.size() + 1, 0) {
    index_readers();
  }

  /// `holds` here means: no contradiction was found.
  Decision run() {
    std::vector<std::uint32_t> lanes(sessions_.size());
    for (std::uint32_t s = 0; s < lanes.size(); ++s) lanes[s] = s;
    if (Clocks::bytes(events_.size(), lanes.size()) > context_.memory_budget_bytes)
      return {ModelAnswer::unknown,
              {},
              fmt::format("clocks for {} in {} need more memory than the check may use; use fewer "
                          "clients or shorter runs",
                          base::count_of(events_.size(), "event"),
                          base::count_of(lanes.size(), "session"))};
    Clocks clocks(sessions_, lanes, lanes.size());
    for (round_ = 1;; ++round_) {
      if (!order_.sort()) return {ModelAnswer::violated, order_.cycle()};
      if (context_.out_of_time())
        return {ModelAnswer::unknown, {}, "the time for checking ran out"};
      clocks.fill(order_);
      const std::size_t before = order_.edges();
      if (round_ == 1) readers_of_the_start_come_first();
      for (EventId e = 0; e < events_.size(); ++e) {
        if (events_[e].is_read() && !look_before_read(e, clocks))
          return {ModelAnswer::violated, std::move(violation_)};
        if (events_[e].is_write()) look_before_write(e, clocks);
      }
      if (order_.edges() == before) return {};
    }
  }

 private:
  /// What happens at once: an order into the write of a cas leads to its read, one from the read of
  /// a cas comes from its write.
  [[nodiscard]] EventId head(EventId event) const {
    return events_[event].is_write() && events_[event].joined ? event - 1 : event;
  }
  [[nodiscard]] EventId tail(EventId event) const {
    const bool joined =
        events_[event].is_read() && event + 1 < events_.size() && events_[event + 1].joined;
    return joined ? event + 1 : event;
  }

  /// Of the readers of each write, the last of each session: the earlier ones come before it.
  void index_readers() {
    std::vector<EventId> last;
    for (EventId e = 0; e < events_.size(); ++e)
      if (events_[e].is_read() && events_[e].source != from_start)
        ++first_reader_[events_[e].source + 1];
    for (std::size_t i = 0; i < events_.size(); ++i) first_reader_[i + 1] += first_reader_[i];
    readers_.assign(first_reader_.back(), no_event);
    std::vector<std::uint32_t> next(first_reader_.begin(), first_reader_.end() - 1);
    for (EventId e = 0; e < events_.size(); ++e) {
      if (!events_[e].is_read() || events_[e].source == from_start) continue;
      const EventId source = events_[e].source;
      std::uint32_t& place = next[source];
      const bool again = place > first_reader_[source] &&
                         events_[readers_[place - 1]].session == events_[e].session;
      readers_[again ? place - 1 : place++] = e;
    }
  }

  void readers_of_the_start_come_first() {
    std::vector<std::vector<EventId>> readers(sessions_.keys);
    for (EventId e = 0; e < events_.size(); ++e) {
      if (!events_[e].is_read() || events_[e].source != from_start) continue;
      std::vector<EventId>& of_key = readers[events_[e].key];
      if (!of_key.empty() && events_[of_key.back()].session == events_[e].session)
        of_key.back() = e;
      else
        of_key.push_back(e);
    }
    for (std::uint32_t key = 0; key < sessions_.keys; ++key)
      for (const EventId read : readers[key])
        for (const KeyWrites::Run& run : writes_.runs(key)) {
          const EventId write = writes_.front(run);
          if (head(write) != head(tail(read)))
            order_.add({tail(read), head(write), read, no_event, no_event, round_});
        }
  }

  bool look_before_read(EventId read, const Clocks& clocks) {
    const Event& at = events_[read];
    for (const KeyWrites::Run& run : writes_.runs(at.key)) {
      const EventId end = sessions_.begin[run.session] + clocks.seen(read, run.session);
      const EventId last = writes_.last_before(run, end);
      if (last == no_event || last == at.source) continue;
      if (at.source == from_start) {
        violation_ = {.kind = Violation::Kind::missed_write, .read = read};
        violation_.links = order_.path(last, read, Order::all_rounds);
        violation_.core = order_.core_of(violation_.links, read);
        return false;
      }
      if (!clocks.includes(head(at.source), last))
        order_.add({last, head(at.source), read, last, read, round_});
    }
    return true;
  }

  void look_before_write(EventId write, const Clocks& clocks) {
    for (const KeyWrites::Run& run : writes_.runs(events_[write].key)) {
      const EventId begin = sessions_.begin[run.session];
      EventId end = begin + clocks.seen(write, run.session);
      if (run.session == events_[write].session) end = write;
      const EventId last = writes_.last_before(run, end);
      if (last == no_event) continue;
      for (std::uint32_t i = first_reader_[last]; i < first_reader_[last + 1]; ++i) {
        const EventId read = readers_[i];
        if (read == no_event || tail(read) == write) continue;
        if (!clocks.includes(head(write), tail(read)))
          order_.add({tail(read), head(write), read, last, write, round_});
      }
    }
  }

  const Sessions& sessions_;
  const std::vector<Event>& events_;
  const CheckContext& context_;
  Order& order_;
  const KeyWrites writes_;
  std::vector<std::uint32_t> first_reader_;
  std::vector<EventId> readers_;
  std::uint32_t round_ = 1;
  Violation violation_;
};

struct StateHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const StateHash&) const = default;
};
struct HashOfState {
  std::size_t operator()(const StateHash& state) const { return state.low; }
};

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

/// Depth first through what the sessions may do next.
class Search {
 public:
  Search(const Sessions& sessions, const CheckContext& context, const Order& order,
         std::uint64_t steps_max)
      : sessions_(sessions),
        events_(sessions.events),
        context_(context),
        order_(order),
        steps_max_(steps_max),
        next_(sessions.begin.begin(), sessions.begin.end() - 1),
        current_(sessions.keys, from_start),
        unread_(events_.size(), 0),
        unread_start_(sessions.keys, 0) {
    for (const Event& event : events_)
      if (event.is_read()) ++unread(event.key, event.source);
  }

  Decision run() {
    advance();
    if (done()) return {};
    frames_.push_back(frame_here(0));
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.next == frame.choices_end) {
        fail();
        continue;
      }
      if (!within_budget()) {
        note_depth();
        return {ModelAnswer::unknown, {}, why_, {.until = std::move(deepest_)}};
      }
      const std::size_t undo = log_.size();
      const EventId chosen = choices_[frame.next++];
      perform(chosen);
      advance();
      if (done()) return {};
      if (failed_.contains(hash_)) {
        undo_to(undo);
        continue;
      }
      frames_.push_back(frame_here(undo));
    }
    Violation violation{.kind = Violation::Kind::no_order};
    for (EventId e = 0; e < events_.size(); ++e) violation.core.push_back(e);
    return {ModelAnswer::violated, std::move(violation)};
  }

 private:
  struct Frame {
    std::size_t undo = 0;     ///< size of the log before the step that led here
    std::size_t choices = 0;  ///< into choices_
    std::size_t next = 0;
    std::size_t choices_end = 0;
  };
  struct Done {
    EventId event = no_event;
    EventId replaced = no_event;  ///< for a write: what stood there before
  };

  std::uint32_t& unread(std::uint32_t key, EventId write) {
    return write == from_start ? unread_start_[key] : unread_[write];
  }

  [[nodiscard]] bool done() const { return log_.size() == events_.size(); }

  bool within_budget() {
    ++steps_;
    if (steps_ > steps_max_) why_ = "the search for an order took too many steps";
    if (steps_ % 1024 == 0 && context_.out_of_time()) why_ = "the time for checking ran out";
    if (failed_.size() * 2 * sizeof(StateHash) > context_.memory_budget_bytes)
      why_ = "the memory for checking ran out";
    return why_.empty();
  }

  void toggle(std::uint64_t what, std::uint64_t state) {
    const std::uint64_t once = mixed(what * 0xff51afd7ed558ccdull + state);
    hash_.low ^= once;
    hash_.high ^= mixed(once ^ 0xc4ceb9fe1a85ec53ull);
  }
  void toggle_session(std::uint32_t session) { toggle(session, next_[session]); }
  void toggle_key(std::uint32_t key) {
    toggle(sessions_.size() + key, std::uint64_t{1} << 40 | current_[key]);
  }

  /// One event; the write of a cas follows its read as a step of its own.
  void perform_one(EventId event) {
    const Event& at = events_[event];
    toggle_session(at.session);
    ++next_[at.session];
    toggle_session(at.session);
    Done done{event};
    if (at.is_read()) --unread(at.key, at.source);
    if (at.is_write()) {
      done.replaced = current_[at.key];
      toggle_key(at.key);
      current_[at.key] = event;
      toggle_key(at.key);
    }
    log_.push_back(done);
  }

  void perform(EventId event) {
    perform_one(event);
    if (events_[event].is_read()) perform_one(event + 1);
  }

  void undo_to(std::size_t size) {
    while (log_.size() > size) {
      const Done done = log_.back();
      log_.pop_back();
      const Event& at = events_[done.event];
      toggle_session(at.session);
      --next_[at.session];
      toggle_session(at.session);
      if (at.is_read()) ++unread(at.key, at.source);
      if (!at.is_write()) continue;
      toggle_key(at.key);
      current_[at.key] = done.replaced;
      toggle_key(at.key);
    }
  }

  [[nodiscard]] bool begins_cas(EventId event) const {
    return events_[event].is_read() && event + 1 < events_.size() && events_[event + 1].joined;
  }

  /// Changes nothing and may be done now. Doing it at once is never worse than later.
  [[nodiscard]] bool free_now(EventId event) const {
    const Event& at = events_[event];
    if (at.is_write() || begins_cas(event)) return false;
    return (current_[at.key] == at.source) == at.is_read();
  }

  void advance() {
    for (bool again = true; again;) {
      again = false;
      for (std::uint32_t s = 0; s < sessions_.size(); ++s)
        while (next_[s] < sessions_.begin[s + 1] && free_now(next_[s])) {
          perform_one(next_[s]);
          again = true;
        }
    }
  }

  [[nodiscard]] bool may_follow(EventId event) {
    const Event& at = events_[event];
    const EventId current = current_[at.key];
    if (at.is_read()) {
      if (at.source != current || unread(at.key, current) != 1) return false;
    } else if (!at.is_write() || unread(at.key, current) != 0) {
      return false;
    }
    const auto is_done = [&](EventId before) { return before < next_[events_[before].session]; };
    const auto all_done = [&](EventId e) {
      return std::ranges::all_of(order_.added_before(e), is_done);
    };
    return all_done(event) && (at.is_write() || all_done(event + 1));
  }

  Frame frame_here(std::size_t undo) {
    const std::size_t begin = choices_.size();
    for (std::uint32_t s = 0; s < sessions_.size(); ++s)
      if (next_[s] < sessions_.begin[s + 1] && may_follow(next_[s])) choices_.push_back(next_[s]);
    // As it happened in time: a system that is nearly up to date did it in about that order.
    std::sort(choices_.begin() + static_cast<std::ptrdiff_t>(begin), choices_.end(),
              [&](EventId a, EventId b) { return events_[a].operation < events_[b].operation; });
    return {undo, begin, begin, choices_.size()};
  }

  /// The farthest that the search got: an order of these events explains all that they read.
  void note_depth() {
    if (log_.size() <= deepest_done_) return;
    deepest_done_ = log_.size();
    deepest_ = next_;
  }

  void fail() {
    note_depth();
    failed_.insert(hash_);
    const Frame frame = frames_.back();
    frames_.pop_back();
    undo_to(frame.undo);
    choices_.resize(frame.choices);
  }

  const Sessions& sessions_;
  const std::vector<Event>& events_;
  const CheckContext& context_;
  const Order& order_;
  const std::uint64_t steps_max_;
  std::vector<EventId> next_;          ///< by session
  std::vector<EventId> current_;       ///< by key: the write whose value stands there
  std::vector<std::uint32_t> unread_;  ///< by write: readers still to come
  std::vector<std::uint32_t> unread_start_;
  std::vector<Done> log_;
  std::vector<Frame> frames_;
  std::vector<EventId> choices_;
  boost::unordered_flat_set<StateHash, HashOfState> failed_;
  StateHash hash_;
  std::vector<EventId> deepest_;
  std::size_t deepest_done_ = 0;
  std::uint64_t steps_ = 0;
  std::string why_;
};

std::uint64_t few_steps(const Sessions& sessions) {
  return 4 * sessions.events.size() + 10'000;
}

/// How many events are in order, but for those that are in none.
std::uint64_t reach(const Proven& proven) {
  return std::accumulate(proven.until.begin(), proven.until.end(), std::uint64_t{0});
}

/// Some order, if going straight ahead finds one.
Decision search_plainly(const Sessions& sessions, const CheckContext& context,
                        std::uint64_t steps_max) {
  Order order(sessions);
  if (!order.sort()) return {ModelAnswer::violated, order.cycle()};
  return Search(sessions, context, order, steps_max).run();
}

}  // namespace

Decision decide_sequential(const Sessions& sessions, const CheckContext& context,
                           const SequentialOptions& options) {
  if (!options.saturate) return search_plainly(sessions, context, options.steps_max);
  // Most histories are sequential, and then there is seldom a wrong way to go.
  Decision plain{ModelAnswer::unknown};
  if (options.plainly)
    plain = search_plainly(sessions, context, std::min(few_steps(sessions), options.steps_max));
  if (plain.answer == ModelAnswer::holds) return plain;
  Order order(sessions);
  Decision saturated = Saturation(sessions, context, order).run();
  if (saturated.answer == ModelAnswer::violated) return saturated;  // the better proof
  if (plain.answer == ModelAnswer::violated) return plain;
  Decision found = saturated;
  if (saturated.answer == ModelAnswer::holds)
    found = Search(sessions, context, order, options.steps_max).run();
  if (found.answer == ModelAnswer::unknown && reach(plain.proven) > reach(found.proven))
    found.proven = std::move(plain.proven);
  return found;
}

bool is_plainly_sequential(const Sessions& sessions, const CheckContext& context) {
  return search_plainly(sessions, context, few_steps(sessions)).answer == ModelAnswer::holds;
}

}  // namespace eris::checkers::weak
