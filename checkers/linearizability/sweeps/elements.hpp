// Elements: who put what into a queue, stack or priority queue, and who took it out.
//
// Why: where all elements are different, each is put once and taken once, so that its life is known
// but for the moments. And what is left of a history when all calls about some elements are left
// out is a history of the same object: so whatever a few elements cannot have done proves something
// about the whole.
// Thread rule: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "checkers/linearizability/sweeps/story.hpp"

namespace eris::checkers::linearizability {

/// One element. `never` stands for "at any later time, or not at all".
struct Life {
  model::EventIndex put_begin = 0;
  model::EventIndex put_end = model::never;
  model::EventIndex take_begin = model::never;
  model::EventIndex take_end = model::never;
  Index put = no_entry;
  Index take = no_entry;  ///< none: nobody is known to have taken it

  [[nodiscard]] bool taken() const { return take != no_entry; }
  /// It was certainly there in between (put_end, take_begin).
  [[nodiscard]] bool stays() const { return put_end < take_begin; }
};

struct Elements {
  /// Ascending by put_begin. Those that no one may ever have put, and no one took, are not here.
  std::vector<Life> lives;
  std::vector<Index> unknown_takes;  ///< of unknown outcome, ascending by invocation
  std::vector<Index> empties;        ///< takes that found nothing, ascending by invocation

  /// How many takes of unknown outcome had begun by then.
  [[nodiscard]] std::size_t takers_by(const View& view, model::EventIndex moment) const;
};

/// What the object calls these things.
struct Container {
  std::string_view noun;      ///< "queue"
  model::Function put, take;  ///< enqueue, dequeue
  std::string_view been_put;  ///< "enqueued"
  std::string_view been_taken;
};

struct Collected {
  Elements elements;
  /// Set where that is the end of it: an element was put twice (undecided), or taken twice, or
  /// without having been put.
  std::optional<SweepResult> result;
};

[[nodiscard]] Collected collect(const View& view, const Container& container);

/// A time in which an element was certainly there; open at both ends.
struct Stay {
  model::EventIndex from = 0;
  model::EventIndex to = 0;
  std::uint32_t id = 0;
};

/// The fewest stays that leave no moment from `from` to `to`, both included, free; empty where
/// there are none.
[[nodiscard]] std::vector<Stay> cover(std::vector<Stay> stays, model::EventIndex from,
                                      model::EventIndex to);

/// Joins stays that overlap: ascending, and between any two there is a moment.
[[nodiscard]] std::vector<Stay> join(std::vector<Stay> stays);

/// True where these joined stays leave no moment from `from` to `to` free.
[[nodiscard]] bool covers(const std::vector<Stay>& joined, model::EventIndex from,
                          model::EventIndex to);

/// The argument that all proofs about elements share.
void add_reason(Story& story, const Container& container);

}  // namespace eris::checkers::linearizability
