#include "checkers/linearizability/sweeps/container_orders.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "checkers/linearizability/sweeps/nesting.hpp"
#include "harness/base/assert.hpp"

namespace eris::checkers::linearizability {

using model::EventIndex;

namespace {

/// Elements of a queue in the order in which they come and go.
///
/// Why it works: between two moments at which the queue is empty lie the elements that need not be
/// enqueued before the first, and must be before the second. Among these, one comes before another
/// where its enqueue or its dequeue had ended before the other's began; the sweep has found that no
/// two come before each other, and then there is always one that none of the rest comes before.
/// Each enqueue then happens as soon as it and all before it have begun, and so does each dequeue.
class QueueOrder {
 public:
  QueueOrder(const View& view, const Elements& elements, const std::vector<EventIndex>& empty_at)
      : view_(view), elements_(elements), moments_(empty_at) {
    std::ranges::sort(moments_);
    moments_.erase(std::ranges::unique(moments_).begin(), moments_.end());
    for (std::uint32_t i = 0; i < empty_at.size(); ++i)
      placed_.push_back({empty_at[i], empties, i, elements.empties[i]});
    make_items();
  }

  Order run() {
    std::size_t begin = 0;
    for (std::size_t segment = 0; segment <= moments_.size(); ++segment) {
      std::size_t end = begin;
      while (end < items_.size() && items_[end].segment == segment) ++end;
      const std::span<Item> items = std::span(items_).subspan(begin, end - begin);
      if (!sort(items)) return {};
      place(items, segment == 0 ? 0 : moments_[segment - 1]);
      begin = end;
    }
    for (const Life* life : staying_) {
      put_at_ = std::max(put_at_, life->put_begin);
      placed_.push_back({put_at_, moves, rank_++, life->put});
    }
    return in_order(std::move(placed_));
  }

 private:
  /// At the same moment: what was there is gone, then nothing is there, then something comes.
  enum Kind : std::uint8_t { moves_before, empties, moves };

  struct Item {
    EventIndex put_begin = 0, put_end = 0, take_begin = 0, take_end = 0;
    Index put = no_entry, take = no_entry;
    std::size_t segment = 0;
  };

  /// Of those that nobody is known to have taken, the first that were enqueued go to the dequeues
  /// of unknown outcome.
  void make_items() {
    for (const Life& life : elements_.lives) {
      if (life.taken())
        add(life, life.take);
      else
        staying_.push_back(&life);
    }
    std::ranges::sort(staying_, {}, &Life::put_end);
    const std::size_t gone = std::min(staying_.size(), elements_.unknown_takes.size());
    for (std::size_t i = 0; i < gone; ++i) add(*staying_[i], elements_.unknown_takes[i]);
    staying_.erase(staying_.begin(), staying_.begin() + static_cast<std::ptrdiff_t>(gone));
    std::ranges::sort(staying_, {}, &Life::put_begin);
    std::ranges::stable_sort(items_, {}, &Item::segment);
  }

  void add(const Life& life, Index take) {
    Item item{.put_begin = life.put_begin,
              .put_end = std::min(life.put_end, view_.end(take)),
              .take_begin = std::max(view_.begin(take), life.put_begin),
              .take_end = view_.end(take),
              .put = life.put,
              .take = take};
    const auto next = std::ranges::upper_bound(moments_, item.put_end);
    item.segment = static_cast<std::size_t>(next - moments_.begin());
    items_.push_back(item);
  }

  /// False where each of some comes before another of them.
  [[nodiscard]] bool sort(std::span<Item> items) const {
    std::ranges::sort(items, {}, &Item::put_begin);
    std::vector<std::uint32_t> by_put_end(items.size()), by_take_end;
    for (std::uint32_t i = 0; i < items.size(); ++i) by_put_end[i] = i;
    by_take_end = by_put_end;
    std::ranges::sort(by_put_end, {}, [&](std::uint32_t i) { return items[i].put_end; });
    std::ranges::sort(by_take_end, {}, [&](std::uint32_t i) { return items[i].take_end; });
    using Ready = std::pair<EventIndex, std::uint32_t>;
    std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;  // by take_begin
    std::vector<bool> done(items.size(), false);
    std::vector<Item> sorted;
    sorted.reserve(items.size());
    auto first_put = by_put_end.begin(), first_take = by_take_end.begin();
    std::uint32_t begun = 0;
    while (sorted.size() < items.size()) {
      view_.allowance.step();
      while (done[*first_put]) ++first_put;
      while (done[*first_take]) ++first_take;
      for (; begun < items.size() && items[begun].put_begin <= items[*first_put].put_end; ++begun)
        ready.emplace(items[begun].take_begin, begun);
      if (ready.empty() || ready.top().first > items[*first_take].take_end) return false;
      done[ready.top().second] = true;
      sorted.push_back(items[ready.top().second]);
      ready.pop();
    }
    std::ranges::copy(sorted, items.begin());
    return true;
  }

  /// Each as soon as it can be after `from`.
  void place(std::span<const Item> items, EventIndex from) {
    put_at_ = std::max(put_at_, from);
    EventIndex take_at = from;
    std::vector<PlacedPair> puts, takes;
    for (const Item& item : items) {
      view_.allowance.step();
      put_at_ = std::max(put_at_, item.put_begin);
      take_at = std::max({take_at, put_at_, item.take_begin});
      puts.push_back({put_at_, moves, 0, item.put});
      takes.push_back({take_at, moves, 0, item.take});
    }
    // One behind the other, enqueues first; what happens at the moment of the next emptiness
    // happens before it.
    std::vector<PlacedPair> merged(puts.size() + takes.size());
    std::ranges::merge(puts, takes, merged.begin(), {}, &PlacedPair::moment, &PlacedPair::moment);
    for (PlacedPair& each : merged) {
      each.rank = rank_++;
      if (each.moment > from) each.kind = moves_before;
      placed_.push_back(each);
    }
  }

  const View& view_;
  const Elements& elements_;
  std::vector<EventIndex> moments_;  ///< at which nothing is there
  std::vector<Item> items_;          ///< that somebody takes, by segment
  std::vector<const Life*> staying_;
  std::vector<PlacedPair> placed_;
  EventIndex put_at_ = 0;  ///< of the last enqueue
  std::uint32_t rank_ = 0;
};

/// The first moment of a pop at which no element had to be there.
EventIndex free_moment(const std::vector<Stay>& joined, EventIndex from) {
  const auto after =
      std::ranges::partition_point(joined, [&](const Stay& stay) { return stay.from < from; });
  return after == joined.begin() ? from : std::max(from, std::prev(after)->to);
}

}  // namespace

Order in_order(std::vector<PlacedPair> placed) {
  std::ranges::sort(placed);
  Order order;
  order.reserve(placed.size() * 2);
  for (const PlacedPair& each : placed) {
    order.push_back(each.first);
    if (each.second != no_entry) order.push_back(each.second);
  }
  return order;
}

Index taker_of(const View& view, const Elements& elements, const Life& life) {
  if (life.taken() || life.take_begin == model::never) return life.take;
  const auto taker = std::ranges::lower_bound(elements.unknown_takes, life.take_begin, {},
                                              [&](Index i) { return view.begin(i); });
  ERIS_ASSERT(taker != elements.unknown_takes.end(), "an element is given to a removal that began");
  return *taker;
}

Order order_of_queue(const View& view, const Elements& elements,
                     const std::vector<EventIndex>& empty_at) {
  return QueueOrder(view, elements, empty_at).run();
}

Order order_of_stack(const View& view, const Elements& elements, const std::vector<Life>& lives) {
  // At one moment: pops, the innermost first; pops that find nothing; pushes, the outermost first;
  // elements that come and go at once.
  enum Kind : std::uint8_t { pops, empties, pushes, passes };
  std::vector<PlacedPair> placed;
  std::vector<Nest> nests;
  const std::vector<std::uint32_t> misnested =
      find_misnested(lives, view.allowance, nullptr, &nests);
  ERIS_ASSERT(misnested.empty(), "the sweep has found that they can be nested");
  for (std::uint32_t rank = 0; rank < nests.size(); ++rank) {
    const Nest& nest = nests[rank];
    const Life& life = lives[nest.life];
    const auto inner = static_cast<std::uint32_t>(nests.size()) - rank;
    placed.push_back({nest.begin, pushes, rank, life.put});
    if (nest.end != model::never)
      placed.push_back({nest.end, pops, inner, taker_of(view, elements, life)});
  }
  std::vector<Stay> stays;
  for (std::uint32_t i = 0; i < lives.size(); ++i) {
    const Life& life = lives[i];
    if (life.stays())
      stays.push_back({life.put_end, life.take_begin, i});
    else
      placed.push_back({std::max(life.put_begin, life.take_begin), passes, i, life.put,
                        taker_of(view, elements, life)});
  }
  stays = join(std::move(stays));
  for (const Index empty : elements.empties)
    placed.push_back({free_moment(stays, view.begin(empty)), empties, 0, empty});
  return in_order(std::move(placed));
}

}  // namespace eris::checkers::linearizability
