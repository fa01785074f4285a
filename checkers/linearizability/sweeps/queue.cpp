// FIFO queues whose elements are all different, in O(n log n).
//
// Why it works: an order exists exactly when no two elements leave in another order than they came
// in, no element is left behind by one that came later, and no dequeue finds the queue empty while
// something must be in it (Henzinger, Sezgin and Vafeiadis 2013; Bouajjani et al. 2015). A dequeue
// of unknown outcome may have taken any element that was left behind; as each takes one, and
// may wait as long as it likes, it is enough to count them.
#include <algorithm>

#include <fmt/format.h>

#include "checkers/linearizability/sweeps/container_orders.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;
namespace function = model::function;

using Found = std::optional<SweepResult>;

constexpr Container words{"queue", function::enqueue, function::dequeue, "enqueued", "dequeued"};

class Queues {
 public:
  Queues(const View& view, Elements elements) : view_(view), elements_(std::move(elements)) {
    for (const Life& life : elements_.lives) (life.taken() ? taken_ : left_).push_back(&life);
    by_put_end_ = taken_;
    std::ranges::sort(by_put_end_, {}, &Life::put_end);
    std::ranges::sort(left_, {}, &Life::put_end);
  }

  SweepResult run(Order* order) {
    if (Found found = overtaken()) return *std::move(found);
    if (Found found = left_behind()) return *std::move(found);
    if (Found found = empty_although_not()) return *std::move(found);
    if (order != nullptr) *order = order_of_queue(view_, elements_, empty_at_);
    return fits();
  }

 private:
  /// How many of those that nobody took were certainly enqueued before.
  [[nodiscard]] std::size_t left_before(EventIndex moment) const {
    const auto after = std::ranges::lower_bound(left_, moment, {}, &Life::put_end);
    return static_cast<std::size_t>(after - left_.begin());
  }
  [[nodiscard]] std::size_t takers_by(EventIndex moment) const {
    return elements_.takers_by(view_, moment);
  }
  [[nodiscard]] std::string element(const Life& life) const {
    return to_text(view_.operation(life.put).argument);
  }

  // ---- two that were taken

  /// One that was enqueued before another, and dequeued after it.
  [[nodiscard]] Found overtaken() const {
    const Life* slowest = nullptr;  // of those enqueued before, the one dequeued last
    auto before = by_put_end_.begin();
    for (const Life* later : taken_) {
      view_.allowance.step();
      for (; before != by_put_end_.end() && (*before)->put_end < later->put_begin; ++before)
        if (slowest == nullptr || (*before)->take_begin > slowest->take_begin) slowest = *before;
      if (slowest != nullptr && later->take_end < slowest->take_begin)
        return tell_overtaken(*slowest, *later);
    }
    return std::nullopt;
  }

  [[nodiscard]] SweepResult tell_overtaken(const Life& first, const Life& second) const {
    Story story(view_, "out of order",
                fmt::format("{}, {} before {} began to dequeue {}, although {}'s enqueue of {} had "
                            "been acknowledged {} before that of {} began",
                            view_.did(second.take), view_.gap(second.take, first.take),
                            view_.who(first.take), element(first), view_.who(first.put),
                            element(first), view_.gap(first.put, second.put), element(second)));
    story.with(first.put).with(second.put).with(second.take).with(first.take);
    add_reason(story, words);
    return story.told();
  }

  // ---- one that was taken, and others that were not

  /// What was enqueued before an element that is gone must be gone too.
  [[nodiscard]] Found left_behind() const {
    if (left_.empty()) return std::nullopt;
    std::vector<const Life*> by_take_end = taken_;
    std::ranges::sort(by_take_end, {}, &Life::take_end);
    EventIndex newest = 0;
    for (const Life* gone : by_take_end) {
      view_.allowance.step();
      newest = std::max(newest, gone->put_begin);
      if (left_before(newest) > takers_by(gone->take_end)) return tell_left_behind(*gone);
    }
    return std::nullopt;
  }

  [[nodiscard]] SweepResult tell_left_behind(const Life& gone) const {
    const std::size_t takers = takers_by(gone.take_end);
    std::string sentence;
    if (takers == 0)
      sentence = fmt::format(
          "{}, although {}'s enqueue of {} had been acknowledged {} before that of {} began, and "
          "nobody ever dequeued {}",
          view_.did(gone.take), view_.who(left_[0]->put), element(*left_[0]),
          view_.gap(left_[0]->put, gone.put), element(gone), element(*left_[0]));
    else
      sentence = fmt::format(
          "{}, although {} enqueued before it were never dequeued, and only {} of unknown outcome "
          "had begun by then",
          view_.did(gone.take), base::count_of(takers + 1, "element"),
          base::count_of(takers, "dequeue"));
    Story story(view_, "out of order", std::move(sentence));
    story.with(gone.put).with(gone.take);
    for (std::size_t i = 0; i <= takers; ++i) story.with(left_[i]->put, "never dequeued");
    for (std::size_t i = 0; i < takers; ++i) story.with(elements_.unknown_takes[i]);
    add_reason(story, words);
    return story.told();
  }

  // ---- dequeues that found nothing

  /// A dequeue that found nothing needs a moment at which nothing had to be there: no element that
  /// was taken later, and of those that nobody took no more than dequeues of unknown outcome.
  [[nodiscard]] Found empty_although_not() {
    if (elements_.empties.empty()) return std::nullopt;
    std::vector<Stay> stays;
    for (const Life* life : taken_)
      if (life->stays()) stays.push_back({life->put_end, life->take_begin});
    stays = join(std::move(stays));
    const std::vector<EventIndex> moments = free_moments(stays);
    for (const Index empty : elements_.empties) {
      view_.allowance.step();
      const EventIndex begin = view_.begin(empty), end = view_.end(empty);
      const auto next = std::ranges::lower_bound(moments, begin);
      if (may_be_empty(stays, begin))
        empty_at_.push_back(begin);
      else if (next != moments.end() && *next <= end)
        empty_at_.push_back(*next);
      else if (may_be_empty(stays, end))
        empty_at_.push_back(end);
      else
        return tell_empty(empty);
    }
    return std::nullopt;
  }

  [[nodiscard]] bool may_be_empty(const std::vector<Stay>& stays, EventIndex moment) const {
    return !covers(stays, moment, moment) && left_before(moment) <= takers_by(moment);
  }

  /// Where the queue may become empty: where a stay ends, or a dequeue of unknown outcome begins.
  [[nodiscard]] std::vector<EventIndex> free_moments(const std::vector<Stay>& stays) const {
    std::vector<EventIndex> moments;
    for (const Stay& stay : stays)
      if (left_before(stay.to) <= takers_by(stay.to)) moments.push_back(stay.to);
    for (const Index taker : elements_.unknown_takes)
      if (may_be_empty(stays, view_.begin(taker))) moments.push_back(view_.begin(taker));
    std::ranges::sort(moments);
    return moments;
  }

  /// Goes through the time of the dequeue, and names what was there at each moment.
  [[nodiscard]] SweepResult tell_empty(Index empty) const {
    const EventIndex end = view_.end(empty);
    std::vector<const Life*> there;
    std::size_t left = 0;  // how many of those that nobody took are named
    for (EventIndex moment = view_.begin(empty); moment <= end;) {
      const std::size_t takers = takers_by(moment);
      if (left_before(moment) > takers) {
        left = std::max(left, takers + 1);
        if (takers == elements_.unknown_takes.size()) break;
        moment = view_.begin(elements_.unknown_takes[takers]);
        continue;
      }
      const auto longest = std::ranges::max_element(taken_, {}, [&](const Life* life) {
        return life->put_end < moment ? life->take_begin : 0;
      });
      there.push_back(*longest);
      moment = (*longest)->take_begin;
    }
    return tell_empty(empty, there, left);
  }

  [[nodiscard]] SweepResult tell_empty(Index empty, const std::vector<const Life*>& there,
                                       std::size_t left) const {
    const bool lost = there.empty() && left == 1;
    const Life& life = there.empty() ? *left_[0] : *there[0];
    std::string sentence = fmt::format(
        "{}, although {}'s enqueue of {} had been acknowledged {} before that dequeue "
        "began, and ",
        view_.did(empty), view_.who(life.put), element(life), view_.gap(life.put, empty));
    if (there.empty())
      sentence += left == 1 ? "nobody ever dequeued it"
                            : fmt::format("of {} that nobody dequeued not all can be gone",
                                          base::count_of(left, "element"));
    else
      sentence += there.size() + left == 1 ? "it was dequeued only later"
                                           : "something else was there whenever it was not";
    Story story(view_, lost ? "element lost" : "empty although not", std::move(sentence));
    story.with(empty);
    for (const Life* each : there) story.with(each->put).with(each->take);
    for (std::size_t i = 0; i < left; ++i) story.with(left_[i]->put, "never dequeued");
    const std::size_t takers = left == 0 ? 0 : takers_by(view_.end(empty));
    for (std::size_t i = 0; i < takers; ++i) story.with(elements_.unknown_takes[i]);
    add_reason(story, words);
    return story.told();
  }

  const View& view_;
  Elements elements_;
  std::vector<const Life*> taken_;       ///< ascending by put_begin
  std::vector<const Life*> by_put_end_;  ///< the same
  std::vector<const Life*> left_;        ///< nobody is known to have taken them; by put_end
  std::vector<EventIndex> empty_at_;     ///< by empty dequeue: a moment at which nothing was there
};

}  // namespace

SweepResult sweep_queue(const model::History& history, const Problem& problem,
                        const CheckContext& context, Order* order) {
  Allowance allowance(context);
  const View view{history, problem, allowance};
  Collected collected = collect(view, words);
  if (collected.result) return *std::move(collected.result);
  return Queues(view, std::move(collected.elements)).run(order);
}

}  // namespace eris::checkers::linearizability
