#include "checkers/linearizability/search.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "checkers/linearizability/passes.hpp"

namespace eris::checkers::linearizability {

namespace {

constexpr std::uint64_t depth_first_nodes_per_operation = 200;
constexpr std::uint64_t depth_first_nodes_min = 10'000;
constexpr std::size_t unlimited_pass_width_max = 50'000;
constexpr std::array<std::size_t, 4> beams{1, 4, 16, 64};

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
    if (depth_first()) return result_;
    if (script_.optional_operations > 0) {
      if (breadth_first("unlimited", {.unlimited = true, .width_max = unlimited_pass_width_max}))
        return result_;
      for (const std::size_t beam : beams)
        if (breadth_first("beam", {.beam = beam})) return result_;
    }
    breadth_first("exact", {});
    if (result_.answer == SearchAnswer::unknown) locate(problem_, script_, proven_events_, result_);
    return result_;
  }

 private:
  bool depth_first() {
    budget_.begin_pass(std::max(depth_first_nodes_min,
                                depth_first_nodes_per_operation * script_.operations.size()));
    return settle("depth-first", DepthFirst<Words>(problem_, script_, budget_).run());
  }

  bool breadth_first(std::string_view name, BreadthOptions options) {
    if (budget_.stop() == Stop::time || budget_.stop() == Stop::effort) return false;
    budget_.begin_pass();
    return settle(name, BreadthFirst<Words>(problem_, script_, options, budget_).run());
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

}  // namespace

SearchResult search(const Problem& problem, Budget& budget) {
  const Script script = make_script(problem);
  if (script.slots <= 64) return Portfolio<1>(problem, script, budget).run();
  if (script.slots <= 256) return Portfolio<4>(problem, script, budget).run();
  if (script.slots <= open_operations_max) return Portfolio<16>(problem, script, budget).run();
  SearchResult result{.pass = "none", .stop = Stop::width};
  locate(problem, script, 0, result);
  return result;
}

}  // namespace eris::checkers::linearizability
