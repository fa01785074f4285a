// Counters that go up in equal steps, in O(n log n): increments, fetch-and-adds, reads.
//
// Why it works: whoever was told a count has a place in the order, so these operations are levels
// (levels.hpp). The increments that were told nothing must fill the gaps between the levels
// exactly. Which gaps an increment can be in is a range, given by the times of those who were told
// a count; so to take for each gap, from the first on, those that must come soonest is as good as
// any choice. An increment of unknown outcome may come late, or not at all.
#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/sweeps/levels.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;
namespace function = model::function;

using Found = std::optional<SweepResult>;

/// Those that were told the same count. An increment that was told is alone in its level.
struct Level {
  std::int64_t before = 0;  ///< the count, in steps, before and after
  std::int64_t after = 0;
  EventIndex latest_begin = 0;             ///< of this level and all before it
  EventIndex earliest_end = model::never;  ///< of this level and all after it
  Placed latest{};                         ///< whose these are
  Placed earliest{};
};

/// An increment that was not told the count. Gap g lies before level g.
struct Free {
  Index entry = 0;
  std::uint32_t low = 0;   ///< the first gap that it can be in
  std::uint32_t high = 0;  ///< the last one
};

class Counting {
 public:
  explicit Counting(const View& view) : view_(view) {}

  SweepResult run(Order* order) {
    if (!find_step() || !sort_out()) return undecided();
    if (odd_ != no_entry) return tell_odd();
    if (Found found = make_levels()) return *std::move(found);
    if (const auto inversion = find_inversion(view_, placed_)) return tell_back(*inversion);
    bound_levels();
    bound_increments();
    // It must come before a level that it must come behind.
    for (const Free& free : free_)
      if (free.high < free.low) return tell_too_many(free.high);
    return fill(order);
  }

 private:
  struct Told {
    std::int64_t before = 0;
    std::int64_t after = 0;
    Index entry = 0;
  };

  // ---- who was told what

  /// What all increments add; false where they differ.
  bool find_step() {
    for (Index i = 0; i < view_.size(); ++i) {
      view_.allowance.step();
      const Entry& entry = view_.entry(i);
      if (entry.kind == ShapeKind::read) continue;
      if (entry.kind != ShapeKind::effect) return false;
      const std::int64_t delta = view_.call(i).argument.integer();
      if (step_ == 0) step_ = delta;
      if (delta != step_ || delta == 0) return false;
    }
    if (step_ == 0) step_ = 1;
    return true;
  }

  /// A count in steps. Counts that lie between two steps are remembered as odd.
  std::int64_t in_steps(std::int64_t count, Index entry) {
    const std::int64_t steps = count / step_;
    if ((count % step_ != 0 || steps < 0) && odd_ == no_entry) odd_ = entry;
    return steps;
  }

  /// False where counts do not fit into 64 bits.
  bool sort_out() {
    constexpr std::int64_t count_max = std::int64_t{1} << 60;
    for (Index i = 0; i < view_.size(); ++i) {
      view_.allowance.step();
      const Entry& entry = view_.entry(i);
      const bool reads = entry.kind == ShapeKind::read;
      const model::Value& result = reads ? view_.problem.values[entry.first] : view_.call(i).result;
      if (entry.optional() || result.is_nil()) {
        free_.push_back({i});
        continue;
      }
      if (result.integer() > count_max || result.integer() < -count_max) return false;
      if (step_ > count_max || step_ < -count_max) return false;
      const bool tells_old = !reads && view_.call(i).function == function::fetch_add;
      const std::int64_t shown = in_steps(result.integer() + (tells_old ? step_ : 0), i);
      told_.push_back({reads ? shown : shown - 1, shown, i});
      if (!reads && shown < 1 && odd_ == no_entry) odd_ = i;
    }
    return true;
  }

  [[nodiscard]] std::int64_t count(std::int64_t steps) const { return steps * step_; }

  [[nodiscard]] SweepResult told(Story story) const {
    const std::string direction = step_ > 0 ? "up" : "down";
    return story
        .because(fmt::format("The count starts at 0 and goes {}, by {} with each increment, which "
                             "counts once.",
                             direction, step_ > 0 ? step_ : -step_),
                 "No order of these operations explains that, whatever else was counted.")
        .told();
  }

  [[nodiscard]] SweepResult tell_odd() const {
    Story story(view_, "count that cannot be",
                fmt::format("{}, but with steps of {} from 0 the count never is what that needs",
                            view_.did(odd_), step_));
    story.with(odd_);
    return told(std::move(story));
  }

  // ---- levels

  [[nodiscard]] Found make_levels() {
    std::ranges::sort(told_, {}, [](const Told& told) {
      return std::tuple(told.after, told.before, told.entry);
    });
    for (std::size_t i = 0; i < told_.size(); ++i) {
      view_.allowance.step();
      const Told& told = told_[i];
      const bool adds = told.before < told.after;
      if (i > 0 && adds && told_[i - 1].after == told.after) return tell_same(told_[i - 1], told);
      if (i == 0 || told_[i - 1].after != told.after || told_[i - 1].before != told.before)
        levels_.push_back({.before = told.before, .after = told.after});
      placed_.push_back({static_cast<std::uint32_t>(levels_.size() - 1), told.entry});
    }
    return std::nullopt;
  }

  /// Each increment takes the count over a step of its own.
  [[nodiscard]] SweepResult tell_same(const Told& a, const Told& b) const {
    Story story(view_, "lost update",
                fmt::format("{}, and {}: one of the two counted without the other",
                            view_.did(b.entry), view_.did(a.entry)));
    story.with(a.entry).with(b.entry);
    return told(std::move(story));
  }

  [[nodiscard]] SweepResult tell_back(const Inversion& inversion) const {
    const Index low = inversion.earlier.entry, high = inversion.later.entry;
    Story story(
        view_, "count went back",
        fmt::format("{}, although {}, {} before that {} began", view_.did(low), view_.did(high),
                    view_.gap(high, low), view_.operation(low).function.view()));
    story.with(high).with(low);
    return told(std::move(story));
  }

  void bound_levels() {
    for (const Placed& placed : placed_) {
      Level& level = levels_[placed.level];
      if (view_.begin(placed.entry) >= level.latest_begin) {
        level.latest = placed;
        level.latest_begin = view_.begin(placed.entry);
      }
      if (view_.end(placed.entry) < level.earliest_end) {
        level.earliest = placed;
        level.earliest_end = view_.end(placed.entry);
      }
    }
    for (std::size_t i = 1; i < levels_.size(); ++i)
      if (levels_[i - 1].latest_begin > levels_[i].latest_begin) {
        levels_[i].latest_begin = levels_[i - 1].latest_begin;
        levels_[i].latest = levels_[i - 1].latest;
      }
    for (std::size_t i = levels_.size(); i-- > 1;)
      if (levels_[i].earliest_end < levels_[i - 1].earliest_end) {
        levels_[i - 1].earliest_end = levels_[i].earliest_end;
        levels_[i - 1].earliest = levels_[i].earliest;
      }
  }

  // ---- gaps

  [[nodiscard]] std::uint32_t last_gap() const {
    return static_cast<std::uint32_t>(levels_.size());
  }

  void bound_increments() {
    for (Free& free : free_) {
      view_.allowance.step();
      const auto low =
          std::ranges::lower_bound(levels_, view_.begin(free.entry), {}, &Level::earliest_end);
      const auto high =
          std::ranges::upper_bound(levels_, view_.end(free.entry), {}, &Level::latest_begin);
      free.low = static_cast<std::uint32_t>(low - levels_.begin());
      free.high = static_cast<std::uint32_t>(high - levels_.begin());
      // Nobody asks whether it happened at all.
      if (view_.entry(free.entry).optional()) free.high = last_gap() + 1;
    }
    std::ranges::sort(free_, {}, &Free::low);
  }

  SweepResult fill(Order* order) {
    // Of those that must come equally soon, the first to begin.
    using Open = std::tuple<std::uint32_t, EventIndex, Index>;
    std::priority_queue<Open, std::vector<Open>, std::greater<>> open;
    std::vector<Placed> placed;  // in gap g at 2g, in level l at 2l + 1
    auto next = free_.begin();
    for (std::uint32_t gap = 0; gap < last_gap(); ++gap) {
      for (; next != free_.end() && next->low <= gap; ++next)
        open.emplace(next->high, view_.begin(next->entry), next->entry);
      const std::int64_t needed = levels_[gap].before - (gap == 0 ? 0 : levels_[gap - 1].after);
      view_.allowance.step();
      for (std::int64_t i = 0; i < needed; ++i) {
        if (open.empty()) return tell_too_few(gap);
        if (order != nullptr) placed.push_back({2 * gap, std::get<2>(open.top())});
        open.pop();
      }
      if (!open.empty() && std::get<0>(open.top()) <= gap) return tell_too_many(gap);
    }
    if (order == nullptr) return fits();
    // Whoever was in no gap comes behind all levels, if it happened.
    std::vector<bool> filled(view_.size(), false);
    for (const Placed& each : placed) filled[each.entry] = true;
    for (const Free& free : free_)
      if (!filled[free.entry] && !view_.entry(free.entry).optional())
        placed.push_back({2 * last_gap(), free.entry});
    for (const Placed& each : placed_) placed.push_back({2 * each.level + 1, each.entry});
    *order = order_of_levels(view_, std::move(placed));
    return fits();
  }

  // ---- which gaps do not fit

  /// A run of gaps, from behind a level (or the start) to just before another one.
  struct Run {
    std::optional<std::uint32_t> base;
    std::uint32_t end = 0;
  };

  [[nodiscard]] bool within(const Run& run, std::uint32_t level) const {
    return level < run.end && (!run.base || level > *run.base);
  }
  /// By how much the count rises over a run.
  [[nodiscard]] std::int64_t rise(const Run& run) const {
    return levels_[run.end].before - (run.base ? levels_[*run.base].after : 0);
  }
  /// Increments in a run that were told the count.
  [[nodiscard]] std::vector<Index> told_in(const Run& run) const {
    std::vector<Index> entries;
    for (const Placed& placed : placed_)
      if (within(run, placed.level) && levels_[placed.level].before < levels_[placed.level].after)
        entries.push_back(placed.entry);
    return entries;
  }

  /// More was counted than there were increments. Looks for the level to count from that leaves
  /// fewest of them to name.
  [[nodiscard]] SweepResult tell_too_few(std::uint32_t gap) const {
    // By gap g: increments that can be in it or later, and begin early enough for `gap`.
    std::vector<std::size_t> available(last_gap() + 2, 0);
    for (const Free& free : free_)
      if (free.low <= gap) ++available[free.high];
    for (std::size_t g = available.size(); g-- > 1;) available[g - 1] += available[g];
    Run run{std::nullopt, levels_[gap].earliest.level};
    std::size_t fewest = available[0];
    std::int64_t told = 0;
    for (std::uint32_t i = gap; i-- > 0;) {
      const std::int64_t needed = levels_[gap].before - levels_[i].after - told;
      told += levels_[i].after - levels_[i].before;
      if (static_cast<std::int64_t>(available[i + 1]) >= needed || available[i + 1] >= fewest)
        continue;
      run.base = levels_[i].latest.level;
      fewest = available[i + 1];
    }
    return tell_too_few(run);
  }

  [[nodiscard]] SweepResult tell_too_few(const Run& run) const {
    const Index high = levels_[run.end].earliest.entry;
    std::vector<Index> others = told_in(run);
    for (const Free& free : free_)
      if (free.low <= run.end && (!run.base || free.high > *run.base)) others.push_back(free.entry);
    const std::string count = base::count_of(others.size(), "increment");
    std::string why = fmt::format("although only {} can have counted by then", count);
    if (run.base)
      why = fmt::format("although {}, and only {} can have come in between",
                        view_.did(levels_[*run.base].latest.entry), count);
    Story story(view_, "operation applied twice", fmt::format("{}, {}", view_.did(high), why));
    story.with(high);
    if (run.base) story.with(levels_[*run.base].latest.entry).from_any_state();
    for (const Index other : others) story.with_optional(other);
    return told(std::move(story));
  }

  /// Less was counted than increments were acknowledged. Looks for the level to count from that
  /// leaves fewest of them to name.
  [[nodiscard]] SweepResult tell_too_many(std::uint32_t gap) const {
    // By gap g: increments that must be in it or later, and by `gap`.
    std::vector<std::size_t> due(last_gap() + 2, 0);
    for (const Free& free : free_)
      if (free.high <= gap) ++due[free.low];
    for (std::size_t g = due.size(); g-- > 1;) due[g - 1] += due[g];
    const std::uint32_t end = levels_[gap].latest.level;
    // A level can itself be what an increment must come before and after.
    if (due[gap + 1] > 0) return tell_too_many({levels_[gap].earliest.level, end}, 0);
    Run run{std::nullopt, end};
    std::int64_t told = 0;
    std::optional<std::int64_t> least;
    for (std::uint32_t i = gap + 1; i-- > 0;) {
      if (i < gap) told += levels_[i].after - levels_[i].before;
      // From behind level i − 1, or the start, to the gap.
      const std::int64_t room = levels_[gap].before - (i == 0 ? 0 : levels_[i - 1].after) - told;
      if (static_cast<std::int64_t>(due[i]) <= room || (least && room >= *least)) continue;
      run.base.reset();
      if (i > 0) run.base = levels_[i - 1].earliest.level;
      least = room;
    }
    const auto room = rise(run) - static_cast<std::int64_t>(told_in(run).size());
    return tell_too_many(run, std::max<std::int64_t>(room, 0));
  }

  [[nodiscard]] SweepResult tell_too_many(const Run& run, std::int64_t room) const {
    const Index low = levels_[run.end].latest.entry;
    std::vector<Index> others = told_in(run);
    std::int64_t named = 0;
    for (const Free& free : free_)
      if (free.high <= run.end && (!run.base || free.low > *run.base) && named++ <= room)
        others.push_back(free.entry);
    const std::string count = base::count_of(others.size(), "increment");
    std::string why = fmt::format("although {} had been acknowledged before", count);
    if (run.base)
      why = fmt::format("although {}, and {} came in between",
                        view_.did(levels_[*run.base].earliest.entry), count);
    Story story(view_, "stale count", fmt::format("{}, {}", view_.did(low), why));
    story.with(low);
    if (run.base) story.with(levels_[*run.base].earliest.entry).from_any_state();
    for (const Index other : others) story.with(other);
    return told(std::move(story));
  }

  const View& view_;
  std::int64_t step_ = 0;
  Index odd_ = no_entry;
  std::vector<Told> told_;
  std::vector<Level> levels_;
  std::vector<Placed> placed_;
  std::vector<Free> free_;
};

}  // namespace

SweepResult sweep_counter(const model::History& history, const Problem& problem,
                          const CheckContext& context, Order* order) {
  Allowance allowance(context);
  const View view{history, problem, allowance};
  return Counting(view).run(order);
}

}  // namespace eris::checkers::linearizability
