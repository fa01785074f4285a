#include "checkers/linearizability/sweeps/growth.hpp"

#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/value_table.hpp"
#include "harness/base/time.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::Operation;
using model::Value;

using Found = std::optional<SweepResult>;

constexpr std::uint32_t unseen = 0xffffffff;

class Growth {
 public:
  Growth(const View& view, const GrowingKind& kind)
      : view_(view), kind_(kind), table_(view.size()) {}

  SweepResult run(Order* order) {
    if (!sort_out()) return undecided();
    if (Found found = find_impossible()) return *std::move(found);
    if (Found found = find_strange()) return *std::move(found);
    if (Found found = find_incompatible()) return *std::move(found);
    place();
    if (const auto inversion = find_inversion(view_, placed_)) return tell(*inversion);
    if (order != nullptr) *order = order_of_levels(view_, std::move(placed_));
    return fits();
  }

 private:
  /// As the reads show them: a list in its order, a set sorted by value.
  using Elements = std::vector<ValueId>;
  struct Addition {
    Index entry = no_entry;
    std::uint32_t level = unseen;
  };
  /// All reads that showed the same.
  struct Group {
    Elements elements;
    std::vector<Index> reads;
  };

  /// False where this is not for us: an element added twice, or a call of another kind.
  bool sort_out() {
    for (Index i = 0; i < view_.size(); ++i) {
      view_.allowance.step();
      const Entry& entry = view_.entry(i);
      if (entry.kind == ShapeKind::impossible) {
        impossible_.push_back(i);
      } else if (entry.kind == ShapeKind::read) {
        reads_.push_back(i);
      } else {
        const Call& call = view_.call(i);
        // That it was new says nothing where nobody else adds it.
        const bool plain = call.result.is_nil() || call.result == Value(true);
        if (call.function != kind_.adds || !plain) return false;
        Addition& addition = addition_of(table_.id(call.argument, values_));
        if (addition.entry != no_entry) return false;
        addition.entry = i;
      }
    }
    return true;
  }

  Addition& addition_of(ValueId element) {
    if (additions_.size() <= element) additions_.resize(values_.size() + values_.size() / 2);
    return additions_[element];
  }

  [[nodiscard]] std::string name(ValueId element) const { return to_text(values_[element]); }

  [[nodiscard]] SweepResult told(Story story) const {
    return story
        .because(fmt::format("Elements are only {} to this {}, each by one operation at most, and "
                             "none ever leaves it.",
                             kind_.added, kind_.noun),
                 fmt::format("No order of these operations explains that, whatever else was {}.",
                             kind_.added))
        .told();
  }

  // ---- reads that are wrong by themselves

  /// No list at all, or a set with an element twice.
  [[nodiscard]] Found find_impossible() const {
    if (impossible_.empty()) return std::nullopt;
    const Value& result = view_.operation(impossible_.front()).result;
    std::string why = fmt::format("but what is there is a {}", kind_.noun);
    if (result.is_list()) {
      Value::List list = copy_of(result.list());
      std::ranges::sort(list);
      why = fmt::format("where {} stands twice", to_text(*std::ranges::adjacent_find(list)));
    }
    Story story(view_, result.is_list() ? "duplicate element" : "phantom element",
                fmt::format("{}, {}", view_.did(impossible_.front()), why));
    story.with(impossible_.front());
    return told(std::move(story));
  }

  /// An element that nobody added, or twice in a list, or added only after the read.
  [[nodiscard]] Found find_strange() {
    for (const Index read : reads_) {
      Elements elements;
      const Value& seen = view_.problem.values[view_.entry(read).first];
      elements.reserve(seen.list().size());
      for (const Value& element : seen.list()) {
        view_.allowance.step();
        const ValueId id = table_.id(element, values_);
        const Index addition = addition_of(id).entry;
        if (addition == no_entry) return tell_phantom(read, id);
        if (view_.end(read) < view_.begin(addition)) return tell_early(read, id, addition);
        if (seen_in_.size() <= id) seen_in_.resize(values_.size() + values_.size() / 2, no_entry);
        if (std::exchange(seen_in_[id], read) == read) return tell_doubled(read, id, addition);
        elements.push_back(id);
      }
      group_reads(read, std::move(elements));
    }
    return std::nullopt;
  }

  void group_reads(Index read, Elements elements) {
    // Equal reads are the same value of the problem.
    const ValueId value = view_.entry(read).first;
    if (group_of_.size() <= value) group_of_.resize(view_.problem.values.size(), unseen);
    if (group_of_[value] == unseen) {
      group_of_[value] = static_cast<std::uint32_t>(groups_.size());
      groups_.push_back({std::move(elements), {}});
    }
    groups_[group_of_[value]].reads.push_back(read);
  }

  [[nodiscard]] SweepResult tell_phantom(Index read, ValueId element) const {
    const Operation* failed = view_.failed(kind_.adds, values_[element]);
    std::string why =
        failed == nullptr
            ? fmt::format("but no operation ever {} {}", kind_.added, name(element))
            : fmt::format("although process {}'s {} of it had failed at {}{}",
                          failed->process.value, kind_.adds.view(),
                          base::to_rounded_text(failed->completed_at), view_.error_of(*failed));
    Story story(view_, failed == nullptr ? "phantom element" : "element of a failed operation",
                fmt::format("{}, with {} in it, {}", view_.did(read), name(element), why));
    story.with(read, fmt::format("with {} in it", name(element)));
    return told(std::move(story));
  }

  [[nodiscard]] SweepResult tell_early(Index read, ValueId element, Index addition) const {
    Story story(view_, "phantom element",
                fmt::format("{}, with {} in it, but {} began to {} it only {} later",
                            view_.did(read), name(element), view_.who(addition), kind_.adds.view(),
                            view_.gap(read, addition)));
    story.with(read, fmt::format("with {} in it", name(element))).with(addition);
    return told(std::move(story));
  }

  [[nodiscard]] SweepResult tell_doubled(Index read, ValueId element, Index addition) const {
    Story story(view_, "duplicate element",
                fmt::format("{}, where {} stands twice although it was {} once, by {}",
                            view_.did(read), name(element), kind_.added, view_.who(addition)));
    story.with(read, fmt::format("with {} there twice", name(element))).with(addition);
    return told(std::move(story));
  }

  // ---- reads that contradict each other

  [[nodiscard]] Found find_incompatible() {
    std::ranges::stable_sort(groups_, {}, [](const Group& group) { return group.elements.size(); });
    return kind_.ordered ? find_reordered() : find_crossing();
  }

  [[nodiscard]] Found find_reordered() const {
    for (std::size_t i = 1; i < groups_.size(); ++i) {
      const Elements& few = groups_[i - 1].elements;
      const auto [here, there] = std::ranges::mismatch(few, groups_[i].elements);
      if (here != few.end()) return tell_reordered(groups_[i - 1], groups_[i], here - few.begin());
    }
    return std::nullopt;
  }

  /// As long as each group holds all of the one before it, what was shown so far is what that one
  /// shows: so it is enough to count.
  [[nodiscard]] Found find_crossing() const {
    std::vector<bool> shown(values_.size(), false);
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      std::size_t again = 0;
      for (const ValueId element : groups_[i].elements) {
        view_.allowance.step();
        if (shown[element]) ++again;
        shown[element] = true;
      }
      if (i > 0 && again < groups_[i - 1].elements.size())
        return tell_incompatible(groups_[i - 1], groups_[i]);
    }
    return std::nullopt;
  }

  [[nodiscard]] SweepResult tell_reordered(const Group& few, const Group& many,
                                           std::ptrdiff_t place) const {
    const auto [first, second] = std::minmax(few.reads.front(), many.reads.front());
    const auto at = [&](Index read) {
      const Group& group = read == few.reads.front() ? few : many;
      return name(group.elements[static_cast<std::size_t>(place)]);
    };
    const auto remark = [&](Index read) {
      return fmt::format("with {} in place {}", at(read), place + 1);
    };
    Story story(view_, "incompatible order",
                fmt::format("{}, {} of the list, where {} had read {} at {}", view_.did(second),
                            remark(second), view_.who(first), at(first),
                            base::to_rounded_text(view_.operation(first).completed_at)));
    story.with(first, remark(first)).with(second, remark(second));
    return told(std::move(story));
  }

  [[nodiscard]] SweepResult tell_incompatible(const Group& few, const Group& many) const {
    Elements fewer = few.elements, more = many.elements, only_few, only_many;
    std::ranges::sort(fewer);
    std::ranges::sort(more);
    std::ranges::set_difference(fewer, more, std::back_inserter(only_few));
    std::ranges::set_difference(more, fewer, std::back_inserter(only_many));
    const auto remark = [&](ValueId with, ValueId without) {
      return fmt::format("with {} but without {}", name(with), name(without));
    };
    const Index a = few.reads.front(), b = many.reads.front();
    Story story(
        view_, "incompatible order",
        fmt::format("{}, {}, and {}, {}", view_.did(a), remark(only_few.front(), only_many.front()),
                    view_.did(b), remark(only_many.front(), only_few.front())));
    story.with(a, remark(only_few.front(), only_many.front()))
        .with(b, remark(only_many.front(), only_few.front()));
    return told(std::move(story));
  }

  // ---- levels

  /// Elements of a list have a level each, those of a set one for all that appear together.
  void place() {
    std::uint32_t level = 0;
    for (const Group& group : groups_) {
      for (const ValueId element : group.elements) {
        view_.allowance.step();
        Addition& addition = additions_[element];
        if (addition.level != unseen) continue;
        addition.level = level;
        placed_.push_back({level, addition.entry});
        if (kind_.ordered) ++level;
      }
      ++level;
      for (const Index read : group.reads) placed_.push_back({level, read});
      ++level;
    }
    for (ValueId element = 0; element < values_.size(); ++element) {
      const Addition& addition = additions_[element];
      if (addition.entry == no_entry || addition.level != unseen) continue;
      if (!view_.entry(addition.entry).optional()) placed_.push_back({level, addition.entry});
    }
  }

  [[nodiscard]] bool reads(Index entry) const { return view_.entry(entry).kind == ShapeKind::read; }
  [[nodiscard]] std::string element_of(Index addition) const {
    return to_text(view_.call(addition).argument);
  }

  [[nodiscard]] SweepResult tell(const Inversion& inversion) const {
    const Index stale = inversion.earlier.entry, newer = inversion.later.entry;
    if (reads(stale) && reads(newer)) return tell_vanished(newer, stale);
    if (reads(stale)) return tell_missed(newer, stale);
    // An addition cannot be later than a read that shows it: find_strange would have seen that.
    return tell_misplaced(newer, stale);
  }

  /// A read shows less than one that was over before it began.
  [[nodiscard]] SweepResult tell_vanished(Index newer, Index stale) const {
    const std::string element = name(first_missing(newer, stale));
    Story story(
        view_, "element vanished",
        fmt::format("{}, without {}, although {} had already seen {} in it, {} before that "
                    "read began",
                    view_.did(stale), element, view_.who(newer), element, view_.gap(newer, stale)));
    story.with(newer, "with " + element).with(stale, "without " + element);
    return told(std::move(story));
  }

  [[nodiscard]] const Elements& elements_of(Index read) const {
    for (const Group& group : groups_)
      if (view_.entry(group.reads.front()).first == view_.entry(read).first) return group.elements;
    return groups_.front().elements;
  }

  [[nodiscard]] ValueId first_missing(Index newer, Index stale) const {
    const Elements& more = elements_of(newer);
    const Elements& less = elements_of(stale);
    return *std::ranges::mismatch(more, less).in1;
  }

  /// A read does not show what was acknowledged before it began.
  [[nodiscard]] SweepResult tell_missed(Index addition, Index stale) const {
    const std::string element = element_of(addition);
    const bool lost = is_lost(addition);
    Story story(
        view_, lost ? "element lost" : "stale read",
        fmt::format("{}, without {}, although {}'s {} of {} had been acknowledged {} "
                    "before that read began{}",
                    view_.did(stale), element, view_.who(addition), kind_.adds.view(), element,
                    view_.gap(addition, stale), lost ? ", and nobody ever saw it" : ""));
    story.with(addition).with(stale, "without " + element);
    return told(std::move(story));
  }

  /// Nobody ever saw it, though several looked.
  [[nodiscard]] bool is_lost(Index addition) const {
    std::vector<base::ProcessId> readers;
    for (const Index read : reads_) {
      const auto seen = view_.problem.values[view_.entry(read).first].list();
      if (std::ranges::find(seen, view_.call(addition).argument) != seen.end()) return false;
      if (view_.end(addition) < view_.begin(read)) readers.push_back(view_.operation(read).process);
    }
    std::ranges::sort(readers);
    return std::ranges::unique(readers).begin() - readers.begin() > 1;
  }

  /// A read shows one without the other, or before it, though they were added the other way round.
  [[nodiscard]] SweepResult tell_misplaced(Index first, Index second) const {
    const std::string one = element_of(first), other = element_of(second);
    Index witness = no_entry;
    std::string remark;
    for (const Group& group : groups_) {
      const auto has = [&](Index addition) {
        return std::ranges::any_of(
            group.elements, [&](ValueId element) { return additions_[element].entry == addition; });
      };
      if (!has(second)) continue;
      witness = group.reads.front();
      remark = has(first) ? fmt::format("with {} before {}", other, one)
                          : fmt::format("with {} but without {}", other, one);
      break;
    }
    Story story(view_, "reordered writes",
                fmt::format("{}, {}, although {}'s {} of {} had been acknowledged {} before that "
                            "of {} began",
                            view_.did(witness), remark, view_.who(first), kind_.adds.view(), one,
                            view_.gap(first, second), other));
    story.with(first).with(second).with(witness, remark);
    return told(std::move(story));
  }

  const View& view_;
  const GrowingKind& kind_;
  ValueTable table_;
  std::vector<Value> values_;
  std::vector<Addition> additions_;  ///< by ValueId
  std::vector<Index> reads_;
  std::vector<Index> impossible_;
  std::vector<Index> seen_in_;  ///< the last read that showed an element, by ValueId
  std::vector<std::uint32_t> group_of_;
  std::vector<Group> groups_;
  std::vector<Placed> placed_;
};

}  // namespace

SweepResult sweep_growing(const View& view, const GrowingKind& kind, Order* order) {
  return Growth(view, kind).run(order);
}

}  // namespace eris::checkers::linearizability
