// Stacks whose elements are all different, in O(n log n).
//
// Where pops of unknown outcome may have taken elements, see takers.hpp; what is left undecided
// there is for the search.
#include <algorithm>

#include <fmt/format.h>

#include "checkers/linearizability/sweeps/container_orders.hpp"
#include "checkers/linearizability/sweeps/nesting.hpp"
#include "checkers/linearizability/sweeps/takers.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;
namespace function = model::function;

constexpr Container words{"stack", function::push, function::pop, "pushed", "popped"};

class Stacks {
 public:
  Stacks(const View& view, const Elements& elements) : view_(view), elements_(elements) {}

  SweepResult run(Order* order) {
    if (!elements_.unknown_takes.empty() && find_takers()) return fits_in(order);
    lives_ = with_any_takers(view_, elements_);
    const std::vector<std::uint32_t> misnested = find_misnested(lives_, view_.allowance);
    if (!misnested.empty()) return tell_misnested(fewest(misnested));
    if (const Index empty = impossible_empty(); empty != no_entry) return tell_empty(empty);
    return elements_.unknown_takes.empty() ? fits_in(order) : undecided();
  }

 private:
  [[nodiscard]] SweepResult fits_in(Order* order) const {
    if (order != nullptr) *order = order_of_stack(view_, elements_, lives_);
    return fits();
  }

  /// Tries to give the pops of unknown outcome elements such that an order exists. What stands in
  /// the way is tried again as more urgent.
  bool find_takers() {
    constexpr int rounds_max = 16;
    Deadlines due = deadlines();
    for (int round = 0; round < rounds_max; ++round) {
      lives_ = with_takers(view_, elements_, due);
      std::vector<Due> learned;
      const bool nested = find_misnested(lives_, view_.allowance, &learned).empty();
      if (nested && learned.empty()) {
        const Index empty = impossible_empty();
        if (empty == no_entry) return true;
        learned = gone_during(empty);
      }
      bool changed = false;
      for (const Due& each : learned) {
        changed |= each.deadline < due[each.life];
        due[each.life] = std::min(due[each.life], each.deadline);
      }
      if (!changed) return false;
    }
    return false;
  }

  /// What has to be gone at the first moment of a pop that found nothing at which no element was
  /// there whose pop is known.
  [[nodiscard]] std::vector<Due> gone_during(Index empty) const {
    const EventIndex begin = view_.begin(empty), end = view_.end(empty);
    std::vector<Stay> known;
    for (const Stay& stay : stays())
      if (lives_[stay.id].taken()) known.push_back(stay);
    EventIndex moment = begin;
    for (const Stay& stay : join(std::move(known)))
      if (stay.from < moment && moment < stay.to) moment = stay.to;
    std::vector<Due> due;
    if (moment > end) return due;
    for (const Stay& stay : stays())
      if (stay.from < moment && moment < stay.to) due.push_back({stay.id, moment});
    return due;
  }

  [[nodiscard]] std::vector<Stay> stays() const {
    std::vector<Stay> stays;
    for (std::uint32_t i = 0; i < lives_.size(); ++i)
      if (lives_[i].stays()) stays.push_back({lives_[i].put_end, lives_[i].take_begin, i});
    return stays;
  }

  [[nodiscard]] Index impossible_empty() const {
    if (elements_.empties.empty()) return no_entry;
    const std::vector<Stay> joined = join(stays());
    for (const Index empty : elements_.empties) {
      view_.allowance.step();
      if (covers(joined, view_.begin(empty), view_.end(empty))) return empty;
    }
    return no_entry;
  }

  /// An element must be gone when one that lay below it was popped, and when the stack was empty.
  [[nodiscard]] Deadlines deadlines() const {
    const std::vector<Life>& lives = elements_.lives;
    Deadlines deadlines(lives.size(), model::never);
    std::vector<const Life*> below;
    std::vector<EventIndex> places;
    for (const Life& life : lives)
      if (life.taken() && life.stays()) {
        below.push_back(&life);
        places.push_back(life.take_begin);
      }
    std::ranges::sort(below, {}, &Life::put_end);
    SuffixMinimum pops(std::move(places));
    auto next = below.begin();
    for (std::size_t i = 0; i < lives.size(); ++i) {
      view_.allowance.step();
      for (; next != below.end() && (*next)->put_end < lives[i].put_begin; ++next)
        pops.add((*next)->take_begin, (*next)->take_end);
      if (!lives[i].taken())
        deadlines[i] = std::min(pops.above(lives[i].put_end), empty_after(lives[i]));
    }
    return deadlines;
  }

  [[nodiscard]] EventIndex empty_after(const Life& life) const {
    const auto next = std::ranges::upper_bound(elements_.empties, life.put_end, {},
                                               [&](Index i) { return view_.begin(i); });
    return next == elements_.empties.end() ? model::never : view_.end(*next);
  }

  /// Leaves out what is not needed: what is left of a history of a stack without some of its
  /// elements is a history of a stack.
  [[nodiscard]] std::vector<Life> fewest(const std::vector<std::uint32_t>& indices) const {
    std::vector<Life> kept;
    for (const std::uint32_t i : indices) kept.push_back(lives_[i]);
    std::ranges::sort(kept, {}, &Life::put_begin);
    for (std::size_t size = kept.size() / 2; size > 0; size /= 2)
      for (std::size_t begin = 0; begin < kept.size();) {
        std::vector<Life> fewer = kept;
        const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(begin);
        fewer.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, kept.size() - begin)));
        if (find_misnested(fewer, view_.allowance).empty())
          begin += size;
        else
          kept = std::move(fewer);
      }
    return kept;
  }

  [[nodiscard]] std::string element(const Life& life) const {
    return to_text(view_.operation(life.put).argument);
  }

  [[nodiscard]] SweepResult tell_misnested(const std::vector<Life>& lives) const {
    std::vector<std::string> names;
    for (const Life& life : lives) names.push_back(element(life));
    const Life* last = &lives.front();
    for (const Life& life : lives)
      if (life.taken() && (!last->taken() || life.take_end > last->take_end)) last = &life;
    std::string sentence = fmt::format(
        "{}, but no order of the pushes and pops of {} is that of a stack",
        last->taken() ? view_.did(last->take) : view_.did(last->put), base::join_words(names));
    if (lives.size() == 2) sentence = crossing(lives[0], lives[1], std::move(sentence));
    Story story(view_, "out of order", std::move(sentence));
    for (const Life& life : lives) add(story, life);
    add_reason(story, words);
    return story.told();
  }

  /// One was popped from under another.
  [[nodiscard]] std::string crossing(const Life& below, const Life& above,
                                     std::string otherwise) const {
    if (!below.taken() || !(below.put_end < above.put_begin) ||
        !(above.put_end < below.take_begin) || !(below.take_end < above.take_begin))
      return otherwise;
    const std::string later =
        above.taken() ? fmt::format("was popped only {} later", view_.gap(below.take, above.take))
                      : std::string("was never popped");
    return fmt::format(
        "{}, although {} had pushed {} on top of it {} before that pop began, and {} {}",
        view_.did(below.take), view_.who(above.put), element(above),
        view_.gap(above.put, below.take), element(above), later);
  }

  void add(Story& story, const Life& life) const {
    story.with(life.put, life.taken() ? "" : "never popped").with(life.take);
    if (!life.taken() && !elements_.unknown_takes.empty())
      story.with(elements_.unknown_takes.front(), "the first that may have taken it");
  }

  [[nodiscard]] SweepResult tell_empty(Index empty) const {
    const std::vector<Stay> there = cover(stays(), view_.begin(empty), view_.end(empty));
    const Life& life = lives_[there.front().id];
    const std::string rest = there.size() > 1 ? "something else was there whenever it was not"
                             : life.taken()   ? "it was popped only later"
                                              : "nobody ever popped it";
    Story story(view_, there.size() == 1 && !life.taken() ? "element lost" : "empty although not",
                fmt::format("{}, although {}'s push of {} had been acknowledged {} before that pop "
                            "began, and {}",
                            view_.did(empty), view_.who(life.put), element(life),
                            view_.gap(life.put, empty), rest));
    story.with(empty);
    for (const Stay& stay : there) add(story, lives_[stay.id]);
    add_reason(story, words);
    return story.told();
  }

  const View& view_;
  const Elements& elements_;
  std::vector<Life> lives_;  ///< with the takers that are assumed
};

}  // namespace

SweepResult sweep_stack(const model::History& history, const Problem& problem,
                        const CheckContext& context, Order* order) {
  Allowance allowance(context);
  const View view{history, problem, allowance};
  const Collected collected = collect(view, words);
  if (collected.result) return *collected.result;
  return Stacks(view, collected.elements).run(order);
}

}  // namespace eris::checkers::linearizability
