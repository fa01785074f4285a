// Explorer: the moves of the search. Just-in-time linearization: nothing is ordered until an
// operation responds, and then only sequences of open operations that end in that one
// (Lowe 2017, section 4). Pure operations are satisfied as soon as any state satisfies them.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/linearizability/budget.hpp"
#include "checkers/linearizability/configuration.hpp"
#include "checkers/linearizability/game.hpp"
#include "checkers/linearizability/script.hpp"
#include "checkers/linearizability/usage.hpp"
#include "checkers/linearizability/window.hpp"

namespace eris::checkers::linearizability {

/// How far a burst goes.
enum class Reach : std::uint8_t { one_step, all };

/// How a burst came to a configuration, for those who want to know the way (Explorer::trace).
struct TraceStep {
  static constexpr std::uint32_t root = 0xffffffff;
  static constexpr std::uint32_t by_class = 0x80000000;

  std::uint32_t parent = root;  ///< a step; or root
  /// The slot that was used, or by_class | the class; for a root: which of the burst's starts it
  /// is.
  std::uint32_t move = 0;
};

/// `Traced` explorers remember how each burst went; the search does not pay for it.
template <std::size_t Words, bool Traced = false>
class Explorer {
 public:
  using Slots = Mask<Words>;
  using Config = Configuration<Words>;

  /// `unlimited`: optional operations may be used any number of times, which finds every
  /// linearization and perhaps more, so that finding none is a proof.
  /// `group_max` limits what a burst keeps; see Antichain.
  Explorer(const Problem& problem, const Script& script, bool unlimited, std::size_t group_max)
      : script_(script),
        game_(problem, script),
        usages_(unlimited ? std::vector<std::uint32_t>{} : script.supplies),
        window_(script, game_),
        seen_(usages_, group_max),
        unlimited_(unlimited),
        best_(script.deeds.size(), 0),
        best_epoch_(script.deeds.size(), 0) {}

  [[nodiscard]] Window<Words>& window() { return window_; }
  [[nodiscard]] std::size_t window_position() const { return window_.position(); }
  [[nodiscard]] const Slots& effects() const { return window_.effects(); }
  [[nodiscard]] const UsagePool& usages() const { return usages_; }
  [[nodiscard]] UsagePool& usages() { return usages_; }
  [[nodiscard]] const Game& game() const { return game_; }
  /// True once a burst left something out.
  [[nodiscard]] bool cut() const { return seen_.cut(); }
  [[nodiscard]] std::size_t bytes() const {
    return game_.bytes() + usages_.bytes() + window_.bytes() + seen_.bytes() +
           best_.capacity() * (sizeof(best_[0]) + sizeof(best_epoch_[0])) +
           trace_.capacity() * sizeof(TraceStep);
  }

  /// The steps of the last burst.
  [[nodiscard]] const std::vector<TraceStep>& trace() const { return trace_; }
  /// The step that led to what is being emitted.
  [[nodiscard]] std::uint32_t traced() const { return current_; }

  /// The configuration's part of an invocation; the window is already past it.
  void invoke(Config& config, std::uint32_t index) {
    const ScriptOperation& operation = script_.operations[index];
    if (operation.optional) return;
    config.need.set(operation.slot);
    const Deed& deed = script_.deed_of(operation);
    if (deed.kind == ShapeKind::write || deed.kind == ShapeKind::swap ||
        deed.kind == ShapeKind::effect)
      return;
    if (game_.legal(config.state, operation.deed)) config.need.clear(operation.slot);
  }

  /// True when the response changes nothing about any configuration that no longer needs it.
  [[nodiscard]] bool already_done(const Config& config, std::uint32_t index) const {
    const ScriptOperation& operation = script_.operations[index];
    return !config.need.has(operation.slot) && !window_.writes().has(operation.slot);
  }

  /// Calls emit(configuration) for the ways in which operation `index`, about to respond, can be
  /// linearized by now. False when the budget ended it early.
  template <typename Emit>
  bool burst(std::span<const Config> from, std::uint32_t index, Reach reach, Budget& budget,
             Emit&& emit) {
    const ScriptOperation& operation = script_.operations[index];
    seen_.clear();
    if constexpr (Traced) {
      trace_.clear();
      current_ = TraceStep::root;
    }
    for (std::uint32_t i = 0; i < from.size(); ++i) insert(from[i], false, i);
    const std::size_t roots = seen_.items().size();
    for (std::size_t i = 0; i < seen_.items().size(); ++i) {
      const auto item = seen_.items()[i];
      if (!item.alive) continue;
      if (!budget.spend()) return false;
      if (i % 4096 == 4095 && !budget.holds(bytes())) return false;
      if constexpr (Traced) current_ = static_cast<std::uint32_t>(i);
      const Next next = classify(item.configuration, operation, item.settled);
      if (next.emit) {
        Config done = item.configuration;
        done.used.clear(operation.slot);
        emit(done);
      }
      if (!next.expand || (reach == Reach::one_step && i >= roots)) continue;
      expand(item.configuration, next.settled);
    }
    return true;
  }

 private:
  struct Next {
    bool emit = false;
    bool expand = false;
    bool settled = false;  ///< the operation is free: its response asks nothing more
  };

  [[nodiscard]] Next classify(const Config& config, const ScriptOperation& operation,
                              bool settled) const {
    const bool needed = config.need.has(operation.slot);
    if (!window_.writes().has(operation.slot)) return {!needed, needed, false};
    if (config.used.has(operation.slot)) return {true, false, false};
    // A free write may respond as it is, or be used for its effect first: both must be tried.
    return {!needed && !settled, true, !needed};
  }

  void expand(const Config& config, bool settled) {
    pick_earliest(window_.writes() - config.used).for_each([&](unsigned slot) {
      Config child = config;
      child.used.set(slot);
      overwrite(child, deed_in(slot), settled, slot);
    });
    pick_earliest(window_.effects_from(config.state) & config.need).for_each([&](unsigned slot) {
      Config child = config;
      child.need.clear(slot);
      change(child, deed_in(slot), settled, slot);
    });
    window_.for_each_class_from(config.state, [&](std::uint32_t c) {
      if (!may_use(config, c)) return;
      Config child = config;
      if (!unlimited_) child.usage = usages_.with(config.usage, c);
      const std::uint32_t deed = script_.classes[c];
      if (script_.deeds[deed].kind == ShapeKind::write)
        overwrite(child, deed, settled, TraceStep::by_class | c);
      else
        change(child, deed, settled, TraceStep::by_class | c);
    });
  }

  [[nodiscard]] bool may_use(const Config& config, std::uint32_t c) const {
    const std::uint32_t available = window_.available()[c];
    return unlimited_ ? available > 0 : usages_.count(config.usage, c) < available;
  }

  [[nodiscard]] std::uint32_t deed_in(unsigned slot) const {
    return script_.operations[window_.operation_in(slot)].deed;
  }

  /// A write makes every open write free: each can be thought to have happened just before it.
  void overwrite(Config& child, std::uint32_t deed, bool settled, std::uint32_t move) {
    child.need -= window_.writes();
    arrive(child, script_.deeds[deed].first, settled, move);
  }

  void change(Config& child, std::uint32_t deed, bool settled, std::uint32_t move) {
    const StateId next = game_.next(child.state, deed);
    if (next != no_state) arrive(child, next, settled, move);
  }

  void arrive(Config& child, StateId state, bool settled, std::uint32_t move) {
    child.state = state;
    child.need -= window_.satisfied(state);
    insert(child, settled, move);
  }

  void insert(const Config& config, bool settled, [[maybe_unused]] std::uint32_t move) {
    [[maybe_unused]] const bool is_new = seen_.insert(config, window_.effects(), settled);
    if constexpr (Traced)
      if (is_new) trace_.push_back({current_, move});
  }

  /// Of open operations that do the same, only the one that responds first: exchanging it with
  /// another in any linearization gives one that is as good.
  [[nodiscard]] Slots pick_earliest(const Slots& slots) {
    if (slots.count() < 2) return slots;
    ++epoch_;
    Slots result = slots;
    slots.for_each([&](unsigned slot) {
      const std::uint32_t deed = deed_in(slot);
      if (best_epoch_[deed] != epoch_) {
        best_epoch_[deed] = epoch_;
        best_[deed] = slot;
        return;
      }
      const bool earlier = completed(slot) < completed(best_[deed]);
      result.clear(earlier ? best_[deed] : slot);
      if (earlier) best_[deed] = slot;
    });
    return result;
  }

  [[nodiscard]] model::EventIndex completed(unsigned slot) const {
    return script_.operations[window_.operation_in(slot)].completed;
  }

  const Script& script_;
  Game game_;
  UsagePool usages_;
  Window<Words> window_;
  Antichain<Words> seen_;
  bool unlimited_;
  std::vector<unsigned> best_;  ///< by deed, valid where best_epoch_ is epoch_
  std::vector<std::uint64_t> best_epoch_;
  std::uint64_t epoch_ = 0;
  std::vector<TraceStep> trace_;
  std::uint32_t current_ = TraceStep::root;
};

}  // namespace eris::checkers::linearizability
