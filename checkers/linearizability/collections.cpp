#include "checkers/linearizability/collections.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

using Found = std::optional<CollectionAnomaly>;

std::string process(const Operation& operation) {
  return fmt::format("process {}", operation.process.value);
}

/// A long list by its ends: people look for what is missing, not through hundreds of elements.
std::string shortened(const Value& value) {
  constexpr std::size_t shown_max = 8;
  if (!value.is_list() || value.list().size() <= shown_max) return to_text(value);
  const Value::List& list = value.list();
  return fmt::format("[{} {} … {} {} {}], {} values", to_text(list[0]), to_text(list[1]),
                     to_text(list[list.size() - 3]), to_text(list[list.size() - 2]),
                     to_text(list.back()), list.size());
}

std::string deed(const Operation& operation) {
  const std::string at = base::to_rounded_text(operation.completed_at);
  if (operation.function == function::read)
    return fmt::format("{} read {} at {}", process(operation), shortened(operation.result), at);
  return fmt::format("{} did {} {}, giving {} at {}", process(operation), operation.function.view(),
                     to_text(operation.argument), to_text(operation.result), at);
}

std::string acknowledged(const Operation& earlier, const Operation& later) {
  return fmt::format("{}'s {} of {} had been acknowledged {} before that {} began",
                     process(earlier), earlier.function.view(), to_text(earlier.argument),
                     base::to_rounded_text(later.invoked_at - earlier.completed_at),
                     later.function.view());
}

bool precedes(const Operation& earlier, const Operation& later) {
  return earlier.completed < later.invoked;
}

/// The operations of a key, and those of the witness that saw something there.
struct Scene {
  std::vector<const Operation*> all;
  std::vector<const Operation*> seers;  ///< by completion
};

Scene scene_of(const History& history, const Problem& problem, const Witness& witness) {
  Scene scene;
  for (const Entry& entry : problem.entries)
    scene.all.push_back(&history.operations[entry.operation]);
  for (const Pick& pick : witness.picks) {
    const Operation& operation = history.operations[problem.entries[pick.entry].operation];
    if (!pick.optional && operation.status == Status::ok) scene.seers.push_back(&operation);
  }
  std::ranges::sort(scene.seers, {}, &Operation::completed);
  return scene;
}

bool only(const Scene& scene, const model::Function& change) {
  return std::ranges::all_of(scene.all, [&](const Operation* operation) {
    return operation->function == function::read || operation->function == change;
  });
}

// ---- lists

const Value::List& elements(const Operation& read) {
  static const Value::List none;
  return read.result.is_list() ? read.result.list() : none;
}

bool holds(const Operation& read, const Value& element) {
  return std::ranges::find(elements(read), element) != elements(read).end();
}

class ListScene {
 public:
  explicit ListScene(const Scene& scene) {
    for (const Operation* operation : scene.all)
      (operation->function == function::read ? all_reads_ : appends_).push_back(operation);
    for (const Operation* operation : scene.seers)
      if (operation->function == function::read) reads_.push_back(operation);
  }

  [[nodiscard]] Found anomaly() const {
    for (const auto rule : {&ListScene::surplus, &ListScene::missing, &ListScene::misplaced})
      for (const Operation* read : reads_)
        if (Found found = (this->*rule)(*read)) return found;
    return disagreement();
  }

 private:
  /// An element is there more often than it had been appended by then.
  [[nodiscard]] Found surplus(const Operation& read) const {
    for (const Value& element : elements(read)) {
      const auto there = std::ranges::count(elements(read), element);
      const auto begun = std::ranges::count_if(appends_, [&](const Operation* append) {
        return append->argument == element && append->invoked < read.completed;
      });
      if (there <= begun) continue;
      if (begun == 0)
        return CollectionAnomaly{
            "read of a value never written",
            fmt::format("{}, but nobody had begun to append {}", deed(read), to_text(element))};
      return CollectionAnomaly{
          "applied twice", fmt::format("{}, where {} stands {} times although it was appended {}",
                                       deed(read), to_text(element), there,
                                       begun == 1 ? "once" : base::count_of(begun, "time"))};
    }
    return std::nullopt;
  }

  /// An append was acknowledged before the read began, and is not there.
  [[nodiscard]] Found missing(const Operation& read) const {
    for (const Operation* append : appends_) {
      if (!precedes(*append, read) || holds(read, append->argument)) continue;
      const bool seen = std::ranges::any_of(
          all_reads_, [&](const Operation* other) { return holds(*other, append->argument); });
      std::string sentence =
          fmt::format("{}, although {}", deed(read), acknowledged(*append, read));
      if (seen) return CollectionAnomaly{"stale read", std::move(sentence)};
      sentence += ", and nobody ever saw it";
      return CollectionAnomaly{"lost write", std::move(sentence)};
    }
    return std::nullopt;
  }

  /// Two elements stand in another order than their appends were made in.
  [[nodiscard]] Found misplaced(const Operation& read) const {
    for (const Operation* first : appends_)
      for (const Operation* second : appends_) {
        if (!precedes(*first, *second)) continue;
        const Value::List& list = elements(read);
        const auto earlier = std::ranges::find(list, second->argument);
        if (earlier == list.end() || std::find(earlier, list.end(), first->argument) == list.end())
          continue;
        return CollectionAnomaly{
            "reordered writes", fmt::format("{}, where {} stands before {} although {}", deed(read),
                                            to_text(second->argument), to_text(first->argument),
                                            acknowledged(*first, *second))};
      }
    return std::nullopt;
  }

  /// Of two reads of one list, the shorter is the beginning of the longer.
  [[nodiscard]] Found disagreement() const {
    for (std::size_t i = 0; i < reads_.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const Value::List& one = elements(*reads_[i]);
        const Value::List& other = elements(*reads_[j]);
        const auto [here, there] = std::ranges::mismatch(one, other);
        if (here == one.end() || there == other.end()) continue;
        return CollectionAnomaly{"split history (two lists that differ within)",
                                 fmt::format("{}, where {} had read {} at place {} and not {}",
                                             deed(*reads_[i]), process(*reads_[j]), to_text(*there),
                                             here - one.begin() + 1, to_text(*here))};
      }
    return std::nullopt;
  }

  std::vector<const Operation*> appends_;
  std::vector<const Operation*> all_reads_;
  std::vector<const Operation*> reads_;  ///< of the witness
};

// ---- counters

bool counts_up(const Operation& operation) {
  return operation.function != function::increment ||
         (operation.argument.is_integer() && operation.argument.integer() > 0);
}

/// The count that an operation showed, where it showed one.
std::optional<std::int64_t> count_shown(const Operation& operation) {
  if (operation.result.is_integer()) return operation.result.integer();
  if (operation.function == function::read && operation.result.is_nil()) return 0;
  return std::nullopt;
}

template <typename Predicate>
std::int64_t sum_where(const Scene& scene, Predicate counts) {
  std::int64_t sum = 0;
  for (const Operation* operation : scene.all)
    if (operation->function == function::increment && counts(*operation))
      sum += operation->argument.integer();
  return sum;
}

Found count_too_high(const Scene& scene, const Operation& seer) {
  const std::int64_t begun =
      sum_where(scene, [&](const Operation& other) { return other.invoked < seer.completed; });
  if (*count_shown(seer) <= begun) return std::nullopt;
  return CollectionAnomaly{
      "applied twice",
      fmt::format("{}, although all increments begun by then come to {}", deed(seer), begun)};
}

Found count_too_low(const Scene& scene, const Operation& seer) {
  const std::int64_t due = sum_where(
      scene, [&](const Operation& other) { return &other == &seer || precedes(other, seer); });
  if (*count_shown(seer) >= due) return std::nullopt;
  const bool reads = seer.function == function::read;
  return CollectionAnomaly{
      reads ? "stale read" : "lost write",
      fmt::format("{}, although the increments acknowledged before that {} began come to {}{}",
                  deed(seer), seer.function.view(), due, reads ? "" : " with its own")};
}

/// Each increment by a positive amount leaves a count that was never there before.
Found same_count_twice(const Scene& scene) {
  for (const Operation* one : scene.seers)
    for (const Operation* other : scene.all) {
      if (one == other || one->function != function::increment || other->function != one->function)
        continue;
      if (!one->result.is_integer() || one->result != other->result) continue;
      return CollectionAnomaly{"split history (two increments gave the same count)",
                               fmt::format("{}, and so did {} at {}", deed(*one), process(*other),
                                           base::to_rounded_text(other->completed_at))};
    }
  return std::nullopt;
}

Found counter_anomaly(const Scene& scene) {
  for (const auto rule : {&count_too_high, &count_too_low})
    for (const Operation* seer : scene.seers)
      if (count_shown(*seer))
        if (Found found = rule(scene, *seer)) return found;
  return same_count_twice(scene);
}

}  // namespace

Found collection_anomaly(const History& history, const Problem& problem, const Witness& witness) {
  if (problem.plain() || !problem.values[initial_value].is_nil()) return std::nullopt;
  const Scene scene = scene_of(history, problem, witness);
  if (only(scene, function::append)) return ListScene(scene).anomaly();
  const bool counter =
      only(scene, function::increment) &&
      std::ranges::all_of(scene.all, [](const Operation* each) { return counts_up(*each); });
  return counter ? counter_anomaly(scene) : std::nullopt;
}

}  // namespace eris::checkers::linearizability
