#include "checkers/linearizability/order.hpp"

#include <algorithm>
#include <deque>
#include <limits>

#include "checkers/linearizability/explorer.hpp"
#include "checkers/linearizability/search.hpp"

namespace eris::checkers::linearizability {

namespace {

/// What was done when one operation responded: slots, or TraceStep::by_class | class.
struct Burst {
  std::size_t event = 0;
  std::vector<std::uint32_t> moves;
};

/// Breadth first, as the search does it, remembering of every configuration where it came from.
template <std::size_t Words>
class WayFinder {
 public:
  using Config = Configuration<Words>;

  WayFinder(const Problem& problem, const Script& script, std::size_t beam, Budget& budget)
      : script_(script),
        explorer_(problem, script, false, beam),
        after_(explorer_.usages(), beam),
        budget_(budget) {}

  std::optional<std::vector<Burst>> run() {
    auto& window = explorer_.window();
    for (const StateId state : script_.initial_states) frontier_.push_back({.state = state});
    while (window.position() < script_.events.size()) {
      const ScriptEvent event = script_.events[window.position()];
      if (event.response) {
        if (!respond(event.operation) || frontier_.empty()) return std::nullopt;
        window.forward();
      } else {
        window.forward();
        for (Config& config : frontier_) explorer_.invoke(config, event.operation);
      }
    }
    return way_to(0);
  }

 private:
  struct Kept {
    std::uint32_t parent = 0;  ///< in the frontier before
    std::uint32_t moves = 0;   ///< how many of `moves_` are its own, ending at `moves_end`
    std::size_t moves_end = 0;
  };
  struct Stage {
    std::size_t event = 0;
    std::size_t begin = 0;  ///< in kept_
  };

  bool respond(std::uint32_t index) {
    const auto done = [&](const Config& config) { return explorer_.already_done(config, index); };
    if (std::ranges::all_of(frontier_, done)) return budget_.spend();
    after_.clear();
    came_.clear();
    const auto& effects = explorer_.window().effects();
    const bool finished =
        explorer_.burst(frontier_, index, Reach::all, budget_, [&](const Config& config) {
          if (after_.insert(config, effects)) came_.push_back(explorer_.traced());
          if (came_.size() % 4096 == 4095) budget_.holds(bytes());
        });
    if (!finished) return false;
    stages_.push_back({explorer_.window().position(), kept_.size()});
    frontier_.clear();
    for (std::size_t i = 0; i < after_.items().size(); ++i) {
      if (!after_.items()[i].alive) continue;
      frontier_.push_back(after_.items()[i].configuration);
      remember(came_[i]);
    }
    return budget_.holds(bytes());
  }

  void remember(std::uint32_t step) {
    const std::vector<TraceStep>& trace = explorer_.trace();
    Kept kept;
    for (; trace[step].parent != TraceStep::root; step = trace[step].parent, ++kept.moves)
      moves_.push_back(trace[step].move);
    kept.parent = trace[step].move;
    kept.moves_end = moves_.size();
    kept_.push_back(kept);
  }

  [[nodiscard]] std::vector<Burst> way_to(std::uint32_t last) const {
    std::vector<Burst> way;
    for (std::size_t i = stages_.size(); i-- > 0;) {
      const Kept& kept = kept_[stages_[i].begin + last];
      Burst burst{stages_[i].event, {}};
      // They were noted from the last to the first.
      for (std::uint32_t move = 0; move < kept.moves; ++move)
        burst.moves.push_back(moves_[kept.moves_end - 1 - move]);
      if (!burst.moves.empty()) way.push_back(std::move(burst));
      last = kept.parent;
    }
    std::ranges::reverse(way);
    return way;
  }

  [[nodiscard]] std::size_t bytes() const {
    return explorer_.bytes() + after_.bytes() + frontier_.capacity() * sizeof(Config) +
           kept_.capacity() * sizeof(Kept) + moves_.capacity() * sizeof(std::uint32_t);
  }

  const Script& script_;
  Explorer<Words, true> explorer_;
  Antichain<Words> after_;
  Budget& budget_;
  std::vector<Config> frontier_;
  std::vector<std::uint32_t> came_;  ///< by item of after_: the step that led there
  std::vector<Stage> stages_;
  std::vector<Kept> kept_;  ///< of all frontiers, one behind the other
  std::vector<std::uint32_t> moves_;
};

/// Plays the way and writes down what the search leaves unsaid: that pure operations come when they
/// first can, and that a write which is never of use comes just before another that runs while it
/// does.
class Writer {
 public:
  Writer(const Problem& problem, const Script& script, const std::vector<Burst>& way)
      : script_(script),
        game_(problem, script),
        way_(way),
        state_(script.initial_states.front()),
        used_(script.operations.size(), false),
        placed_(script.operations.size(), false),
        in_slot_(script.slots, 0),
        waiting_(script.classes.size()) {}

  /// Nothing where the way does not lead through.
  std::optional<Order> write() {
    resolve();
    auto next = uses_.begin();
    for (std::size_t event = 0; event < script_.events.size(); ++event) {
      const auto [operation, response] = script_.events[event];
      if (!response) {
        if (!script_.operations[operation].optional) open_.push_back(operation);
        place_pure(operation);
        continue;
      }
      for (; next != uses_.end() && next->event == event; ++next)
        if (!use(next->operation)) return std::nullopt;
      if (!placed_[operation]) return std::nullopt;
      std::erase(open_, operation);
    }
    return std::move(order_);
  }

 private:
  struct Use {
    std::size_t event = 0;
    std::uint32_t operation = 0;
  };

  /// Which operations the moves mean. Of optional ones that do the same, the first to begin.
  void resolve() {
    auto next = way_.begin();
    for (std::size_t event = 0; event < script_.events.size(); ++event) {
      const auto [index, response] = script_.events[event];
      const ScriptOperation& operation = script_.operations[index];
      if (!response && operation.optional) waiting_[operation.slot].push_back(index);
      if (!response && !operation.optional) in_slot_[operation.slot] = index;
      if (!response || next == way_.end() || next->event != event) continue;
      for (const std::uint32_t move : next->moves) {
        std::uint32_t used = 0;
        if ((move & TraceStep::by_class) != 0) {
          auto& waiting = waiting_[move & ~TraceStep::by_class];
          used = waiting.front();
          waiting.pop_front();
        } else {
          used = in_slot_[move];
        }
        used_[used] = true;
        uses_.push_back({event, used});
      }
      ++next;
    }
  }

  [[nodiscard]] ShapeKind kind(std::uint32_t operation) const {
    return script_.deed_of(script_.operations[operation]).kind;
  }

  void place(std::uint32_t operation) {
    placed_[operation] = true;
    order_.push_back(script_.operations[operation].entry);
  }

  void place_pure(std::uint32_t operation) {
    const ShapeKind its = kind(operation);
    if (placed_[operation] || its == ShapeKind::write || its == ShapeKind::swap ||
        its == ShapeKind::effect)
      return;
    if (game_.legal(state_, script_.operations[operation].deed)) place(operation);
  }

  bool use(std::uint32_t operation) {
    if (kind(operation) == ShapeKind::write)
      for (const std::uint32_t hidden : open_)
        if (kind(hidden) == ShapeKind::write && !placed_[hidden] && !used_[hidden]) place(hidden);
    const StateId next = game_.next(state_, script_.operations[operation].deed);
    if (next == no_state) return false;
    state_ = next;
    place(operation);
    for (const std::uint32_t pure : open_) place_pure(pure);
    return true;
  }

  const Script& script_;
  Game game_;
  const std::vector<Burst>& way_;
  StateId state_;
  std::vector<bool> used_;    ///< for its effect, somewhere on the way
  std::vector<bool> placed_;  ///< in the order
  std::vector<std::uint32_t> in_slot_;
  std::vector<std::deque<std::uint32_t>> waiting_;  ///< unused optional operations, by class
  std::vector<std::uint32_t> open_;
  std::vector<Use> uses_;
  Order order_;
};

/// Narrow ones first: where nothing has to be left open, one configuration in a hundred leads on.
constexpr std::size_t beams[] = {1, 2, 4, 16, 64, std::numeric_limits<std::size_t>::max()};

template <std::size_t Words>
std::optional<Order> find_order(const Problem& problem, const Script& script, Budget& budget) {
  for (const std::size_t beam : beams) {
    if (budget.stop() == Stop::time || budget.stop() == Stop::effort) return std::nullopt;
    budget.begin_pass();
    const auto way = WayFinder<Words>(problem, script, beam, budget).run();
    if (way) return Writer(problem, script, *way).write();
  }
  return std::nullopt;
}

}  // namespace

std::optional<Order> order_by_search(const Problem& problem, Budget& budget) {
  const Script script = make_script(problem);
  if (script.slots <= 64) return find_order<1>(problem, script, budget);
  if (script.slots <= 256) return find_order<4>(problem, script, budget);
  if (script.slots <= open_operations_max) return find_order<16>(problem, script, budget);
  return std::nullopt;
}

}  // namespace eris::checkers::linearizability
