#include "checkers/transactions/cycles.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <string>

#include <fmt/format.h>

#include "checkers/transactions/paths.hpp"

namespace eris::checkers::transactions {

namespace {

/// Arcs looked at for each class of cycle in each part of the graph.
constexpr std::uint64_t work_of_a_class = 20'000'000;

struct ScopeEdges {
  EdgeKinds kinds;
  std::string_view suffix;
};
/// By Scope.
constexpr std::array<ScopeEdges, 3> scopes{
    {{data_edges, ""},
     {data_edges | only(EdgeKind::process), "-process"},
     {data_edges | only(EdgeKind::process) | only(EdgeKind::realtime), "-realtime"}}};

std::size_t count_of(const std::vector<Edge>& cycle, EdgeKind kind) {
  return static_cast<std::size_t>(std::ranges::count(cycle, kind, &Edge::kind));
}

bool has_adjacent_rw(const std::vector<Edge>& cycle) {
  for (std::size_t i = 0; i < cycle.size(); ++i)
    if (cycle[i].kind == EdgeKind::rw && cycle[(i + 1) % cycle.size()].kind == EdgeKind::rw)
      return true;
  return false;
}

/// The class of a cycle, without suffix.
std::string_view class_of(const std::vector<Edge>& cycle) {
  const std::size_t rw = count_of(cycle, EdgeKind::rw);
  if (rw == 0) return count_of(cycle, EdgeKind::wr) == 0 ? "G0" : "G1c";
  if (rw == 1) return "G-single";
  return has_adjacent_rw(cycle) ? "G2-item" : "G-nonadjacent";
}

std::string name_of_cycle(const std::vector<Edge>& cycle) {
  std::string name(class_of(cycle));
  if (count_of(cycle, EdgeKind::realtime) > 0) return name + "-realtime";
  if (count_of(cycle, EdgeKind::process) > 0) return name + "-process";
  return name;
}

/// The shortest cycle of each name.
using Shortest = std::map<std::string, std::vector<Edge>>;

/// All that is found in one strongly connected part of the graph.
class PartSearch {
 public:
  PartSearch(const Part& part, const CycleSearch& search, Shortest& shortest)
      : part_(part),
        graph_(part.graph),
        search_(search),
        shortest_(shortest),
        allowance_(search.context),
        paths_(part.graph, work_of_a_class) {}

  void run() {
    for (const ScopeEdges& scope : scopes) {
      if (search_.only && &scope != &scopes[static_cast<std::size_t>(*search_.only)]) continue;
      allowance_.ask();
      search_scope(scope);
    }
  }

  [[nodiscard]] Models undecided() const { return undecided_; }

 private:
  void search_scope(const ScopeEdges& scope) {
    scope_ = &scope;
    const Components all = components(graph_, scope.kinds, allowance_);
    if (all.acyclic()) return;
    const EdgeKinds orders = scope.kinds & static_cast<EdgeKinds>(~data_edges);
    const EdgeKinds writes = orders | only(EdgeKind::ww);
    const EdgeKinds flow = writes | only(EdgeKind::wr);
    const Components of_flow = components(graph_, flow, allowance_);
    if (!of_flow.acyclic()) {
      search_class("G0", components(graph_, writes, allowance_), EdgeKind::ww, writes, Rule::any);
      search_class("G1c", of_flow, EdgeKind::wr, flow, Rule::any);
    }
    const Components product = product_components(graph_, scope.kinds, allowance_);
    if (product.acyclic()) {
      search_class("G2-item", all, EdgeKind::rw, scope.kinds, Rule::any);
      return;
    }
    search_product("G-single", product, flow, Rule::no_rw);
    if (scope.suffix == "-process") search_causal(all);
    search_product("G-nonadjacent", product, scope.kinds, Rule::nonadjacent);
    search_adjacent(all);
  }

  /// Found already among the edges of an earlier scope: then it need not be told again.
  [[nodiscard]] bool known(std::string_view name) const {
    for (const ScopeEdges& scope : scopes) {
      if (&scope == scope_) return false;
      if (shortest_.contains(fmt::format("{}{}", name, scope.suffix))) return true;
    }
    return false;
  }

  [[nodiscard]] std::size_t best(std::string_view name) const {
    const auto found = shortest_.find(fmt::format("{}{}", name, scope_->suffix));
    return found == shortest_.end() ? graph_.nodes() : found->second.size() - 1;
  }

  void keep(std::vector<Edge> cycle) {
    for (Edge& edge : cycle) {
      edge.from = part_.original[edge.from];
      edge.to = part_.original[edge.to];
    }
    const std::string name = name_of(cycle);
    const auto [place, is_new] = shortest_.try_emplace(name, cycle);
    if (!is_new && cycle.size() < place->second.size()) place->second = std::move(cycle);
  }

  [[nodiscard]] std::string name_of(const std::vector<Edge>& cycle) const {
    if (!search_.only) return name_of_cycle(cycle);
    std::string_view name = class_of(cycle);
    if (search_.at_least_single && count_of(cycle, EdgeKind::rw) == 0) name = "G-single";
    return fmt::format("{}{}", name, scope_->suffix);
  }

  template <typename Body>
  void for_each_arc(EdgeKind kind, Body&& body) {
    for (NodeId node = 0; node < graph_.transactions(); ++node)
      for (const Arc& arc : graph_.out(node))
        if (arc.kind() == kind && !body(node, arc)) return;
  }

  /// The shortest cycle through an arc of this kind inside a component.
  void search_class(std::string_view name, const Components& inside, EdgeKind kind, EdgeKinds kinds,
                    Rule rule) {
    if (known(name)) return;
    search(name, kind, kinds, rule,
           [&](NodeId node, const Arc& arc) { return inside.of[node] == inside.of[arc.to()]; });
  }

  void search_product(std::string_view name, const Components& product, EdgeKinds kinds,
                      Rule rule) {
    if (known(name)) return;
    search(name, EdgeKind::rw, kinds, rule, [&](NodeId node, const Arc& arc) {
      return product.of[2 * node] == product.of[2 * arc.to() + 1];
    });
  }

  template <typename Inside>
  void search(std::string_view name, EdgeKind kind, EdgeKinds kinds, Rule rule, Inside&& inside) {
    if (circle_of_two(kind)) return;
    paths_.allow(work_of_a_class);
    for_each_arc(kind, [&](NodeId node, const Arc& arc) {
      allowance_.step();
      if (!inside(node, arc)) return true;
      if (auto cycle = paths_.circle(node, arc, kinds, rule, best(name))) keep(*std::move(cycle));
      return !paths_.cut() && best(name) > 1;
    });
    leave_open(name);
  }

  /// Where work ran out, what the class would rule out is neither ruled out nor sure.
  void leave_open(std::string_view name) {
    if (paths_.cut()) undecided_ |= ruled_out_by(fmt::format("{}{}", name, scope_->suffix));
  }

  /// The commonest cycle of real time, and the only one with a short cut: an edge to a transaction
  /// that was answered before this one was asked for.
  bool circle_of_two(EdgeKind kind) {
    if (scope_->suffix != "-realtime") return false;
    bool found = false;
    for_each_arc(kind, [&](NodeId node, const Arc& arc) {
      if (graph_.auxiliary(arc.to())) return true;
      const auto& all = search_.transactions.all;
      if (all[part_.original[arc.to()]].completed >= all[part_.original[node]].invoked) return true;
      keep({{node, arc.to(), arc.key(), kind}, {arc.to(), node, 0, EdgeKind::realtime}});
      found = true;
      return false;
    });
    return found;
  }

  /// Cycles with rw after rw where there are also others.
  void search_adjacent(const Components& all) {
    if (known("G2-item")) return;
    paths_.allow(work_of_a_class);
    for_each_arc(EdgeKind::rw, [&](NodeId node, const Arc& arc) {
      allowance_.step();
      if (all.of[node] != all.of[arc.to()]) return true;
      if (auto cycle = paths_.circle(node, arc, scope_->kinds, Rule::adjacent, best("G2-item")))
        keep(*std::move(cycle));
      return !paths_.cut() && best("G2-item") > 1;
    });
    leave_open("G2-item");
  }

  void search_causal(const Components& all) {
    std::vector<Edge> found;
    paths_.allow(work_of_a_class);
    for_each_arc(EdgeKind::rw, [&](NodeId node, const Arc& arc) {
      allowance_.step();
      if (all.of[node] != all.of[arc.to()]) return true;
      const std::size_t length = found.empty() ? graph_.nodes() : found.size() - 1;
      if (auto cycle = paths_.circle(node, arc, scope_->kinds, Rule::causal, length))
        found = *std::move(cycle);
      return !paths_.cut() && (found.empty() || found.size() > 2);
    });
    if (paths_.cut() && found.empty()) undecided_ |= {Model::transactional_causal};
    if (found.empty()) return;
    for (Edge& edge : found) {
      edge.from = part_.original[edge.from];
      edge.to = part_.original[edge.to];
    }
    auto& kept = shortest_["causality violation"];
    if (kept.empty() || found.size() < kept.size()) kept = std::move(found);
  }

  const Part& part_;
  const Graph& graph_;
  const CycleSearch& search_;
  Shortest& shortest_;
  Allowance allowance_;
  PathFinder paths_;
  const ScopeEdges* scope_ = nullptr;
  Models undecided_;
};

// ---- appends that nobody saw, under snapshot isolation

/// Orders that are tried for them in one part.
constexpr std::size_t orders_max = 2000;
constexpr std::uint64_t work_of_orders = 200'000'000;

/// Decides snapshot isolation where the order of some writes is unknown: it must be one or the
/// other, since no two concurrent transactions may write the same key.
class OrderSearch {
 public:
  OrderSearch(const Part& part, const CycleSearch& search)
      : part_(part), allowance_(search.context) {
    for (NodeId node = 0; node < part.graph.nodes(); ++node)
      for (const Arc& arc : part.graph.out(node))
        edges_.push_back({node, arc.to(), arc.key(), arc.kind()});
    for (const Unordered& group : search.unordered) {
      std::vector<NodeId> members;
      for (const TransactionId id : group.writers) {
        const auto place = std::ranges::lower_bound(part.original, id);
        if (place != part.original.end() && *place == id)
          members.push_back(static_cast<NodeId>(place - part.original.begin()));
      }
      if (members.size() > 1) groups_.push_back({group.key, std::move(members)});
    }
  }

  enum class Answer : std::uint8_t { possible, impossible, unknown };

  /// The shortest circle that the present order closes.
  [[nodiscard]] std::vector<Edge> circle(EdgeKinds kinds) const {
    const Graph graph = in_this_order();
    PathFinder paths(graph, work_of_a_class);
    std::vector<Edge> best;
    for (NodeId node = 0; node < graph.transactions(); ++node)
      for (const Arc& arc : graph.out(node)) {
        if (!arc.is(kinds)) continue;
        const std::size_t length = best.empty() ? graph.nodes() : best.size() - 1;
        if (auto found = paths.circle(node, arc, kinds, Rule::nonadjacent, length))
          best = *std::move(found);
      }
    for (Edge& edge : best) {
      edge.from = part_.original[edge.from];
      edge.to = part_.original[edge.to];
    }
    return best;
  }

  [[nodiscard]] bool applies() const { return !groups_.empty(); }

  /// Is there an order without a cycle of the product graph?
  Answer run(EdgeKinds kinds) {
    if (groups_.empty()) return Answer::possible;
    std::uint64_t work = work_of_orders;
    for (std::size_t tries = 0; tries < orders_max; ++tries) {
      if (possible(kinds)) return Answer::possible;
      if (work < edges_.size()) return Answer::unknown;
      work -= edges_.size();
      if (!next_order()) return Answer::impossible;
    }
    return Answer::unknown;
  }

 private:
  [[nodiscard]] Graph in_this_order() const {
    std::vector<Edge> edges = edges_;
    for (const Unordered& group : groups_)
      for (std::size_t i = 1; i < group.writers.size(); ++i)
        edges.push_back({group.writers[i - 1], group.writers[i], group.key, EdgeKind::ww});
    return {part_.graph.transactions(), part_.graph.nodes(), edges};
  }

  [[nodiscard]] bool possible(EdgeKinds kinds) {
    return product_components(in_this_order(), kinds, allowance_).acyclic();
  }

  bool next_order() {
    for (Unordered& group : groups_)
      if (std::next_permutation(group.writers.begin(), group.writers.end())) return true;
    return false;
  }

  const Part& part_;
  Allowance allowance_;
  std::vector<Edge> edges_;
  std::vector<Unordered> groups_;
};

struct SnapshotModel {
  Model model;
  const ScopeEdges* scope;
};
constexpr std::array<SnapshotModel, 3> snapshot_models{
    {{Model::snapshot_isolation, &scopes[0]},
     {Model::strong_session_snapshot_isolation, &scopes[1]},
     {Model::strong_snapshot_isolation, &scopes[2]}}};

Models ruled_out(const Analysis& analysis) {
  Models result;
  for (const Anomaly& anomaly : analysis.anomalies.all()) result |= ruled_out_by(anomaly.name);
  return result;
}

/// Only those who depend on one another in a circle already can be in each other's way.
void decide_unordered(const Part& part, const CycleSearch& search, Analysis& analysis) {
  OrderSearch orders(part, search);
  if (!orders.applies()) return;
  for (const SnapshotModel& snapshot : snapshot_models) {
    const Models weaker{Model::consistent_view, Model::parallel_snapshot_isolation};
    const bool first = snapshot.scope == &scopes[0];
    if (ruled_out(analysis).has(snapshot.model)) {
      if (first) analysis.undecided |= weaker;
      continue;
    }
    const auto answer = orders.run(snapshot.scope->kinds);
    if (answer == OrderSearch::Answer::possible) continue;
    if (first) analysis.undecided |= weaker;
    if (answer == OrderSearch::Answer::unknown) {
      analysis.undecided |= at_least(snapshot.model);
      analysis.reason =
          "too many appends were never read, so that their order is not known; end runs with a "
          "read of every key";
      continue;
    }
    const std::string name = fmt::format("unorderable writes{}", snapshot.scope->suffix);
    analysis.anomalies.meet(name);
    analysis.anomalies.add({.name = name, .cycle = orders.circle(snapshot.scope->kinds)});
  }
}

/// The cycles that were found so far are proofs, whatever ran out afterwards.
void add_found(Shortest& shortest, Analysis& analysis) {
  for (auto& [name, cycle] : shortest) {
    if (!analysis.anomalies.meet(name)) continue;
    const KeyId key = cycle.front().key;
    const bool one_key = std::ranges::all_of(cycle, [&](const Edge& edge) {
      return (only(edge.kind) & data_edges) != 0 && edge.key == key;
    });
    analysis.anomalies.meet(name);
    analysis.anomalies.add({.name = name, .key = one_key ? key : none, .cycle = std::move(cycle)});
  }
}

}  // namespace

std::string_view suffix_of(Scope scope) {
  return scopes[static_cast<std::size_t>(scope)].suffix;
}

void find_cycles(const Graph& graph, const CycleSearch& search, Analysis& analysis) {
  Allowance allowance(search.context);
  const Components all = components(graph, all_edges, allowance);
  if (all.acyclic()) return;
  Shortest shortest;
  std::vector<Part> parts;
  try {
    for (const auto& component : all.large) parts.push_back(extract(graph, component, all_edges));
    for (const Part& part : parts) {
      PartSearch in_part(part, search, shortest);
      in_part.run();
      analysis.undecided |= in_part.undecided();
    }
  } catch (const OutOfBudget&) {
    add_found(shortest, analysis);
    throw;
  }
  add_found(shortest, analysis);
  for (const Part& part : parts) decide_unordered(part, search, analysis);
  if (!analysis.undecided.empty() && analysis.reason.empty())
    analysis.reason =
        "cycles tie so many transactions together that not every class could be searched; allow "
        "more time, or record fewer transactions";
}

}  // namespace eris::checkers::transactions
