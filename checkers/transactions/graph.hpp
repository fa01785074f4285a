// Graph: which transaction must come before which, and why.
//
// Why compressed rows: a million transactions have ten million edges; an arc here is 8 bytes, and a
// pass over all of them is a walk through memory.
// Nodes below transactions() are transactions; those above are auxiliary: moments between answers
// (so that real time takes one edge a transaction instead of one a pair), and fans (so that "each
// of these before each of those" takes a sum of edges instead of a product).
// Invariant: an arc into an auxiliary node and the arcs out of it have the same kind, and mean one
// edge between transactions together.
// Thread rule: constant once built.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/allowance.hpp"
#include "checkers/transactions/transaction.hpp"

namespace eris::checkers::transactions {

using NodeId = std::uint32_t;

/// Adya (1999), section 4.4; process and realtime as in Elle (Kingsbury and Alvaro 2020).
enum class EdgeKind : std::uint8_t {
  ww = 1,         ///< the next version of what the other wrote
  wr = 2,         ///< read what the other wrote
  rw = 4,         ///< read the version that the other replaced
  process = 8,    ///< the same process, one after the other
  realtime = 16,  ///< answered before the other was asked for
};
using EdgeKinds = std::uint8_t;  ///< a set of them
[[nodiscard]] constexpr EdgeKinds only(EdgeKind kind) {
  return static_cast<EdgeKinds>(kind);
}
inline constexpr EdgeKinds data_edges = 7;
inline constexpr EdgeKinds all_edges = 31;

struct Edge {
  NodeId from = 0;
  NodeId to = 0;
  KeyId key = 0;  ///< for ww, wr, rw
  EdgeKind kind = EdgeKind::ww;
  bool operator==(const Edge&) const = default;
};

/// An edge, seen from where it begins.
class Arc {
 public:
  Arc() = default;
  Arc(NodeId to, KeyId key, EdgeKind kind) : to_(to), label_(key << 5 | only(kind)) {}
  [[nodiscard]] NodeId to() const { return to_; }
  [[nodiscard]] KeyId key() const { return label_ >> 5; }
  [[nodiscard]] EdgeKind kind() const { return static_cast<EdgeKind>(label_ & all_edges); }
  [[nodiscard]] bool is(EdgeKinds kinds) const { return (label_ & kinds) != 0; }

 private:
  NodeId to_ = 0;
  std::uint32_t label_ = 0;
};
inline constexpr KeyId keys_max = 1u << 27;

class Graph {
 public:
  Graph(std::size_t transactions, std::size_t nodes, std::span<const Edge> edges);

  [[nodiscard]] std::size_t nodes() const { return first_.size() - 1; }
  [[nodiscard]] std::size_t transactions() const { return transactions_; }
  [[nodiscard]] bool auxiliary(NodeId node) const { return node >= transactions_; }
  [[nodiscard]] std::span<const Arc> out(NodeId node) const {
    return std::span(arcs_).subspan(first_[node], first_[node + 1] - first_[node]);
  }
  [[nodiscard]] std::size_t arcs() const { return arcs_.size(); }
  /// What a graph of so many nodes and edges takes while it is made of them.
  [[nodiscard]] static std::uint64_t bytes(std::size_t nodes, std::size_t edges) {
    return 2 * nodes * sizeof(std::uint32_t) + edges * (sizeof(Edge) + sizeof(Arc));
  }

 private:
  std::size_t transactions_;
  std::vector<std::uint32_t> first_;
  std::vector<Arc> arcs_;
};

/// Collects edges, and makes auxiliary nodes.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::size_t transactions)
      : transactions_(transactions), nodes_(static_cast<NodeId>(transactions)) {}

  void reserve(std::size_t edges) { edges_.reserve(edges); }
  void add(NodeId from, NodeId to, EdgeKind kind, KeyId key = 0) {
    if (from != to) edges_.push_back({from, to, key, kind});
  }
  [[nodiscard]] NodeId add_auxiliary() { return nodes_++; }

  /// Each of `readers` before each of `writers` but itself, by rw edges. Both ascend.
  void add_fan(std::span<const TransactionId> readers, std::span<const TransactionId> writers,
               KeyId key);
  /// Session order and real time between these, which ascend by invocation. A transaction that
  /// never completed precedes nobody.
  void add_orders(const Transactions& transactions, std::span<const TransactionId> present);

  [[nodiscard]] const std::vector<Edge>& edges() const { return edges_; }
  /// The builder is empty afterwards. Throws OutOfBudget.
  [[nodiscard]] Graph build(Allowance& allowance);

 private:
  std::size_t transactions_;
  NodeId nodes_;
  std::vector<Edge> edges_;
};

/// Puts the nodes in an order in which every edge leads forward, as far as there is one (Kahn
/// 1962). Where the budget runs out, what was put in order by then stays so. O(n + m).
/// Invariant: whatever leads to a node in order is in order, too.
class Ordering {
 public:
  explicit Ordering(const Graph& graph) : graph_(graph) {}

  /// Throws OutOfBudget.
  void run(Allowance& allowance);
  /// Every node is in order: no edges run in a circle.
  [[nodiscard]] bool complete() const { return placed_.size() == graph_.nodes(); }
  [[nodiscard]] bool has(NodeId node) const { return !waits_.empty() && waits_[node] == 0; }

 private:
  const Graph& graph_;
  std::vector<std::uint32_t> waits_;  ///< by node: how many before it are not in order
  std::vector<NodeId> placed_;
};

/// Strongly connected components.
struct Components {
  std::vector<std::uint32_t> of;           ///< by node; every node is in one
  std::vector<std::vector<NodeId>> large;  ///< those of two nodes and more, each ascending

  [[nodiscard]] bool acyclic() const { return large.empty(); }
};

/// By edges of these kinds (Tarjan 1972, without recursion). O(n + m). Throws OutOfBudget.
[[nodiscard]] Components components(const Graph& graph, EdgeKinds kinds, Allowance& allowance);

/// The graph whose cycles are those in which no two rw edges follow one another (Cerone and Gotsman
/// 2018, theorem 4.1): node 2u is u reached by another edge, node 2u + 1 is u reached by rw.
[[nodiscard]] Components product_components(const Graph& graph, EdgeKinds kinds,
                                            Allowance& allowance);

/// The nodes of one component with the edges of these kinds between them, numbered anew.
struct Part {
  Graph graph;
  std::vector<NodeId> original;  ///< by node of the part
};
[[nodiscard]] Part extract(const Graph& graph, const std::vector<NodeId>& nodes, EdgeKinds kinds);

}  // namespace eris::checkers::transactions
