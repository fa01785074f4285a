// Takers: which element each removal of unknown outcome may have taken.
//
// Why: a stack or priority queue from which an unknown pop took an element looks as if that element
// were still there. Which one it took is a choice; two simple ones settle nearly every history.
// With a good guess (each element that had to be gone by some moment goes to the first removal that
// began before), an order that is found is an order. When any number may have been taken from the
// first such removal on, an order that is not found is not there. In between a search is needed.
// Thread rule: pure functions.
#pragma once

#include <vector>

#include "checkers/linearizability/sweeps/elements.hpp"

namespace eris::checkers::linearizability {

/// By life: when an element that nobody is known to have taken must have been gone, or `never`.
using Deadlines = std::vector<model::EventIndex>;

/// Gives elements to removals of unknown outcome, the most urgent element first.
[[nodiscard]] std::vector<Life> with_takers(const View& view, const Elements& elements,
                                            const Deadlines& deadlines);

/// Lets any number of elements be taken from the first removal of unknown outcome on.
[[nodiscard]] std::vector<Life> with_any_takers(const View& view, const Elements& elements);

/// Smallest value at or above a place, where values are added at places.
class SuffixMinimum {
 public:
  explicit SuffixMinimum(std::vector<model::EventIndex> places);
  void add(model::EventIndex place, model::EventIndex value);
  /// Of those added at places above this one; `never` for none.
  [[nodiscard]] model::EventIndex above(model::EventIndex place) const;

 private:
  std::vector<model::EventIndex> places_;
  std::vector<model::EventIndex> tree_;  // Fenwick, from the end
};

}  // namespace eris::checkers::linearizability
