// Paths: the shortest circle through a transaction that begins with a given edge, under a rule that
// says which edges may follow which.
//
// Breadth first over states (node, bit); auxiliary nodes cost nothing, so the length of a circle is
// its number of transactions.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checkers/transactions/graph.hpp"

namespace eris::checkers::transactions {

/// Which edges may follow which.
enum class Rule : std::uint8_t {
  any,          ///< every edge
  no_rw,        ///< after the first edge none is rw
  nonadjacent,  ///< no rw after rw
  adjacent,     ///< every edge; the circle closes with rw
  causal,       ///< rw, then ww on its key, then only wr and process
};

class PathFinder {
 public:
  /// `work_max`: how many arcs may be looked at in all.
  PathFinder(const Graph& graph, std::uint64_t work_max) : graph_(graph), work_left_(work_max) {
    seen_.assign(2 * graph.nodes(), 0);
    from_.resize(2 * graph.nodes());
    arc_.resize(2 * graph.nodes());
  }

  /// The shortest circle `start` → arc → … → `start` of at most `length_max` transactions, by edges
  /// of these kinds. Its edges lead between transactions only, each once, numbered as in the graph.
  [[nodiscard]] std::optional<std::vector<Edge>> circle(NodeId start, const Arc& arc,
                                                        EdgeKinds kinds, Rule rule,
                                                        std::size_t length_max);
  /// Work ran out, so that what was not found may still be there.
  [[nodiscard]] bool cut() const { return cut_; }
  void allow(std::uint64_t work) {
    work_left_ = work;
    cut_ = false;
  }

 private:
  using State = std::uint32_t;
  [[nodiscard]] std::optional<std::uint32_t> bit_after(NodeId node, std::uint32_t bit,
                                                       const Arc& arc, EdgeKinds kinds) const;
  /// True when the goal was reached; then goal_ holds the state before it, and last_ the last arc.
  bool expand(State state);
  [[nodiscard]] std::vector<Edge> read_back() const;

  const Graph& graph_;
  std::uint64_t work_left_;
  bool cut_ = false;
  std::uint32_t stamp_ = 0;
  std::vector<std::uint32_t> seen_;  ///< by state: the stamp of the search that reached it
  std::vector<State> from_;
  std::vector<Arc> arc_;
  std::vector<State> near_, far_;  ///< at this distance, and one transaction further
  NodeId start_ = 0;
  Arc first_;
  EdgeKinds kinds_ = 0;
  Rule rule_ = Rule::any;
  State goal_ = 0;
  Arc last_;
};

/// The shortest circle of all, by edges of any kind, or nothing where there is none. After some
/// work it is the shortest that was found. Throws OutOfBudget.
[[nodiscard]] std::optional<std::vector<Edge>> shortest_circle(const Graph& graph,
                                                               Allowance& allowance);

}  // namespace eris::checkers::transactions
