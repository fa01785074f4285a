// Search: linearizability of any sequential object, by a portfolio of passes over one Script.
//
// Passes are tried until one is sure: depth first (a yes is a proof, and so is a no when everything
// was tried); breadth first with unlimited optional operations (a no is a proof); beams (a yes is a
// proof); breadth first without limits. Memory depends on how many operations are open at once,
// not on how many there are.
// Thread rule: pure function of its arguments, apart from the budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "checkers/linearizability/budget.hpp"
#include "checkers/linearizability/problem.hpp"

namespace eris::checkers::linearizability {

enum class SearchAnswer : std::uint8_t { linearizable, violated, unknown };

struct SearchResult {
  SearchAnswer answer = SearchAnswer::unknown;
  std::string_view pass;  ///< which one decided, or gave up last
  Stop stop = Stop::no;   ///< for unknown: what ran out
  std::uint64_t nodes = 0;

  /// The entry at whose response no linearization was left (violated), or where the proof of the
  /// prefix ends (unknown). Not set when linearizable.
  std::uint32_t blocked_entry = 0;
  std::size_t proven_operations = 0;  ///< completed ones whose prefix is linearizable
  std::vector<std::uint32_t> open;    ///< entries open there that must be linearized
  std::size_t unknown_outcomes = 0;   ///< optional entries that might be used there
};

/// At most this many operations with known outcomes may be open at once on one key.
inline constexpr unsigned open_operations_max = 1024;

[[nodiscard]] SearchResult search(const Problem& problem, Budget& budget);

/// One pass alone, for tests and measurements: the portfolio seldom gets to the later ones.
/// `beam` limits the depth-first pass as well; unlimited_beam leaves nothing out.
enum class Pass : std::uint8_t { depth_first, unlimited, beam, exact };
inline constexpr std::size_t unlimited_beam = std::numeric_limits<std::size_t>::max();
[[nodiscard]] SearchResult search_by(const Problem& problem, Pass pass, std::size_t beam,
                                     Budget& budget);

}  // namespace eris::checkers::linearizability
