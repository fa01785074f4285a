#include "checkers/transactions/graph.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>

#include "harness/base/assert.hpp"

namespace eris::checkers::transactions {

Graph::Graph(std::size_t transactions, std::size_t nodes, std::span<const Edge> edges)
    : transactions_(transactions), first_(nodes + 1), arcs_(edges.size()) {
  for (const Edge& edge : edges) ++first_[edge.from + 1];
  for (std::size_t node = 0; node < nodes; ++node) first_[node + 1] += first_[node];
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (const Edge& edge : edges) arcs_[next[edge.from]++] = Arc(edge.to, edge.key, edge.kind);
}

namespace {

/// Whom every reader waits for: writers before a place, or after it, as a chain of nodes.
class Fan {
 public:
  Fan(GraphBuilder& builder, std::span<const TransactionId> writers, KeyId key) {
    for (std::size_t i = 0; i < writers.size(); ++i) {
      before_.push_back(builder.add_auxiliary());
      after_.push_back(builder.add_auxiliary());
    }
    for (std::size_t i = 0; i < writers.size(); ++i) {
      builder.add(before_[i], writers[i], EdgeKind::rw, key);
      builder.add(after_[i], writers[i], EdgeKind::rw, key);
      if (i > 0) builder.add(before_[i], before_[i - 1], EdgeKind::rw, key);
      if (i > 0) builder.add(after_[i - 1], after_[i], EdgeKind::rw, key);
    }
  }
  [[nodiscard]] NodeId up_to(std::size_t writer) const { return before_[writer]; }
  [[nodiscard]] NodeId from(std::size_t writer) const { return after_[writer]; }

 private:
  std::vector<NodeId> before_;
  std::vector<NodeId> after_;
};

}  // namespace

void GraphBuilder::add_fan(std::span<const TransactionId> readers,
                           std::span<const TransactionId> writers, KeyId key) {
  if (readers.empty() || writers.empty()) return;
  if (readers.size() * writers.size() <= 4 * (readers.size() + writers.size())) {
    for (const TransactionId reader : readers)
      for (const TransactionId writer : writers) add(reader, writer, EdgeKind::rw, key);
    return;
  }
  const Fan fan(*this, writers, key);
  for (const TransactionId reader : readers) {
    const auto place = std::lower_bound(writers.begin(), writers.end(), reader) - writers.begin();
    const auto before = static_cast<std::size_t>(place);
    const bool itself = before < writers.size() && writers[before] == reader;
    const std::size_t after = before + (itself ? 1 : 0);
    if (before > 0) add(reader, fan.up_to(before - 1), EdgeKind::rw, key);
    if (after < writers.size()) add(reader, fan.from(after), EdgeKind::rw, key);
  }
}

void GraphBuilder::add_orders(const Transactions& transactions,
                              std::span<const TransactionId> present) {
  boost::unordered_flat_map<std::uint64_t, TransactionId> last_of_process;
  std::vector<TransactionId> answered;
  for (const TransactionId id : present) {
    const std::uint64_t process = transactions.operation_of(id).process.value;
    const auto [last, first_time] = last_of_process.try_emplace(process, id);
    if (!first_time) add(last->second, id, EdgeKind::process);
    last->second = id;
    if (transactions.all[id].completed != model::never) answered.push_back(id);
  }
  std::sort(answered.begin(), answered.end(), [&](TransactionId a, TransactionId b) {
    return transactions.all[a].completed < transactions.all[b].completed;
  });
  // One moment after each answer; whoever begins later comes after the last moment before that.
  std::size_t passed = 0;
  NodeId moment = none;
  for (const TransactionId id : present) {
    while (passed < answered.size() &&
           transactions.all[answered[passed]].completed < transactions.all[id].invoked) {
      const NodeId next = add_auxiliary();
      if (moment != none) add(moment, next, EdgeKind::realtime);
      add(answered[passed], next, EdgeKind::realtime);
      moment = next;
      ++passed;
    }
    if (moment != none) add(moment, id, EdgeKind::realtime);
  }
}

Graph GraphBuilder::build(Allowance& allowance) {
  allowance.ask();
  allowance.hold(Graph::bytes(nodes_, edges_.size()));
  Graph graph(transactions_, nodes_, edges_);
  edges_.clear();
  edges_.shrink_to_fit();
  return graph;
}

void Ordering::run(Allowance& allowance) {
  allowance.ask();
  allowance.hold(2 * graph_.nodes() * sizeof(std::uint32_t));
  std::vector<std::uint32_t> waits(graph_.nodes(), 0);
  for (NodeId node = 0; node < graph_.nodes(); ++node) {
    allowance.step();
    for (const Arc& arc : graph_.out(node)) ++waits[arc.to()];
  }
  waits_ = std::move(waits);
  placed_.reserve(graph_.nodes());
  for (NodeId node = 0; node < graph_.nodes(); ++node)
    if (waits_[node] == 0) placed_.push_back(node);
  // In the order of their becoming free, so that nobody waits for long.
  for (std::size_t next = 0; next < placed_.size(); ++next) {
    allowance.step();
    for (const Arc& arc : graph_.out(placed_[next]))
      if (--waits_[arc.to()] == 0) placed_.push_back(arc.to());
  }
}

namespace {

/// Tarjan's algorithm with its own stack. `next(node, place)` gives the successor at a place and
/// moves the place on, or `none` when there are no more.
template <typename Next>
Components tarjan(std::size_t nodes, Allowance& allowance, Next&& next) {
  struct Frame {
    NodeId node;
    std::uint32_t place;
  };
  allowance.ask();
  allowance.hold(nodes * (3 * sizeof(std::uint32_t) + sizeof(NodeId) + sizeof(Frame)));
  Components result;
  result.of.assign(nodes, none);
  std::vector<std::uint32_t> low(nodes, none);
  std::vector<NodeId> stack;
  std::vector<Frame> frames;
  std::uint32_t clock = 0, count = 0;
  const auto enter = [&](NodeId node) {
    // `low` doubles as the mark of having been seen; the index itself is not needed afterwards.
    low[node] = clock++;
    stack.push_back(node);
    frames.push_back({node, 0});
  };
  std::vector<std::uint32_t> index(nodes);
  for (NodeId root = 0; root < nodes; ++root) {
    if (low[root] != none) continue;
    index[root] = clock;
    enter(root);
    while (!frames.empty()) {
      allowance.step();
      const NodeId node = frames.back().node;
      const NodeId to = next(node, frames.back().place);
      if (to != none) {
        if (low[to] == none) {
          index[to] = clock;
          enter(to);
        } else if (result.of[to] == none) {
          low[node] = std::min(low[node], index[to]);
        }
        continue;
      }
      frames.pop_back();
      if (!frames.empty()) low[frames.back().node] = std::min(low[frames.back().node], low[node]);
      if (low[node] != index[node]) continue;
      std::vector<NodeId> members;
      const bool single = stack.back() == node;
      while (true) {
        const NodeId member = stack.back();
        stack.pop_back();
        result.of[member] = count;
        if (!single) members.push_back(member);
        if (member == node) break;
      }
      ++count;
      if (single) continue;
      std::sort(members.begin(), members.end());
      result.large.push_back(std::move(members));
    }
  }
  return result;
}

}  // namespace

Components components(const Graph& graph, EdgeKinds kinds, Allowance& allowance) {
  return tarjan(graph.nodes(), allowance, [&](NodeId node, std::uint32_t& place) -> NodeId {
    const auto arcs = graph.out(node);
    while (place < arcs.size()) {
      const Arc& arc = arcs[place++];
      if (arc.is(kinds)) return arc.to();
    }
    return none;
  });
}

Components product_components(const Graph& graph, EdgeKinds kinds, Allowance& allowance) {
  return tarjan(2 * graph.nodes(), allowance, [&](NodeId state, std::uint32_t& place) -> NodeId {
    const NodeId node = state / 2;
    const bool by_rw = state % 2 == 1;
    const auto arcs = graph.out(node);
    while (place < arcs.size()) {
      const Arc& arc = arcs[place++];
      if (!arc.is(kinds)) continue;
      const bool rw = arc.kind() == EdgeKind::rw;
      if (graph.auxiliary(node)) return 2 * arc.to() + (rw ? 1 : 0);
      if (rw && by_rw) continue;
      return 2 * arc.to() + (rw ? 1 : 0);
    }
    return none;
  });
}

Part extract(const Graph& graph, const std::vector<NodeId>& nodes, EdgeKinds kinds) {
  ERIS_ASSERT(std::is_sorted(nodes.begin(), nodes.end()), "transactions come before helpers");
  boost::unordered_flat_map<NodeId, NodeId> ids;
  ids.reserve(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) ids.emplace(nodes[i], static_cast<NodeId>(i));
  const auto transactions = static_cast<std::size_t>(
      std::lower_bound(nodes.begin(), nodes.end(), graph.transactions()) - nodes.begin());
  std::vector<Edge> edges;
  for (const NodeId node : nodes)
    for (const Arc& arc : graph.out(node)) {
      if (!arc.is(kinds)) continue;
      const auto to = ids.find(arc.to());
      if (to != ids.end()) edges.push_back({ids[node], to->second, arc.key(), arc.kind()});
    }
  return {Graph(transactions, nodes.size(), edges), nodes};
}

}  // namespace eris::checkers::transactions
