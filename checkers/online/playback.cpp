#include "checkers/online/playback.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/linearizability/explorer.hpp"
#include "checkers/linearizability/search.hpp"
#include "checkers/online/playback_script.hpp"

namespace eris::checkers::online {

using linearizability::Antichain;
using linearizability::Budget;
using linearizability::Configuration;
using linearizability::Explorer;
using linearizability::Reach;
using linearizability::ScriptEvent;
using linearizability::ScriptOperation;
using linearizability::Stop;
using linearizability::UsageId;

namespace {

/// Unknown outcomes that every way has used up, and kinds of which none is left, are not kept.
void tidy(Cut& cut) {
  std::vector<std::size_t> users(cut.possible.size(), 0);
  std::vector<std::uint32_t> by_all(cut.possible.size(), linearizability::no_value);
  for (const Way& way : cut.ways)
    for (const auto& [kind, count] : way.consumed) {
      ++users[kind];
      by_all[kind] = std::min(by_all[kind], count);
    }
  std::vector<std::uint32_t> place(cut.possible.size(), 0);
  std::vector<Possible> left;
  for (std::uint32_t kind = 0; kind < cut.possible.size(); ++kind) {
    if (users[kind] < cut.ways.size()) by_all[kind] = 0;
    cut.possible[kind].count -= by_all[kind];
    place[kind] = static_cast<std::uint32_t>(left.size());
    if (cut.possible[kind].count > 0) left.push_back(std::move(cut.possible[kind]));
  }
  cut.possible = std::move(left);
  for (Way& way : cut.ways) {
    for (auto& [kind, count] : way.consumed) {
      count -= by_all[kind];
      kind = place[kind];
    }
    std::erase_if(way.consumed, [](const auto& used) { return used.second == 0; });
  }
}

template <std::size_t Words>
class Player {
 public:
  using Config = Configuration<Words>;

  Player(const Cut& from, const PlaybackScript& play, const PlaybackLimits& limits)
      : from_(from),
        play_(play),
        limits_(limits),
        explorer_(play.problem, play.script, false, Antichain<Words>::unlimited),
        after_(explorer_.usages()),
        budget_([] { return false; }, limits.memory_bytes) {}

  PlaybackResult run() {
    begin();
    budget_.begin_pass(limits_.nodes_before_cut);
    auto& window = explorer_.window();
    while (window.position() < play_.script.events.size()) {
      if (window.position() == play_.events_before_cut && !cut_done_) make_cut();
      const ScriptEvent event = play_.script.events[window.position()];
      if (!event.response) {
        window.forward();
        for (Config& config : frontier_) explorer_.invoke(config, event.operation);
        continue;
      }
      if (!respond(event.operation)) return broken_off(event.operation);
      if (frontier_.empty()) return ended(PlaybackEnd::impossible, number(event.operation));
      window.forward();
    }
    if (!cut_done_) make_cut();
    return ended(PlaybackEnd::possible, nobody);
  }

 private:
  /// The ways of the cut as configurations, with what was open there.
  void begin() {
    auto& window = explorer_.window();
    while (window.position() < play_.events_open_at_start) window.forward();
    for (std::size_t i = 0; i < from_.ways.size(); ++i) {
      const Way& way = from_.ways[i];
      Config config{.state = play_.states[i]};
      for (const Number needed : way.needed) config.need.set(play_.slot_of(needed));
      for (const Number used : way.used) config.used.set(play_.slot_of(used));
      for (const auto& [kind, count] : way.consumed)
        for (std::uint32_t times = 0; times < count; ++times)
          config.usage = explorer_.usages().with(config.usage, play_.class_of_kind[kind]);
      frontier_.push_back(config);
    }
    widest_ = frontier_.size();
  }

  /// As BreadthFirst::respond in linearizability/passes.hpp.
  bool respond(std::uint32_t index) {
    const auto done = [&](const Config& config) { return explorer_.already_done(config, index); };
    if (std::ranges::all_of(frontier_, done)) return budget_.spend();
    after_.clear();
    const auto& effects = explorer_.window().effects();
    const bool finished =
        explorer_.burst(frontier_, index, Reach::all, budget_,
                        [&](const Config& config) { after_.insert(config, effects); });
    if (!finished || !budget_.holds(explorer_.bytes() + after_.bytes())) return false;
    frontier_.clear();
    for (const auto& item : after_.items())
      if (item.alive) frontier_.push_back(item.configuration);
    widest_ = std::max(widest_, frontier_.size());
    return frontier_.size() <= limits_.ways_max;
  }

  void make_cut() {
    cut_done_ = true;
    budget_.begin_pass(limits_.nodes_after_cut);
    cut_ = {.at = play_.cut_at, .ways = {}, .possible = play_.possible_at_cut};
    for (const Config& config : frontier_) cut_.ways.push_back(way_of(config));
    tidy(cut_);
  }

  [[nodiscard]] Way way_of(const Config& config) {
    Way way{explorer_.game().state(config.state), {}, {}, {}};
    const auto numbers = [&](const auto& slots, std::vector<Number>& out) {
      slots.for_each(
          [&](unsigned slot) { out.push_back(number(explorer_.window().operation_in(slot))); });
      std::ranges::sort(out);
    };
    numbers(config.need, way.needed);
    numbers(config.used, way.used);
    for (std::uint32_t kind = 0; kind < play_.possible_at_cut.size(); ++kind) {
      const std::uint32_t its_class = play_.class_of_kind[kind];
      if (its_class == PlaybackScript::no_class) continue;
      const std::uint32_t count = explorer_.usages().count(config.usage, its_class);
      if (count > 0) way.consumed.emplace_back(kind, count);
    }
    return way;
  }

  PlaybackResult broken_off(std::uint32_t operation) {
    PlaybackResult result =
        ended(cut_done_ ? PlaybackEnd::tired : PlaybackEnd::lost, number(operation));
    result.stop = budget_.stop();
    result.open = (explorer_.window().writes() | explorer_.effects()).count();
    return result;
  }

  PlaybackResult ended(PlaybackEnd end, Number stuck) {
    return {.end = end, .stuck = stuck, .cut = std::move(cut_), .ways = widest_};
  }

  [[nodiscard]] Number number(std::uint32_t operation) const {
    return play_.numbers[play_.script.operations[operation].entry];
  }

  const Cut& from_;
  const PlaybackScript& play_;
  const PlaybackLimits& limits_;
  Explorer<Words> explorer_;
  Antichain<Words> after_;
  std::vector<Config> frontier_;
  Budget budget_;
  Cut cut_;
  bool cut_done_ = false;
  std::size_t widest_ = 0;
};

}  // namespace

PlaybackResult play(const SequentialObject& object, const Cut& from, const std::deque<Act>& acts,
                    model::EventIndex cut_at, const PlaybackLimits& limits) {
  const PlaybackScript script = make_playback_script(object, from, acts, cut_at);
  if (script.script.slots <= 64) return Player<1>(from, script, limits).run();
  if (script.script.slots <= 256) return Player<4>(from, script, limits).run();
  if (script.script.slots <= linearizability::open_operations_max)
    return Player<16>(from, script, limits).run();
  return {.end = PlaybackEnd::lost, .stop = Stop::width, .open = script.script.slots};
}

}  // namespace eris::checkers::online
