#include "checkers/linearizability/search.hpp"

#include <algorithm>

#include "checkers/linearizability/passes.hpp"

namespace eris::checkers::linearizability {

namespace {

constexpr std::uint64_t nodes_min = 10'000;
/// Frontiers wider than this are left to the passes that limit them, until nothing else is left.
constexpr std::size_t first_width_max = 50'000;

SearchAnswer to_answer(PassAnswer answer) {
  if (answer == PassAnswer::yes) return SearchAnswer::linearizable;
  return answer == PassAnswer::no ? SearchAnswer::violated : SearchAnswer::unknown;
}

/// Says where in the problem an event of the script lies.
void locate(const Problem& problem, const Script& script, std::size_t events,
            SearchResult& result) {
  std::vector<bool> open(script.operations.size(), false);
  for (std::size_t i = 0; i < events; ++i) {
    const ScriptEvent& event = script.events[i];
    const ScriptOperation& operation = script.operations[event.operation];
    if (event.response) ++result.proven_operations;
    if (operation.optional) ++result.unknown_outcomes;
    if (!operation.optional) open[event.operation] = !event.response;
  }
  for (std::uint32_t i = 0; i < open.size(); ++i)
    if (open[i]) result.open.push_back(script.operations[i].entry);
  if (events < script.events.size())
    result.blocked_entry = script.operations[script.events[events].operation].entry;
  else if (!problem.entries.empty())
    result.blocked_entry = static_cast<std::uint32_t>(problem.entries.size() - 1);
}

template <std::size_t Words>
class Portfolio {
 public:
  Portfolio(const Problem& problem, const Script& script, Budget& budget)
      : problem_(problem), script_(script), budget_(budget) {}

  SearchResult run() {
    const bool certain = script_.optional_operations == 0 ? settle_known() : settle_optional();
    if (!certain && result_.answer == SearchAnswer::unknown)
      locate(problem_, script_, proven_events_, result_);
    return result_;
  }

  SearchResult run_only(Pass pass, std::size_t beam) {
    if (pass == Pass::depth_first) depth_first(beam, 200);
    if (pass == Pass::unlimited) breadth_first("unlimited", {.unlimited = true});
    if (pass == Pass::beam) breadth_first("beam", {.beam = beam});
    if (pass == Pass::exact) breadth_first("exact", {});
    return result_;
  }

 private:
  // The orders and limits below were found by measuring ci/bench/linearizability_bench.cpp: each
  // pass is tried with little effort before another is tried with much.

  /// Every outcome is known: breadth first is nearly always narrow, and decides either way.
  bool settle_known() {
    return depth_first(1, 8) || depth_first(unlimited_beam, 10) ||
           breadth_first("exact", {.width_max = first_width_max}) ||
           depth_first(unlimited_beam, 200) || breadth_first("exact", {});
  }

  bool settle_optional() {
    return depth_first(1, 8) || depth_first(4, 8) ||
           breadth_first("unlimited", {.unlimited = true, .width_max = first_width_max}) ||
           breadth_first("beam", {.beam = 2}) || breadth_first("beam", {.beam = 4}) ||
           depth_first(unlimited_beam, 200) || breadth_first("beam", {.beam = 16}) ||
           breadth_first("beam", {.beam = 64}) || breadth_first("exact", {});
  }

  /// `effort`: nodes for each operation of the history.
  bool depth_first(std::size_t group_max, std::uint64_t effort) {
    if (used_up()) return false;
    budget_.begin_pass(std::max(nodes_min, effort * script_.operations.size()));
    return settle("depth-first", DepthFirst<Words>(problem_, script_, group_max, budget_).run());
  }

  bool breadth_first(std::string_view name, BreadthOptions options) {
    // With unlimited effects a list could grow for ever; only a register has finitely many states.
    if (used_up() || (options.unlimited && !problem_.plain())) return false;
    budget_.begin_pass();
    return settle(name, BreadthFirst<Words>(problem_, script_, options, budget_).run());
  }

  [[nodiscard]] bool used_up() const {
    return budget_.stop() == Stop::time || budget_.stop() == Stop::effort;
  }

  bool settle(std::string_view pass, const PassResult& found) {
    result_.pass = pass;
    result_.answer = to_answer(found.answer);
    result_.nodes = budget_.nodes();
    result_.stop = budget_.stop();
    // What the unlimited pass gets through may use more than there was.
    if (pass != "unlimited") proven_events_ = std::max(proven_events_, found.proven_events);
    if (result_.answer == SearchAnswer::violated)
      locate(problem_, script_, found.proven_events, result_);
    return result_.answer != SearchAnswer::unknown;
  }

  const Problem& problem_;
  const Script& script_;
  Budget& budget_;
  SearchResult result_;
  std::size_t proven_events_ = 0;
};

/// Calls run(portfolio) with masks as wide as the script needs.
template <typename Run>
SearchResult with_portfolio(const Problem& problem, Budget& budget, Run&& run) {
  const Script script = make_script(problem);
  if (script.slots <= 64) return run(Portfolio<1>(problem, script, budget));
  if (script.slots <= 256) return run(Portfolio<4>(problem, script, budget));
  if (script.slots <= open_operations_max) return run(Portfolio<16>(problem, script, budget));
  SearchResult result{.pass = "none", .stop = Stop::width};
  locate(problem, script, 0, result);
  return result;
}

}  // namespace

SearchResult search(const Problem& problem, Budget& budget) {
  return with_portfolio(problem, budget, [](auto portfolio) { return portfolio.run(); });
}

SearchResult search_by(const Problem& problem, Pass pass, std::size_t beam, Budget& budget) {
  return with_portfolio(problem, budget,
                        [&](auto portfolio) { return portfolio.run_only(pass, beam); });
}

}  // namespace eris::checkers::linearizability
