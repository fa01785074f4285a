#include "checkers/transactions/paths.hpp"

#include <algorithm>

namespace eris::checkers::transactions {

namespace {

/// Arcs looked at for the shortest circle of a graph.
constexpr std::uint64_t work_of_the_shortest = 20'000'000;

/// Cuts a circle short that meets a transaction twice: the inner circle keeps to the same rule.
std::vector<Edge> simple(std::vector<Edge> circle) {
  for (std::size_t end = 0; end < circle.size(); ++end)
    for (std::size_t begin = 0; begin <= end; ++begin)
      if (circle[begin].from == circle[end].to && (begin > 0 || end + 1 < circle.size()))
        return {circle.begin() + static_cast<std::ptrdiff_t>(begin),
                circle.begin() + static_cast<std::ptrdiff_t>(end) + 1};
  return circle;
}

}  // namespace

std::optional<std::uint32_t> PathFinder::bit_after(NodeId node, std::uint32_t bit, const Arc& arc,
                                                   EdgeKinds kinds) const {
  if (!arc.is(kinds)) return std::nullopt;
  const bool rw = arc.kind() == EdgeKind::rw;
  const bool begun = graph_.auxiliary(node);  // the edge was allowed where it began
  switch (rule_) {
    case Rule::any:
      return 0;
    case Rule::no_rw:
      if (rw && !begun) return std::nullopt;
      return 0;
    case Rule::nonadjacent:
      if (rw && bit == 1 && !begun) return std::nullopt;
      return rw ? 1 : 0;
    case Rule::adjacent:
      return rw ? 1 : 0;
    case Rule::causal:
      if (begun) return bit;
      if (arc.kind() == EdgeKind::wr || arc.kind() == EdgeKind::process) return 1;
      if (bit == 0 && arc.kind() == EdgeKind::ww && arc.key() == first_.key()) return 0;
      return std::nullopt;
  }
  return std::nullopt;
}

bool PathFinder::expand(State state) {
  const NodeId node = state / 2;
  const std::uint32_t goal_bit = rule_ == Rule::adjacent || rule_ == Rule::causal ? 1 : 0;
  const auto arcs = graph_.out(node);
  work_left_ -= std::min<std::uint64_t>(work_left_, arcs.size());
  for (const Arc& arc : arcs) {
    const auto bit = bit_after(node, state & 1, arc, kinds_);
    if (!bit) continue;
    if (arc.to() == start_) {
      if (*bit != goal_bit) continue;
      goal_ = state;
      last_ = arc;
      return true;
    }
    const State next = 2 * arc.to() + *bit;
    if (seen_[next] == stamp_) continue;
    seen_[next] = stamp_;
    from_[next] = state;
    arc_[next] = arc;
    (graph_.auxiliary(arc.to()) ? near_ : far_).push_back(next);
  }
  return false;
}

std::optional<std::vector<Edge>> PathFinder::circle(NodeId start, const Arc& arc, EdgeKinds kinds,
                                                    Rule rule, std::size_t length_max) {
  start_ = start;
  first_ = arc;
  kinds_ = kinds;
  rule_ = rule;
  ++stamp_;
  near_.clear();
  far_.clear();
  const bool rw = arc.kind() == EdgeKind::rw;
  const bool marked = rw && (rule == Rule::nonadjacent || rule == Rule::adjacent);
  const State first = 2 * arc.to() + (marked ? 1 : 0);
  seen_[first] = stamp_;
  from_[first] = none;
  arc_[first] = arc;
  near_.push_back(first);
  // A transaction at distance d closes a circle of d + 1.
  std::size_t length = graph_.auxiliary(arc.to()) ? 1 : 2;
  while (!near_.empty() && length <= length_max) {
    for (std::size_t i = 0; i < near_.size(); ++i) {
      if (work_left_ == 0) {
        cut_ = true;
        return std::nullopt;
      }
      if (expand(near_[i])) return simple(read_back());
    }
    std::swap(near_, far_);
    far_.clear();
    ++length;
  }
  return std::nullopt;
}

std::vector<Edge> PathFinder::read_back() const {
  std::vector<Edge> edges;
  NodeId to = start_;
  Arc arc = last_;
  State state = goal_;
  const auto take = [&](NodeId from) {
    // Through auxiliary nodes an edge is read from its end; its label is the same all the way.
    if (!graph_.auxiliary(to)) edges.push_back({from, to, arc.key(), arc.kind()});
    if (graph_.auxiliary(to)) edges.back().from = from;
    to = from;
  };
  while (true) {
    take(state / 2);
    if (from_[state] == none) {
      arc = arc_[state];
      take(start_);
      break;
    }
    arc = arc_[state];
    state = from_[state];
  }
  std::reverse(edges.begin(), edges.end());
  return edges;
}

std::optional<std::vector<Edge>> shortest_circle(const Graph& graph, Allowance& allowance) {
  const Components all = components(graph, all_edges, allowance);
  if (all.acyclic()) return std::nullopt;
  // Enough for one circle at least: the first that is looked for is there.
  PathFinder paths(graph, work_of_the_shortest + 2 * graph.arcs());
  std::optional<std::vector<Edge>> best;
  for (const auto& component : all.large)
    for (const NodeId node : component)
      for (const Arc& arc : graph.out(node)) {
        allowance.step();
        if (graph.auxiliary(node) || all.of[node] != all.of[arc.to()]) continue;
        const std::size_t length = best ? best->size() - 1 : graph.nodes();
        if (length < 2 || paths.cut()) return best;
        if (auto found = paths.circle(node, arc, all_edges, Rule::any, length)) best = found;
      }
  return best;
}

}  // namespace eris::checkers::transactions
