// Sets, element by element, in O(n log n).
//
// Why it works: elements do not know of each other, so each is looked at by itself. Additions and
// removals that tell that they changed something take turns. Whenever an answer needs the element
// to come or go, the open operation that can do so and has the earliest answer may as well be the
// one: exchanging it with another in any order gives one that is as good. An addition or removal
// that does not tell whether it changed anything is for the search, as are reads of all elements.
#include <algorithm>
#include <array>
#include <queue>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/sweeps/story.hpp"
#include "checkers/linearizability/value_table.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;
using model::Value;
namespace function = model::function;

/// What an operation has to do with one element.
struct Touch {
  EventIndex begin = 0;
  EventIndex end = model::never;
  Index entry = 0;
  bool there = false;  ///< toggle: leaves it there; else: saw it there
  bool toggles = false;
  bool done = false;
};

/// Each at a moment of its own time, and where that is the same, one behind the other.
struct PlacedAt {
  EventIndex moment = 0;
  Index entry = 0;
};

/// One element's operations, event by event.
class Element {
 public:
  /// Ascending by begin.
  explicit Element(std::vector<Touch>& touches) : touches_(touches) {
    for (std::uint32_t i = 0; i < touches.size(); ++i)
      if (touches[i].end != model::never) by_end_.push_back(i);
    std::ranges::sort(by_end_, {}, [&](std::uint32_t i) { return touches[i].end; });
  }

  /// The touch that nothing explains, if any. `placed` gets the others in their order.
  const Touch* run(std::vector<PlacedAt>* placed) {
    placed_ = placed;
    std::uint32_t next = 0;
    for (const std::uint32_t ending : by_end_) {
      for (; next < touches_.size() && touches_[next].begin <= touches_[ending].end; ++next)
        begin(next);
      now_ = touches_[ending].end;
      if (!end(touches_[ending])) return &touches_[ending];
    }
    return nullptr;
  }

 private:
  struct Later {
    const std::vector<Touch>* touches = nullptr;
    bool operator()(std::uint32_t a, std::uint32_t b) const {
      return (*touches)[a].end > (*touches)[b].end;
    }
  };
  using Open = std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, Later>;

  void begin(std::uint32_t index) {
    Touch& touch = touches_[index];
    if (touch.toggles)
      open_[touch.there].push(index);
    else if (touch.there == there_)
      do_at(touch.begin, touch);
    else
      waiting_[touch.there].push_back(index);
  }

  void do_at(EventIndex moment, Touch& touch) {
    touch.done = true;
    if (placed_ != nullptr) placed_->push_back({moment, touch.entry});
  }

  bool end(Touch& touch) {
    if (touch.done) return true;
    if (!touch.toggles) return flip();
    if (touch.there == there_ && !flip()) return false;
    while (!touch.done)
      if (!flip()) return false;
    return true;
  }

  bool flip() {
    Open& open = open_[!there_];
    if (open.empty()) return false;
    do_at(now_, touches_[open.top()]);
    open.pop();
    there_ = !there_;
    for (const std::uint32_t i : waiting_[there_]) do_at(now_, touches_[i]);
    waiting_[there_].clear();
    return true;
  }

  std::vector<Touch>& touches_;
  std::vector<std::uint32_t> by_end_;
  std::vector<PlacedAt>* placed_ = nullptr;
  EventIndex now_ = 0;
  bool there_ = false;
  std::array<Open, 2> open_{Open(Later{&touches_}),
                            Open(Later{&touches_})};  ///< toggles, by `there`
  std::array<std::vector<std::uint32_t>, 2> waiting_;
};

class Sets {
 public:
  Sets(const View& view, const CheckContext& context)
      : view_(view), context_(context), table_(view.size()) {}

  SweepResult run(Order* order) {
    if (!sort_out()) return undecided();
    std::vector<PlacedAt> placed;
    std::vector<Touch> touches;
    std::size_t begin = 0;
    while (begin < order_.size()) {
      touches.clear();
      std::size_t end = begin;
      for (; end < order_.size() && element_of_[order_[end]] == element_of_[order_[begin]]; ++end) {
        view_.allowance.step();
        touches.push_back(touch(order_[end]));
      }
      const Touch* failed = Element(touches).run(order == nullptr ? nullptr : &placed);
      if (failed != nullptr) return tell(begin, end, *failed);
      begin = end;
    }
    std::ranges::stable_sort(placed, {}, &PlacedAt::moment);
    for (const PlacedAt& each : placed) order->push_back(each.entry);
    return fits();
  }

 private:
  /// False where some operation is not about one element, or does not tell what it changed.
  bool sort_out() {
    element_of_.reserve(view_.size());
    for (Index i = 0; i < view_.size(); ++i) {
      view_.allowance.step();
      const Entry& entry = view_.entry(i);
      if (entry.kind != ShapeKind::observe && entry.kind != ShapeKind::effect) return false;
      const Call& call = view_.call(i);
      if (call.answer == Answer::known && !call.result.is_boolean()) return false;
      element_of_.push_back(table_.id(call.argument, values_));
    }
    // Counting sort: by element, then by begin.
    std::vector<std::uint32_t> place(values_.size() + 1, 0);
    for (const ValueId element : element_of_) ++place[element + 1];
    for (std::size_t i = 1; i < place.size(); ++i) place[i] += place[i - 1];
    order_.resize(view_.size());
    for (Index i = 0; i < view_.size(); ++i) order_[place[element_of_[i]]++] = i;
    return true;
  }

  [[nodiscard]] Touch touch(Index i) const {
    const Call& call = view_.call(i);
    Touch touch{.begin = view_.begin(i), .end = view_.end(i), .entry = i};
    const bool adds = call.function == function::add;
    if (call.function == function::contains)
      touch.there = call.result.boolean();
    else
      touch.there = adds;
    touch.toggles = call.function != function::contains &&
                    (call.answer == Answer::unknown || call.result.boolean());
    return touch;
  }

  /// The operations of one element are a problem of their own, which the search proves violated
  /// with few of them.
  [[nodiscard]] SweepResult tell(std::size_t begin, std::size_t end, const Touch& failed) {
    Problem part{.object = &view_.problem.object->part_object()};
    std::vector<Index> original;
    ValueTable table(2);
    table.id(part.object->initial(), part.values);
    std::uint32_t blocked = 0;
    for (std::size_t k = begin; k < end; ++k) {
      Entry entry = view_.entry(order_[k]);
      if (entry.invoked > failed.end) continue;
      const Shape shape = part.object->shape(view_.call(order_[k]));
      entry.kind = shape.kind;
      entry.first = table.id(shape.first, part.values);
      // What stood there was a call of the whole set.
      entry.second = shape.kind == ShapeKind::swap ? table.id(shape.second, part.values) : 0;
      if (order_[k] == failed.entry) blocked = static_cast<std::uint32_t>(part.entries.size());
      part.entries.push_back(entry);
      original.push_back(order_[k]);
    }
    Witness witness = witness_from_search(part, blocked, context_);
    for (Pick& pick : witness.picks) pick.entry = original[pick.entry];
    return tell(failed, std::move(witness));
  }

  [[nodiscard]] SweepResult tell(const Touch& failed, Witness witness) {
    Index last = witness.picks.back().entry;
    for (const Pick& pick : witness.picks)
      if (!pick.optional && view_.end(pick.entry) > view_.end(last)) last = pick.entry;
    if (view_.end(last) == model::never) last = failed.entry;
    const Call& call = view_.call(last);
    // What it saw, whatever it left.
    const bool present = call.function == function::contains ? call.result.boolean()
                         : call.function == function::add    ? !call.result.boolean()
                                                             : call.result.boolean();
    Contradiction made;
    made.anomaly = anomaly(last, present);
    made.sentence = fmt::format("{}, {}", view_.did(last), reason(last, present, witness));
    made.premise =
        "Elements of a set do not know of each other, so what was done to this one is a history by "
        "itself.";
    made.conclusion =
        "No order of these operations explains that, whatever happened to other elements.";
    made.remarks.resize(witness.picks.size());
    made.witness = std::move(witness);
    return {SweepAnswer::violated, std::move(made)};
  }

  /// Operations of this element that began before `last` had its answer, and may have added it.
  [[nodiscard]] std::size_t count(Index last, model::Function name) const {
    std::size_t count = 0;
    for (Index i = 0; i < view_.size() && view_.begin(i) <= view_.end(last); ++i)
      if (element_of_[i] == element_of_[last] && i != last && view_.call(i).function == name)
        ++count;
    return count;
  }

  [[nodiscard]] std::string anomaly(Index last, bool present) const {
    if (present) return count(last, function::add) == 0 ? "phantom element" : "element came back";
    return count(last, function::discard) == 0 && !seen_since(last) ? "element lost"
                                                                    : "element vanished";
  }

  /// Somebody saw it there after that.
  [[nodiscard]] bool seen_since(Index last) const {
    for (Index i = last + 1; i < view_.size(); ++i) {
      if (element_of_[i] != element_of_[last] || view_.entry(i).optional()) continue;
      const Call& call = view_.call(i);
      if (call.function == function::add ? !call.result.boolean() : call.result.boolean())
        return true;
    }
    return false;
  }

  [[nodiscard]] std::string reason(Index last, bool present, const Witness& witness) const {
    const std::string element = to_text(values_[element_of_[last]]);
    if (present && count(last, function::add) == 0)
      return fmt::format("but nobody had begun to add {} by then", element);
    // The last that was certainly over before, and showed or left it the other way.
    for (auto pick = witness.picks.rbegin(); pick != witness.picks.rend(); ++pick) {
      if (pick->optional || !(view_.end(pick->entry) < view_.begin(last))) continue;
      const bool left = touch(pick->entry).there;
      if (left == present) continue;
      return fmt::format("although {}, {} before that {} began, and nothing in between explains it",
                         view_.deed(pick->entry), view_.gap(pick->entry, last),
                         view_.operation(last).function.view());
    }
    return fmt::format("but no order of the operations on {} explains it", element);
  }

  const View& view_;
  const CheckContext& context_;
  ValueTable table_;
  std::vector<Value> values_;
  std::vector<ValueId> element_of_;  ///< by entry
  std::vector<Index> order_;         ///< entries by element, then by begin
};

}  // namespace

SweepResult sweep_set_elements(const model::History& history, const Problem& problem,
                               const CheckContext& context, Order* order) {
  Allowance allowance(context);
  const View view{history, problem, allowance};
  return Sets(view, context).run(order);
}

}  // namespace eris::checkers::linearizability
