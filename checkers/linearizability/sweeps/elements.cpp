#include "checkers/linearizability/sweeps/elements.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/value_table.hpp"
#include "harness/base/time.hpp"

namespace eris::checkers::linearizability {

using model::EventIndex;
using model::Operation;
using model::Value;

namespace {

class Collector {
 public:
  Collector(const View& view, const Container& container)
      : view_(view), container_(container), table_(view.size()) {}

  Collected run() {
    if (!sort_out() || !match()) return std::move(collected_);
    // Nobody noticed it, and nobody need have.
    std::erase_if(collected_.elements.lives,
                  [](const Life& life) { return !life.taken() && life.put_end == model::never; });
    return std::move(collected_);
  }

 private:
  struct Take {
    Index entry = 0;
    ValueId element = 0;
  };

  /// False where an element was put twice.
  bool sort_out() {
    Elements& elements = collected_.elements;
    for (Index i = 0; i < view_.size(); ++i) {
      view_.allowance.step();
      const Entry& entry = view_.entry(i);
      if (entry.kind == ShapeKind::read) {
        elements.empties.push_back(i);
        continue;
      }
      const Call& call = view_.call(i);
      if (call.function == container_.put) {
        std::uint32_t& life = life_of(table_.id(call.argument, values_));
        if (life != no_entry) return give_up();
        life = static_cast<std::uint32_t>(elements.lives.size());
        elements.lives.push_back(
            {.put_begin = entry.invoked, .put_end = entry.completed, .put = i});
      } else if (entry.optional()) {
        elements.unknown_takes.push_back(i);
      } else {
        takes_.push_back({i, table_.id(call.result, values_)});
      }
    }
    return true;
  }

  bool give_up() {
    collected_.result = undecided();
    return false;
  }

  std::uint32_t& life_of(ValueId element) {
    if (life_of_.size() <= element) life_of_.resize(values_.size() + values_.size() / 2, no_entry);
    return life_of_[element];
  }

  /// False where a take does not fit any element.
  bool match() {
    for (const Take& take : takes_) {
      view_.allowance.step();
      const std::uint32_t index = life_of(take.element);
      if (index == no_entry) return never_put(take);
      Life& life = collected_.elements.lives[index];
      if (view_.end(take.entry) < life.put_begin) return put_later(take, life);
      if (life.taken()) return taken_twice(take, life);
      life.take = take.entry;
      life.take_begin = view_.begin(take.entry);
      life.take_end = view_.end(take.entry);
    }
    return true;
  }

  bool refuse(Story story) {
    add_reason(story, container_);
    collected_.result = story.told();
    return false;
  }

  bool never_put(const Take& take) {
    const std::string element = to_text(values_[take.element]);
    const Operation* failed = view_.failed(container_.put, values_[take.element]);
    const std::string why =
        failed == nullptr
            ? fmt::format("but no operation ever {} {}", container_.been_put, element)
            : fmt::format("although process {}'s {} of it had failed at {}{}",
                          failed->process.value, container_.put.view(),
                          base::to_rounded_text(failed->completed_at), view_.error_of(*failed));
    return refuse(
        Story(view_,
              failed == nullptr
                  ? fmt::format("{} but never {}", container_.been_taken, container_.been_put)
                  : fmt::format("{} although the {} had failed", container_.been_taken,
                                container_.put.view()),
              fmt::format("{}, {}", view_.did(take.entry), why))
            .with(take.entry));
  }

  bool put_later(const Take& take, const Life& life) {
    return refuse(
        Story(view_, fmt::format("{} before it was {}", container_.been_taken, container_.been_put),
              fmt::format("{}, but {} began to {} it only {} later", view_.did(take.entry),
                          view_.who(life.put), container_.put.view(),
                          view_.gap(take.entry, life.put)))
            .with(take.entry)
            .with(life.put));
  }

  bool taken_twice(const Take& take, const Life& life) {
    const bool swapped = view_.end(life.take) > view_.end(take.entry);
    const Index first = swapped ? take.entry : life.take;
    const Index second = swapped ? life.take : take.entry;
    return refuse(
        Story(view_, fmt::format("{} twice", container_.been_taken),
              fmt::format("{}, although {}, and it was {} only once, by {}", view_.did(second),
                          view_.did(first), container_.been_put, view_.who(life.put)))
            .with(life.put)
            .with(first)
            .with(second));
  }

  const View& view_;
  const Container& container_;
  ValueTable table_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> life_of_;  ///< by ValueId
  std::vector<Take> takes_;
  Collected collected_;
};

}  // namespace

std::size_t Elements::takers_by(const View& view, EventIndex moment) const {
  const auto after =
      std::ranges::upper_bound(unknown_takes, moment, {}, [&](Index i) { return view.begin(i); });
  return static_cast<std::size_t>(after - unknown_takes.begin());
}

Collected collect(const View& view, const Container& container) {
  return Collector(view, container).run();
}

std::vector<Stay> cover(std::vector<Stay> stays, EventIndex from, EventIndex to) {
  std::ranges::sort(stays, {}, &Stay::from);
  std::vector<Stay> chosen;
  std::size_t next = 0;
  // `free` is the first moment not covered yet.
  for (EventIndex free = from; free <= to; free = chosen.back().to) {
    std::optional<Stay> longest;
    for (; next < stays.size() && stays[next].from < free; ++next)
      if (!longest || stays[next].to > longest->to) longest = stays[next];
    if (!longest || longest->to <= free) return {};
    chosen.push_back(*longest);
    if (longest->to == model::never) break;
  }
  return chosen;
}

std::vector<Stay> join(std::vector<Stay> stays) {
  std::ranges::sort(stays, {}, &Stay::from);
  std::vector<Stay> joined;
  for (const Stay& stay : stays) {
    if (!joined.empty() && stay.from < joined.back().to)
      joined.back().to = std::max(joined.back().to, stay.to);
    else
      joined.push_back(stay);
  }
  return joined;
}

bool covers(const std::vector<Stay>& joined, EventIndex from, EventIndex to) {
  const auto after =
      std::ranges::partition_point(joined, [&](const Stay& stay) { return stay.from < from; });
  return after != joined.begin() && to < std::prev(after)->to;
}

void add_reason(Story& story, const Container& container) {
  story.because(
      fmt::format("All elements of this {} are different, so each was {} once and may be {} once; "
                  "what happened to other elements does not matter to these.",
                  container.noun, container.been_put, container.been_taken),
      fmt::format("No order of these operations is that of a {}, whatever else was {} or {}.",
                  container.noun, container.been_put, container.been_taken));
}

}  // namespace eris::checkers::linearizability
