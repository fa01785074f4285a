// History relaxations: histories that claim a little less than a given one, and so stay proofs.
//
// Why these and no others: if the relaxed history has no linearization, the whole had none (see
// checkers/linearizability/witness.hpp for why). An operation that changed nothing may be left out;
// one with an effect may only be taken for one whose answer is unknown; an unanswered write or
// compare-and-set may be left out when no answer depends on its value and no comparison failed: in
// an order of the whole it may be struck with every unanswered one that replaced its value. Leaving
// out an acknowledged write would prove nothing: somebody may have read it. Keys do not know of each other, so those
// that the finding is not about go at once (locality; Herlihy and Wing 1990).
// Of containers (sets, queues, stacks, priority queues) an element may go with all that was done to
// it: an order of the whole is one of the rest when these operations are struck from it, since the
// others keep their places, and "it is empty" stays true with less in it. The checker lossless
// speaks of elements one by one anyway. Thread rule: pure functions.
#pragma once

#include <vector>

#include "harness/model/history.hpp"
#include "harness/model/value.hpp"

namespace eris::shrink {

/// Only the operations of the key.
[[nodiscard]] model::History only_key(const model::History& history, std::uint32_t key);

/// Where operations [begin, end) of the history could be relaxed, all of them at once; the same
/// history where none could.
struct Relaxed {
  model::History history;
  std::size_t relaxed = 0;  ///< how many operations were left out or lost their answer
};
[[nodiscard]] Relaxed relax(const model::History& history, std::size_t begin, std::size_t end);

/// What was put into containers, each value once, in the order of the first try.
[[nodiscard]] std::vector<model::Value> elements_of(const model::History& history);

/// Without these elements: nobody put them in or took them out, and no read shows them.
[[nodiscard]] model::History without_elements(const model::History& history,
                                              const std::vector<model::Value>& elements);

}  // namespace eris::shrink
