// Nesting: whether lives can be nested as those of the elements of a stack.
//
// Why: while stays overlap, the stack is never empty, so some element was at the bottom all along:
// pushed before the first of the stays began, and popped after the last one ended. Without it the
// rest is the history of the stack above, which is looked at in the same way. Which element is
// taken for the bottom does not matter where several can be (Gibbons and Korach 1997; Bouajjani et
// al. 2015). Thread rule: pure functions.
#pragma once

#include <span>
#include <vector>

#include "checkers/linearizability/sweeps/elements.hpp"

namespace eris::checkers::linearizability {

/// Nobody is known to have popped this element, but it must have been gone by then.
struct Due {
  std::uint32_t life = 0;
  model::EventIndex deadline = 0;
};

/// An element at the bottom of a part of the stack's time: pushed when the part begins, popped when
/// it ends, or never where it has no end. What is above it are parts within that.
struct Nest {
  std::uint32_t life = 0;
  model::EventIndex begin = 0;
  model::EventIndex end = model::never;
};

/// Nothing where they can be nested: else indices of lives that cannot by themselves.
/// `lives` ascend by put_begin. With `learned`, elements that nobody is known to have popped and
/// that stand in the way are told there and left out; nothing is proven then unless none are told.
/// `nests` gets what lies where, the outer before the inner.
/// O(n log n) for a bounded number of pushes open at once.
[[nodiscard]] std::vector<std::uint32_t> find_misnested(std::span<const Life> lives,
                                                        Allowance& allowance,
                                                        std::vector<Due>* learned = nullptr,
                                                        std::vector<Nest>* nests = nullptr);

}  // namespace eris::checkers::linearizability
