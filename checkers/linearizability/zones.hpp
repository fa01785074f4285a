// Zones: linearizability of a register whose written values are all different, in O(n log n).
//
// Why it works: with unique values everybody who saw a value belongs to the operation that
// installed it, its cluster. Between the first response F and the last invocation S of a cluster
// its value is current for certain; a history is linearizable exactly when no two clusters need to
// be current at the same time (Gibbons and Korach 1997, section 4). A compare-and-set joins the
// clusters of its two values into a block that nothing may come between, and the same holds for
// blocks: an order A before B is forced when F(A) < S(B), every cycle of forced orders contains one
// of length two, so looking at pairs is enough.
// Thread rule: pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checkers/linearizability/problem.hpp"

namespace eris::checkers::linearizability {

enum class ZoneAnswer : std::uint8_t {
  linearizable,
  violated,
  undecided,  ///< values are not unique, or a failed comparison needs a search
};

struct ZoneResult {
  ZoneAnswer answer = ZoneAnswer::undecided;
  /// For a violation: entries that prove it by themselves, ascending. Few, but not always fewest.
  std::vector<std::uint32_t> core;
};

[[nodiscard]] ZoneResult check_zones(const Problem& problem);

/// An order that proves the problem linearizable; nothing where zones do not find it so.
///
/// Why there is one to be written down without a search: order the blocks by the earlier of F and
/// S, those with S before F first where that is the same. If A has to come before B, F(A) < S(B),
/// then A comes first: were it not so, B would have to come before A as well, or both begin alike
/// and A has S before F. Inside a block the chain is the order, inside a cluster the installer
/// comes first and then each by its start, which the conditions on them allow. At last the failed
/// comparisons go where another value is current.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> order_by_zones(const Problem& problem);

}  // namespace eris::checkers::linearizability
