#include "checkers/online/queue_track.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/sweeps/sweep.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::online {

using linearizability::Elements;
using linearizability::Index;
using linearizability::Life;
using linearizability::Stay;
using linearizability::View;
using model::EventIndex;
using model::Value;
namespace function = model::function;

namespace {

constexpr linearizability::Container container{"queue", function::enqueue, function::dequeue,
                                               "enqueued", "dequeued"};

model::Status status_of(Ending ending) {
  return ending == Ending::answered ? model::Status::ok : model::Status::info;
}

/// What is kept, as a history of one key: what is open has an unknown outcome so far.
model::History history_of(const std::vector<Act>& acts) {
  model::History history;
  history.keys.emplace_back();
  history.operations.reserve(acts.size());
  for (const Act& act : acts)
    history.operations.push_back({.process = act.process,
                                  .function = act.call.function,
                                  .argument = act.call.argument,
                                  .result = act.call.result,
                                  .invoked = act.invoked,
                                  .completed = act.completed,
                                  .status = status_of(act.ending)});
  return history;
}

/// Finds out what no later event can contradict; see queue_track.hpp.
class Pruning {
 public:
  Pruning(const View& view, const Elements& elements, const std::vector<Act>& acts, EventIndex now)
      : view_(view),
        elements_(elements),
        acts_(acts),
        gone_(acts.size(), false),
        horizon_(now + 1),
        finished_(now + 1) {
    for (const Act& act : acts)
      if (act.ending == Ending::open) finished_ = std::min(finished_, act.invoked);
    horizon_ = finished_;
    std::vector<Stay> stays;
    for (const Life& life : elements.lives) {
      if (!life.taken())
        left_.push_back(&life);
      else if (life.stays())
        stays.push_back({life.put_end, life.take_begin});
    }
    std::ranges::sort(left_, {}, &Life::put_end);
    stays_ = linearizability::join(std::move(stays));
  }

  /// By act.
  std::vector<bool> run() {
    look_at_empties();
    for (const Life& life : elements_.lives)
      if (life.taken() && view_.end(life.take) < horizon_) due_ = std::max(due_, life.put_begin);
    if (!let_go_of_due()) return std::vector<bool>(acts_.size(), false);
    for (const Life& life : elements_.lives) {
      if (!life.taken() || view_.end(life.take) >= horizon_) continue;
      if (act(life.put).ending == Ending::answered && life.put_end >= horizon_) continue;
      if (act(life.put).ending == Ending::open) continue;
      let_go_of(life.put);
      let_go_of(life.take);
    }
    return std::move(gone_);
  }

 private:
  [[nodiscard]] const Act& act(Index i) const { return acts_[view_.entry(i).operation]; }
  void let_go_of(Index i) { gone_[view_.entry(i).operation] = true; }
  [[nodiscard]] std::size_t left_before(EventIndex moment) const {
    const auto after = std::ranges::lower_bound(left_, moment, {}, &Life::put_end);
    return static_cast<std::size_t>(after - left_.begin());
  }

  /// Those that say nothing more go; those that say what must be gone go with it; before any other
  /// nothing goes.
  void look_at_empties() {
    struct Telling {
      Index empty = 0;
      EventIndex due = 0;
    };
    std::vector<Telling> telling;
    for (const Index empty : elements_.empties) {
      const EventIndex begin = view_.begin(empty), end = view_.end(empty);
      const EventIndex free = first_free(begin);
      if (end < finished_ && left_before(free) == 0)
        let_go_of(empty);
      else if (end < finished_ && left_before(free) == left_before(end))
        telling.push_back({empty, free});
      else
        horizon_ = std::min(horizon_, begin);
    }
    // One that is not over by the horizon stays, and nothing goes before it either.
    for (bool changed = true; std::exchange(changed, false);)
      std::erase_if(telling, [&](const Telling& each) {
        if (view_.end(each.empty) < horizon_) return false;
        changed = view_.begin(each.empty) < horizon_;
        horizon_ = std::min(horizon_, view_.begin(each.empty));
        return true;
      });
    for (const Telling& each : telling) {
      let_go_of(each.empty);
      due_ = std::max(due_, each.due);
    }
  }

  /// The first moment from here on at which no element was there that was taken later.
  [[nodiscard]] EventIndex first_free(EventIndex from) const {
    const auto after =
        std::ranges::partition_point(stays_, [&](const Stay& stay) { return stay.from < from; });
    return after == stays_.begin() ? from : std::max(from, std::prev(after)->to);
  }

  /// What had to be gone, with as many dequeues of unknown outcome. False where there are too few.
  bool let_go_of_due() {
    const std::size_t due = left_before(due_);
    std::vector<Index> takers;
    for (const Index taker : elements_.unknown_takes) {
      if (takers.size() == due || view_.begin(taker) >= horizon_) break;
      if (act(taker).ending == Ending::unknown) takers.push_back(taker);
    }
    if (takers.size() < due) return false;
    for (std::size_t i = 0; i < due; ++i) {
      let_go_of(left_[i]->put);
      let_go_of(takers[i]);
    }
    return true;
  }

  const View& view_;
  const Elements& elements_;
  const std::vector<Act>& acts_;
  std::vector<bool> gone_;
  EventIndex horizon_;             ///< what ended before is behind everything pending
  EventIndex finished_;            ///< nothing open began before
  std::vector<const Life*> left_;  ///< certainly enqueued, not known to be gone; by put_end
  std::vector<Stay> stays_;
  EventIndex due_ = 0;  ///< what was enqueued before had to be gone before the horizon
};

}  // namespace

QueueTrack::QueueTrack(const SequentialObject& object, const QueueLimits& limits)
    : object_(object), limits_(limits) {
  recent_ = Recent{.start = {{object.initial()}, {}}, .events = {}};
}

void QueueTrack::invoked(Act act) {
  now_ = act.invoked;
  // Nothing is kept: the queue is empty.
  if (acts_.empty() && recent_is_stale())
    recent_ = Recent{.start = {{object_.initial()}, {}}, .events = {}};
  if (act.call.function == function::enqueue && !enqueued_.insert(act.call.argument).second) {
    unfit_ = true;
    return;
  }
  remember(act);
  acts_.push_back(std::move(act));
  if (acts_.size() > limits_.acts_max) shorten();
}

void QueueTrack::completed(const Act& act, EventIndex at) {
  now_ = at;
  remember(act);
  const auto found = std::ranges::lower_bound(acts_, act.number, {}, &Act::number);
  // One that was taken for unknown may be gone already.
  if (found == acts_.end() || found->number != act.number || found->ending != Ending::open) return;
  const ShapeKind kind = object_.shape(act.call).kind;
  if (kind == ShapeKind::malformed) {
    lost_ = fmt::format("{} is not an answer of the object '{}'", words(act), object_.name());
    return;
  }
  *found = act;
  if (kind == ShapeKind::nothing || act.call.answer == Answer::refused)
    found->ending = Ending::nothing;
  ++unseen_answers_;
}

void QueueTrack::look() {
  if (unseen_answers_ == 0 || violation_ || lost_ || unfit_) return;
  unseen_answers_ = 0;
  std::vector<bool> nothing(acts_.size());
  for (std::size_t i = 0; i < acts_.size(); ++i) nothing[i] = acts_[i].ending == Ending::nothing;
  keep_only(nothing);
  judge();
}

void QueueTrack::judge() {
  const model::History history = history_of(acts_);
  const linearizability::KeyIndex index(history);
  const auto problem = linearizability::prepare(history, index.operations(0), object_);
  ERIS_ASSERT(problem.has_value(), "malformed calls and answers were sorted out as they came");
  const CheckContext context;  // what is kept is little
  const auto swept = linearizability::sweep(history, *problem, context);
  ERIS_ASSERT(swept.answer != linearizability::SweepAnswer::undecided, "elements are different");
  Allowance allowance(context);
  const View view{history, *problem, allowance};
  if (swept.contradiction) return refuse(view, *swept.contradiction);
  const linearizability::Collected collected = linearizability::collect(view, container);
  keep_only(Pruning(view, collected.elements, acts_, now_).run());
}

void QueueTrack::refuse(const View& view, const linearizability::Contradiction& found) {
  Proof proof{.anomaly = found.anomaly, .sentence = {}, .operations = {}};
  const Act* last = nullptr;
  std::vector<std::string> others;
  for (const linearizability::Pick& pick : found.witness.picks) {
    const Act& act = acts_[view.entry(pick.entry).operation];
    proof.operations.push_back(act.number);
    const bool later = last == nullptr || last->ending != Ending::answered ||
                       (act.ending == Ending::answered && act.completed > last->completed);
    if (later) last = &act;
  }
  for (const linearizability::Pick& pick : found.witness.picks) {
    const Act& act = acts_[view.entry(pick.entry).operation];
    if (&act != last) others.push_back(words(act));
  }
  std::ranges::sort(proof.operations);
  proof.sentence =
      others.empty()
          ? fmt::format("{}, which nobody had enqueued, or somebody had dequeued", words(*last))
          : fmt::format("{} cannot be explained beside {}", words(*last), base::join_words(others));
  violation_ = std::move(proof);
}

void QueueTrack::keep_only(const std::vector<bool>& gone) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < acts_.size(); ++i) {
    if (gone[i] && acts_[i].call.function == function::enqueue)
      enqueued_.erase(acts_[i].call.argument);
    if (!gone[i] && kept++ != i) acts_[kept - 1] = std::move(acts_[i]);
  }
  acts_.resize(kept);
}

/// Too much is kept. Where something has been open for long, that is why.
void QueueTrack::shorten() {
  ++unseen_answers_;
  look();
  while (acts_.size() > limits_.acts_max && !violation_ && !lost_) {
    const auto oldest = std::ranges::find(acts_, Ending::open, &Act::ending);
    if (oldest == acts_.end() || oldest - acts_.begin() > std::ssize(acts_) / 2) {
      lost_ = fmt::format("it holds more than {} elements and unknown outcomes", limits_.acts_max);
      return;
    }
    oldest->ending = Ending::unknown;
    ++taken_for_unknown_;
    ++unseen_answers_;
    look();
  }
}

std::string QueueTrack::words(const Act& act) const {
  const std::string name =
      fmt::format("process {}'s {}", act.process.value, act.call.function.view());
  if (act.call.function == function::enqueue)
    return fmt::format("{} of {}", name, to_text(act.call.argument));
  return act.ending == Ending::answered ? fmt::format("{} → {}", name, to_text(act.call.result))
                                        : name + " without an answer";
}

Holdings QueueTrack::holdings() const {
  Holdings held{.acts = acts_.size() + (recent_ ? recent_->events.size() : 0)};
  for (const Act& act : acts_) held.unseen += act.ending == Ending::unknown ? 1 : 0;
  held.bytes = (acts_.capacity() + (recent_ ? recent_->events.capacity() : 0)) * sizeof(Act) +
               enqueued_.bucket_count() * sizeof(Value);
  return held;
}

}  // namespace eris::checkers::online
