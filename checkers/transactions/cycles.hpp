// Cycles: which circular dependencies a graph holds, the shortest of each class.
//
// Classes (Adya 1999, section 4.4, and Elle's refinements): G0, only writes; G1c, writes and reads
// of what was written; G-single, exactly one anti-dependency (rw); G-nonadjacent, several, no two
// in a row; G2-item, any. With the suffix -process or -realtime where the order of a process or of
// real time is part of the circle. Whether a class of models is broken is decided by strongly
// connected components, in linear time; the search for short cycles after that has a bound on its
// work, so that it never runs away.
// Thread rule: pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "checkers/checker.hpp"
#include "checkers/transactions/anomaly.hpp"

namespace eris::checkers::transactions {

/// Transactions that wrote the same key in an order which nobody saw. They ascend.
struct Unordered {
  KeyId key = 0;
  std::vector<TransactionId> writers;
};

/// Whose order counts beside what transactions read and wrote.
enum class Scope : std::uint8_t { plain, process, realtime };
/// "", "-process", "-realtime".
[[nodiscard]] std::string_view suffix_of(Scope scope);

struct CycleSearch {
  const Transactions& transactions;
  const CheckContext& context;
  std::vector<Unordered> unordered{};
  /// Where the edges themselves were concluded from such an order: every cycle is of this scope.
  std::optional<Scope> only{};
  /// Edges were concluded that hold only where G-single is forbidden: no cycle proves more than
  /// that.
  bool at_least_single = false;
};

/// Adds the cycles to the analysis, and says which models stay undecided. Throws OutOfBudget, with
/// what was found until then added.
void find_cycles(const Graph& graph, const CycleSearch& search, Analysis& analysis);

}  // namespace eris::checkers::transactions
