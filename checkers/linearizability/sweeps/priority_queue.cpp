// Priority queues whose elements are all different, in O(n log n).
//
// Why it works: an element is extracted at a moment when no smaller one is there. Smaller ones do
// not notice larger ones, so the elements can be looked at one by one, the smallest first; each
// needs a moment outside the stays of all before it (Bouajjani et al. 2015).
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "checkers/linearizability/sweeps/container_orders.hpp"
#include "checkers/linearizability/sweeps/moments.hpp"
#include "checkers/linearizability/sweeps/takers.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;
using model::Value;
namespace function = model::function;

constexpr Container words{"priority queue", function::insert, function::extract, "inserted",
                          "extracted"};

/// Which moments no stay covers yet, where stays only come.
class Uncovered {
 public:
  explicit Uncovered(std::vector<EventIndex> moments) : moments_(std::move(moments)) {
    next_.resize(moments_.cells() + 1);
    std::iota(next_.begin(), next_.end(), 0);
  }

  /// Both ends excluded.
  void cover(EventIndex from, EventIndex to) {
    const Cell end = moments_.cell_of(to);
    for (Cell cell = find(moments_.cell_of(from) + 1); cell < end; cell = find(cell))
      next_[cell] = cell + 1;
  }
  /// Both ends included.
  [[nodiscard]] bool any(EventIndex from, EventIndex to) {
    return from <= to && first_from(from) <= cell_of(to);
  }
  /// The first cell from a moment on.
  [[nodiscard]] Cell first_from(EventIndex from) { return find(cell_of(from)); }
  [[nodiscard]] Cell cell_of(EventIndex moment) const { return moments_.cell_of(moment); }

 private:
  Cell find(Cell cell) {
    while (next_[cell] != cell) cell = next_[cell] = next_[next_[cell]];
    return cell;
  }

  Moments moments_;
  std::vector<Cell> next_;  ///< union-find: the next cell that is not covered
};

/// When an element must have been extracted.
EventIndex window_begin(const Life& life) {
  return std::max(life.put_begin, life.take_begin);
}

class PriorityQueues {
 public:
  PriorityQueues(const View& view, const Elements& elements) : view_(view), elements_(elements) {
    sort_by_element();
  }

  SweepResult run(Order* order) {
    lives_ = elements_.lives;
    if (!elements_.unknown_takes.empty()) {
      lives_ = with_takers(view_, elements_, deadlines());
      if (first_failure() == Failure{}) return fits_in(order);
      lives_ = with_any_takers(view_, elements_);
    }
    const Failure failure = first_failure();
    if (failure.life != no_entry) return tell_overtaken(failure.life);
    if (failure.empty != no_entry) return tell_empty(failure.empty);
    return elements_.unknown_takes.empty() ? fits_in(order) : undecided();
  }

 private:
  [[nodiscard]] SweepResult fits_in(Order* order) const {
    if (order != nullptr) *order = this->order();
    return fits();
  }

  struct Failure {
    std::uint32_t life = no_entry;  ///< extracted although something smaller was there
    Index empty = no_entry;
    bool operator==(const Failure&) const = default;
  };

  void sort_by_element() {
    order_.resize(elements_.lives.size());
    std::iota(order_.begin(), order_.end(), 0);
    const auto value = [&](std::uint32_t i) -> const Value& { return element(elements_.lives[i]); };
    const bool numbers =
        std::ranges::all_of(order_, [&](std::uint32_t i) { return value(i).is_integer(); });
    if (!numbers) {
      std::ranges::sort(order_, std::ranges::less{}, value);
      return;
    }
    std::vector<std::pair<std::int64_t, std::uint32_t>> keys;
    keys.reserve(order_.size());
    for (const std::uint32_t i : order_) keys.emplace_back(value(i).integer(), i);
    std::ranges::sort(keys);
    std::ranges::transform(keys, order_.begin(), [](const auto& key) { return key.second; });
  }

  [[nodiscard]] const Value& element(const Life& life) const {
    return view_.call(life.put).argument;
  }

  [[nodiscard]] Failure first_failure() const {
    Uncovered uncovered(moments());
    for (const std::uint32_t i : order_) {
      view_.allowance.step();
      const Life& life = lives_[i];
      if (life.taken() && !uncovered.any(window_begin(life), life.take_end)) return {.life = i};
      if (life.stays()) uncovered.cover(life.put_end, life.take_begin);
    }
    for (const Index empty : elements_.empties)
      if (!uncovered.any(view_.begin(empty), view_.end(empty))) return {.empty = empty};
    return {};
  }

  /// Each element is extracted when it first can be, and inserted no sooner than it has to be: so
  /// what is there longer than its stay is there while something smaller is. At one moment comes
  /// first what was there before and is extracted, the smallest first, then what comes and goes at
  /// once, then extracts that found nothing, then what comes to stay.
  [[nodiscard]] Order order() const {
    enum Kind : std::uint8_t { leaves, passes, finds_nothing, comes };
    std::vector<PlacedPair> placed;
    Uncovered uncovered(moments());
    const Cell end = uncovered.cell_of(model::never);
    for (std::uint32_t rank = 0; rank < order_.size(); ++rank) {
      view_.allowance.step();
      const Life& life = lives_[order_[rank]];
      const Cell put = uncovered.cell_of(life.put_end);
      const bool gone = life.take_begin != model::never;
      const Cell take = gone ? uncovered.first_from(window_begin(life)) : end;
      const Index taker = taker_of(view_, elements_, life);
      if (take < end && take <= put) {
        placed.push_back({take, passes, rank, life.put, taker});
      } else {
        placed.push_back({put, comes, rank, life.put});
        if (take < end) placed.push_back({take, leaves, rank, taker});
      }
      if (life.stays()) uncovered.cover(life.put_end, life.take_begin);
    }
    for (const Index empty : elements_.empties)
      placed.push_back({uncovered.first_from(view_.begin(empty)), finds_nothing, 0, empty});
    return in_order(std::move(placed));
  }

  [[nodiscard]] std::vector<EventIndex> moments() const {
    std::vector<EventIndex> moments;
    moments.reserve(lives_.size() * 4 + elements_.empties.size() * 2 + 1);
    moments.push_back(model::never);
    for (const Life& life : lives_)
      for (const EventIndex moment : {life.put_begin, life.put_end, life.take_begin, life.take_end})
        moments.push_back(moment);
    for (const Index empty : elements_.empties) {
      moments.push_back(view_.begin(empty));
      moments.push_back(view_.end(empty));
    }
    return moments;
  }

  /// An element must be gone when a larger one was extracted, and when there was nothing.
  [[nodiscard]] Deadlines deadlines() const {
    const std::vector<Life>& lives = elements_.lives;
    Deadlines deadlines(lives.size(), model::never);
    std::vector<EventIndex> places;
    for (const Life& life : lives)
      if (life.taken()) places.push_back(window_begin(life));
    for (const Index empty : elements_.empties) places.push_back(view_.begin(empty));
    SuffixMinimum due(std::move(places));
    for (const Index empty : elements_.empties) due.add(view_.begin(empty), view_.end(empty));
    for (const std::uint32_t i : std::vector(order_.rbegin(), order_.rend())) {
      view_.allowance.step();
      const Life& life = lives[i];
      if (life.taken())
        due.add(window_begin(life), life.take_end);
      else
        deadlines[i] = due.above(life.put_end);
    }
    return deadlines;
  }

  /// The fewest stays, of elements smaller than this one, that cover a time.
  [[nodiscard]] std::vector<Stay> there(EventIndex from, EventIndex to,
                                        const Value* smaller_than) const {
    std::vector<Stay> stays;
    for (std::uint32_t i = 0; i < lives_.size(); ++i)
      if (lives_[i].stays() && (smaller_than == nullptr || element(lives_[i]) < *smaller_than))
        stays.push_back({lives_[i].put_end, lives_[i].take_begin, i});
    return cover(std::move(stays), from, to);
  }

  void add(Story& story, const Life& life) const {
    story.with(life.put, life.taken() ? "" : "never extracted").with(life.take);
    if (!life.taken() && !elements_.unknown_takes.empty())
      story.with(elements_.unknown_takes.front(), "the first that may have taken it");
  }

  /// "which was extracted only later".
  [[nodiscard]] std::string rest(const std::vector<Stay>& there) const {
    if (there.size() > 1) return "something else was there whenever it was not";
    return lives_[there.front().id].taken() ? "it was extracted only later"
                                            : "nobody ever extracted it";
  }

  [[nodiscard]] SweepResult tell_overtaken(std::uint32_t index) const {
    const Life& life = lives_[index];
    const Value& larger = element(life);
    const std::vector<Stay> smaller = there(window_begin(life), life.take_end, &larger);
    const Life& first = lives_[smaller.front().id];
    Story story(view_, "out of order",
                fmt::format("{}, although the smaller {} had been inserted by {} before, and {}",
                            view_.did(life.take), to_text(element(first)), view_.who(first.put),
                            smaller.size() > 1 ? "something smaller was there whenever it was not"
                                               : rest(smaller)));
    story.with(life.put).with(life.take);
    for (const Stay& stay : smaller) add(story, lives_[stay.id]);
    add_reason(story, words);
    return story.told();
  }

  [[nodiscard]] SweepResult tell_empty(Index empty) const {
    const std::vector<Stay> stays = there(view_.begin(empty), view_.end(empty), nullptr);
    const Life& life = lives_[stays.front().id];
    Story story(view_, stays.size() == 1 && !life.taken() ? "element lost" : "empty although not",
                fmt::format("{}, although {}'s insert of {} had been acknowledged {} before that "
                            "extract began, and {}",
                            view_.did(empty), view_.who(life.put), to_text(element(life)),
                            view_.gap(life.put, empty), rest(stays)));
    story.with(empty);
    for (const Stay& stay : stays) add(story, lives_[stay.id]);
    add_reason(story, words);
    return story.told();
  }

  const View& view_;
  const Elements& elements_;
  std::vector<std::uint32_t> order_;  ///< of lives, the smallest element first
  std::vector<Life> lives_;           ///< with the takers that are assumed
};

}  // namespace

SweepResult sweep_priority_queue(const model::History& history, const Problem& problem,
                                 const CheckContext& context, Order* order) {
  Allowance allowance(context);
  const View view{history, problem, allowance};
  const Collected collected = collect(view, words);
  if (collected.result) return *collected.result;
  return PriorityQueues(view, collected.elements).run(order);
}

}  // namespace eris::checkers::linearizability
