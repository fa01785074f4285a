// Orders: linearizations written down, for certificates.
//
// Why apart from the search: whoever only wants a verdict should not pay for remembering the way to
// it. So the way is looked for again, breadth first, when a certificate is asked for.
// Thread rule: pure functions, apart from the budget.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checkers/linearizability/budget.hpp"
#include "checkers/linearizability/problem.hpp"

namespace eris::checkers::linearizability {

/// Entries in an order that explains every answer; optional ones only where they are of use.
using Order = std::vector<std::uint32_t>;

/// Nothing where the budget ran out, or there is no such order.
[[nodiscard]] std::optional<Order> order_by_search(const Problem& problem, Budget& budget);

/// Puts the failed comparisons, which change nothing, into an order of all others. For plain
/// problems. Nothing where one finds no place.
[[nodiscard]] std::optional<Order> with_comparisons(const Problem& problem, const Order& order);

}  // namespace eris::checkers::linearizability
