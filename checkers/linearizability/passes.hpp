// The two ways of searching: depth first, and breadth first with or without a limit on width.
// Thread rule: one owner.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <unordered_map>
#include <vector>

#include "checkers/linearizability/explorer.hpp"

namespace eris::checkers::linearizability {

enum class PassAnswer : std::uint8_t { yes, no, unknown };

struct PassResult {
  PassAnswer answer = PassAnswer::unknown;
  /// How many events of the script are certain to have a linearization.
  std::size_t proven_events = 0;
};

/// Depth first: follows the most promising configuration to the end of the history, and turns back
/// where it cannot go on. A yes is a proof; so is a no, when nothing was forgotten on the way.
template <std::size_t Words>
class DepthFirst {
 public:
  using Config = Configuration<Words>;

  DepthFirst(const Problem& problem, const Script& script, std::size_t group_max, Budget& budget)
      : script_(script), explorer_(problem, script, false, group_max), budget_(budget) {}

  PassResult run() {
    for (const StateId state : script_.initial_states) successors_.push_back({.state = state});
    frames_.push_back({.event = 0, .root = true, .full = true, .end = successors_.size()});
    while (!frames_.empty()) {
      if (budget_.stop() != Stop::no) return {PassAnswer::unknown, proven_};
      Frame& frame = frames_.back();
      if (frame.next < frame.end) {
        if (descend(successors_[frame.next++])) return {PassAnswer::yes, script_.events.size()};
      } else if (!frame.full) {
        frame.full = true;
        list_successors(frame, Reach::all);
      } else {
        turn_back();
      }
    }
    return {forgotten_ || explorer_.cut() ? PassAnswer::unknown : PassAnswer::no, proven_};
  }

 private:
  struct Frame {
    std::size_t event = 0;  ///< a response; the window stands before it (root: at the start)
    bool root = false;
    bool full = false;  ///< the successors of all bursts are listed, not of single steps alone
    Config config{};
    std::size_t begin = 0;  ///< range in successors_
    std::size_t end = 0;
    std::size_t next = begin;
  };

  /// Whoever has not found the way within so many responses will not find it by going back further
  /// either, one choice at a time; and so the memory is the same however long the history is.
  static constexpr std::size_t frames_max = std::size_t{1} << 12;
  static constexpr std::size_t failures_max = std::size_t{1} << 18;

  /// Follows one successor to the next response. True at the end of the history.
  bool descend(Config config) {
    auto& window = explorer_.window();
    const std::size_t origin = window.position();
    if (!frames_.back().root) window.forward();
    while (window.position() < script_.events.size()) {
      const ScriptEvent& event = script_.events[window.position()];
      if (event.response) break;
      window.forward();
      explorer_.invoke(config, event.operation);
    }
    proven_ = std::max(proven_, window.position());
    if (window.position() == script_.events.size()) return true;
    if (is_doomed(config)) {
      retreat(origin);
      return false;
    }
    if (frames_.size() >= frames_max) forget_oldest(config);
    frames_.push_back({.event = window.position(),
                       .config = config,
                       .begin = successors_.size(),
                       .end = successors_.size()});
    list_successors(frames_.back(), Reach::one_step);
    return false;
  }

  void list_successors(Frame& frame, Reach reach) {
    successors_.resize(frame.begin);
    const std::span<const Config> from(&frame.config, 1);
    explorer_.burst(from, script_.events[frame.event].operation, reach, budget_,
                    [&](const Config& done) { successors_.push_back(done); });
    const auto& effects = explorer_.window().effects();
    const auto by_cost = [&](const Config& a, const Config& b) {
      return cost(a, effects, explorer_.usages()) < cost(b, effects, explorer_.usages());
    };
    std::stable_sort(successors_.begin() + static_cast<std::ptrdiff_t>(frame.begin),
                     successors_.end(), by_cost);
    frame.next = frame.begin;
    frame.end = successors_.size();
    if (frames_.size() % 256 == 0) budget_.holds(bytes());
  }

  void turn_back() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    successors_.resize(frame.begin);
    if (frame.root) return;
    remember_failed(frame);
    if (!frames_.empty()) retreat(frames_.back().root ? 0 : frames_.back().event);
  }

  /// So that it is not tried again by another way. Whoever forgets may only try twice.
  void remember_failed(const Frame& frame) {
    if (failures_ == failures_max) {
      failed_.clear();
      failures_ = 0;
    }
    failed_[frame.event].push_back(frame.config);
    if (++failures_ % 256 == 0) budget_.holds(bytes());
  }

  void retreat(std::size_t position) {
    while (explorer_.window().position() > position) explorer_.window().backward();
  }

  [[nodiscard]] bool is_doomed(const Config& config) const {
    const auto found = failed_.find(explorer_.window_position());
    if (found == failed_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](const Config& failed) {
      return dominates(failed, config, explorer_.effects(), explorer_.usages());
    });
  }

  /// Bounds the memory of a long history: the older half can no longer be returned to. `current`:
  /// the configuration that has no frame yet.
  void forget_oldest(Config& current) {
    forgotten_ = true;
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(frames_max / 2));
    const std::size_t dropped = frames_.front().begin;
    successors_.erase(successors_.begin(),
                      successors_.begin() + static_cast<std::ptrdiff_t>(dropped));
    for (Frame& frame : frames_) {
      frame.begin -= dropped;
      frame.end -= dropped;
      frame.next -= dropped;
    }
    std::erase_if(failed_, [&](const auto& at) {
      const bool behind = at.first < frames_.front().event;
      if (behind) failures_ -= at.second.size();
      return behind;
    });
    forget_usages(current);
  }

  void forget_usages(Config& current) {
    if (explorer_.usages().size() == 1) return;
    std::vector<UsageId*> kept{&current.usage};
    for (Frame& frame : frames_) kept.push_back(&frame.config.usage);
    for (Config& successor : successors_) kept.push_back(&successor.usage);
    for (auto& [event, configs] : failed_)
      for (Config& config : configs) kept.push_back(&config.usage);
    explorer_.usages().keep(kept);
  }

  [[nodiscard]] std::size_t bytes() const {
    return explorer_.bytes() + frames_.size() * sizeof(Frame) +
           (successors_.capacity() + failures_ * 2) * sizeof(Config);
  }

  const Script& script_;
  Explorer<Words> explorer_;
  Budget& budget_;
  std::deque<Frame> frames_;
  std::vector<Config> successors_;  ///< of all frames, one behind the other
  std::unordered_map<std::size_t, std::vector<Config>> failed_;  ///< by event
  std::size_t failures_ = 0;                                     ///< how many are in failed_
  std::size_t proven_ = 0;
  bool forgotten_ = false;
};

struct BreadthOptions {
  bool unlimited = false;                                           ///< see Explorer
  std::size_t beam = std::numeric_limits<std::size_t>::max();       ///< kept of each group
  std::size_t width_max = std::numeric_limits<std::size_t>::max();  ///< gives up beyond
};

/// Breadth first: all configurations after each event. A yes is a proof unless `unlimited`; a no is
/// a proof unless a beam had to leave something out.
template <std::size_t Words>
class BreadthFirst {
 public:
  using Config = Configuration<Words>;

  BreadthFirst(const Problem& problem, const Script& script, BreadthOptions options, Budget& budget)
      : script_(script),
        options_(options),
        explorer_(problem, script, options.unlimited, options.beam),
        after_(explorer_.usages(), options.beam),
        budget_(budget) {}

  PassResult run() {
    auto& window = explorer_.window();
    for (const StateId state : script_.initial_states) frontier_.push_back({.state = state});
    while (window.position() < script_.events.size()) {
      const ScriptEvent event = script_.events[window.position()];
      if (!event.response) {
        window.forward();
        for (Config& config : frontier_) explorer_.invoke(config, event.operation);
        continue;
      }
      if (!respond(event.operation)) return {PassAnswer::unknown, window.position()};
      if (frontier_.empty())
        return {cut() ? PassAnswer::unknown : PassAnswer::no, window.position()};
      window.forward();
    }
    return {options_.unlimited ? PassAnswer::unknown : PassAnswer::yes, script_.events.size()};
  }

 private:
  [[nodiscard]] bool cut() const { return explorer_.cut() || after_.cut(); }

  bool respond(std::uint32_t index) {
    const auto done = [&](const Config& config) { return explorer_.already_done(config, index); };
    if (std::all_of(frontier_.begin(), frontier_.end(), done)) return budget_.spend();
    after_.clear();
    const auto& effects = explorer_.window().effects();
    const bool finished =
        explorer_.burst(frontier_, index, Reach::all, budget_, [&](const Config& config) {
          if (after_.insert(config, effects) && after_.items().size() % 4096 == 0)
            budget_.holds(bytes());
        });
    if (!finished || !budget_.holds(bytes())) return false;
    frontier_.clear();
    for (const auto& item : after_.items())
      if (item.alive) frontier_.push_back(item.configuration);
    if (explorer_.usages().size() > usages_max_) forget_usages();
    return frontier_.size() <= options_.width_max;
  }

  void forget_usages() {
    std::vector<UsageId*> kept;
    for (Config& config : frontier_) kept.push_back(&config.usage);
    explorer_.usages().keep(kept);
    usages_max_ = std::max(usages_min, 2 * explorer_.usages().size());
  }

  [[nodiscard]] std::size_t bytes() const {
    return explorer_.bytes() + after_.bytes() + frontier_.capacity() * sizeof(Config);
  }

  const Script& script_;
  BreadthOptions options_;
  Explorer<Words> explorer_;
  Antichain<Words> after_;
  std::vector<Config> frontier_;
  static constexpr std::size_t usages_min = std::size_t{1} << 12;
  std::size_t usages_max_ = usages_min;  ///< more of them are looked through for what is forgotten
  Budget& budget_;
};

}  // namespace eris::checkers::linearizability
