#include "checkers/weak/staleness.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "checkers/linearizability/problem.hpp"
#include "checkers/linearizability/zones.hpp"

namespace eris::checkers::weak {

using model::EventIndex;
using model::History;
using model::Operation;

namespace {

/// Counts by rank: add one, and ask how many are at a rank or above.
class Counts {
 public:
  explicit Counts(std::size_t ranks) : sums_(ranks + 1, 0) {}
  void add(std::size_t rank) {
    ++total_;
    for (std::size_t i = rank + 1; i < sums_.size(); i += i & (~i + 1)) ++sums_[i];
  }
  [[nodiscard]] std::uint64_t from(std::size_t rank) const {
    std::uint64_t below = 0;
    for (std::size_t i = rank; i > 0; i -= i & (~i + 1)) below += sums_[i];
    return total_ - below;
  }

 private:
  std::vector<std::uint64_t> sums_;
  std::uint64_t total_ = 0;
};

/// The reads and writes of one key, by what is known of their times.
struct KeyTimes {
  struct Read {
    EventIndex invoked = 0;
    EventIndex there_by = 0;  ///< the value was there by then
    std::uint32_t operation = 0;
  };
  struct Write {
    EventIndex invoked = 0;
    EventIndex completed = 0;
  };
  std::vector<Read> reads;
  std::vector<Write> writes;  ///< with an answer
};

/// How many writes fell, for each read, between the moment when its value was there for certain and
/// its own beginning.
void count_overtaken(KeyTimes& times, Staleness& staleness) {
  std::vector<EventIndex> starts;
  for (const KeyTimes::Write& write : times.writes) starts.push_back(write.invoked);
  std::ranges::sort(starts);
  const auto rank = [&](EventIndex at) {
    return static_cast<std::size_t>(std::ranges::lower_bound(starts, at) - starts.begin());
  };
  std::ranges::sort(times.reads, {}, &KeyTimes::Read::invoked);
  std::ranges::sort(times.writes, {}, &KeyTimes::Write::completed);
  Counts counts(starts.size());
  std::size_t next = 0;
  for (const KeyTimes::Read& read : times.reads) {
    for (; next < times.writes.size() && times.writes[next].completed < read.invoked; ++next)
      counts.add(rank(times.writes[next].invoked));
    const std::uint64_t overtaken = counts.from(rank(read.there_by));
    if (overtaken + 1 <= staleness.writes) continue;
    staleness.writes = overtaken + 1;
    staleness.stalest_read = read.operation;
  }
}

void measure_writes(const History& history, const Sessions& sessions, Staleness& staleness) {
  // From when on a value was there for certain: its write or any read of it had an answer.
  std::vector<EventIndex> there_by(sessions.events.size(), model::never);
  for (EventId e = 0; e < sessions.events.size(); ++e) {
    const Event& event = sessions.events[e];
    const EventIndex completed = history.operations[event.operation].completed;
    if (event.is_write()) there_by[e] = std::min(there_by[e], completed);
    if (event.is_read() && event.source != from_start)
      there_by[event.source] = std::min(there_by[event.source], completed);
  }
  std::vector<KeyTimes> keys(sessions.keys);
  for (EventId e = 0; e < sessions.events.size(); ++e) {
    const Event& event = sessions.events[e];
    const Operation& operation = history.operations[event.operation];
    if (event.is_write() && operation.completed != model::never)
      keys[event.key].writes.push_back({operation.invoked, operation.completed});
    if (event.is_read())
      keys[event.key].reads.push_back({operation.invoked,
                                       event.source == from_start ? 0 : there_by[event.source],
                                       event.operation});
  }
  for (KeyTimes& times : keys) count_overtaken(times, staleness);
}

/// The Δ of one key, by bisection over the zone check.
class KeyDelta {
 public:
  KeyDelta(const History& history, linearizability::Problem problem)
      : problem_(std::move(problem)) {
    for (linearizability::Entry& entry : problem_.entries) {
      const Operation& operation = history.operations[entry.operation];
      invoked_.push_back(static_cast<EventIndex>(operation.invoked_at.count()));
      if (entry.optional()) continue;
      entry.completed = static_cast<EventIndex>(operation.completed_at.count());
      longest_ = std::max(longest_, entry.completed + 1);
    }
  }

  /// Nothing where the check does not apply, or no Δ helps; `why_not` says which.
  std::optional<base::Duration> find(const CheckContext& context, std::string& why_not) {
    using enum linearizability::ZoneAnswer;
    const auto at_start = check(0);
    if (at_start == linearizable) return base::Duration{0};
    if (at_start == undecided) {
      why_not = "written values are not all different, or a refused cas did not tell what it saw";
      return std::nullopt;
    }
    if (check(longest_) != linearizable) {
      why_not =
          "reads of the past alone do not explain it: a cas changed what was gone, or a value "
          "was seen before it was written";
      return std::nullopt;
    }
    EventIndex low = 0;
    EventIndex high = longest_;
    while (high - low > 1) {
      if (context.out_of_time()) {
        why_not = "the time for checking ran out";
        return std::nullopt;
      }
      const EventIndex middle = low + (high - low) / 2;
      (check(middle) == linearizable ? high : low) = middle;
    }
    return base::Duration(static_cast<std::int64_t>(high));
  }

 private:
  linearizability::ZoneAnswer check(EventIndex delta) {
    for (std::size_t i = 0; i < invoked_.size(); ++i) {
      linearizability::Entry& entry = problem_.entries[i];
      const bool read = entry.kind == ShapeKind::read || entry.kind == ShapeKind::differs;
      entry.invoked = read ? invoked_[i] - std::min(invoked_[i], delta) : invoked_[i];
    }
    return check_zones(problem_).answer;
  }

  linearizability::Problem problem_;
  std::vector<EventIndex> invoked_;
  EventIndex longest_ = 1;
};

void measure_time(const History& history, const SequentialObject& object,
                  const CheckContext& context, Staleness& staleness) {
  const linearizability::KeyIndex index(history);
  std::vector<std::optional<base::Duration>> deltas(index.keys(), base::Duration{0});
  std::vector<std::string> reasons(index.keys());
  context.parallel_for(index.keys(), [&](std::size_t key) {
    if (index.operations(key).empty()) return;
    auto problem = linearizability::prepare(history, index.operations(key), object);
    if (!problem) {
      deltas[key].reset();
      reasons[key] = to_text(problem.error());
      return;
    }
    deltas[key] = KeyDelta(history, *std::move(problem)).find(context, reasons[key]);
  });
  staleness.time = base::Duration{0};
  for (std::size_t key = 0; key < deltas.size(); ++key) {
    if (!deltas[key]) {
      staleness.time.reset();
      staleness.why_not = fmt::format("key {}: {}", to_text(history.keys[key]), reasons[key]);
      return;
    }
    staleness.time = std::max(*staleness.time, *deltas[key]);
  }
}

}  // namespace

Staleness staleness_of(const History& history, const SequentialObject& object,
                       const Sessions& sessions, const CheckContext& context) {
  Staleness staleness;
  measure_writes(history, sessions, staleness);
  measure_time(history, object, context, staleness);
  return staleness;
}

}  // namespace eris::checkers::weak
