// Window: which operations are open at one point of the script, sorted by what they do.
//
// Why: the search moves forwards and, depth first, backwards through the events; the window moves
// with it, one operation at a time, and answers "which open reads does this state satisfy" with a
// few words of logic.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/linearizability/game.hpp"
#include "checkers/linearizability/mask.hpp"
#include "checkers/linearizability/script.hpp"

namespace eris::checkers::linearizability {

template <std::size_t Words>
class Window {
 public:
  using Slots = Mask<Words>;

  Window(const Script& script, Game& game)
      : script_(script),
        game_(game),
        operation_in_(Slots::capacity, 0),
        reads_of_(script.values),
        differs_from_(script.values),
        swaps_from_(script.values),
        optional_swaps_from_(script.values),
        available_(script.classes.size(), 0) {
    for (std::uint32_t c = 0; c < script.classes.size(); ++c) {
      const Deed& deed = script.deeds[script.classes[c]];
      if (deed.kind == ShapeKind::write) optional_writes_.push_back(c);
      if (deed.kind == ShapeKind::swap) optional_swaps_from_[deed.first].push_back(c);
      if (deed.kind == ShapeKind::effect) optional_effects_.push_back(c);
    }
  }

  /// How many events have been applied.
  [[nodiscard]] std::size_t position() const { return position_; }

  void forward() {
    const ScriptEvent& event = script_.events[position_++];
    if (event.response)
      remove(event.operation);
    else
      add(event.operation);
  }
  void backward() {
    const ScriptEvent& event = script_.events[--position_];
    if (event.response)
      add(event.operation);
    else
      remove(event.operation);
  }

  [[nodiscard]] std::size_t bytes() const {
    return reads_of_.size() * (3 * sizeof(Slots) + sizeof(optional_swaps_from_[0])) +
           (operation_in_.size() + available_.size()) * sizeof(std::uint32_t);
  }

  [[nodiscard]] std::uint32_t operation_in(unsigned slot) const { return operation_in_[slot]; }
  [[nodiscard]] const Slots& writes() const { return writes_; }
  [[nodiscard]] const Slots& effects() const { return effects_; }  ///< swaps too
  [[nodiscard]] const std::vector<std::uint32_t>& available() const { return available_; }

  /// Open pure operations that are legal in this state.
  [[nodiscard]] Slots satisfied(StateId state) const {
    Slots result = differs_;
    if (state < reads_of_.size()) {
      result -= differs_from_[state];
      result |= reads_of_[state];
    }
    observes_.for_each([&](unsigned slot) {
      if (game_.legal(state, script_.operations[operation_in_[slot]].deed)) result.set(slot);
    });
    return result;
  }

  /// Open operations with an effect that may be legal in this state.
  [[nodiscard]] Slots effects_from(StateId state) const {
    Slots result = asked_effects_;
    if (state < swaps_from_.size()) result |= swaps_from_[state];
    return result;
  }

  /// Calls visit(class) for the classes of optional operations that may be legal in this state.
  template <typename Visit>
  void for_each_class_from(StateId state, Visit&& visit) const {
    for (const std::uint32_t c : optional_writes_) visit(c);
    for (const std::uint32_t c : optional_effects_) visit(c);
    if (state < optional_swaps_from_.size())
      for (const std::uint32_t c : optional_swaps_from_[state]) visit(c);
  }

 private:
  void add(std::uint32_t index) {
    const ScriptOperation& operation = script_.operations[index];
    if (operation.optional) {
      ++available_[operation.slot];
      return;
    }
    operation_in_[operation.slot] = index;
    for (Slots* slots : sets_of(operation)) slots->set(operation.slot);
  }

  void remove(std::uint32_t index) {
    const ScriptOperation& operation = script_.operations[index];
    if (operation.optional) {
      --available_[operation.slot];
      return;
    }
    for (Slots* slots : sets_of(operation)) slots->clear(operation.slot);
  }

  /// The two sets that an operation belongs to (the same one twice where it is only one).
  std::array<Slots*, 2> sets_of(const ScriptOperation& operation) {
    const Deed& deed = script_.deed_of(operation);
    switch (deed.kind) {
      case ShapeKind::read:
        return {&reads_of_[deed.first], &reads_of_[deed.first]};
      case ShapeKind::differs:
        return {&differs_, &differs_from_[deed.first]};
      case ShapeKind::observe:
        return {&observes_, &observes_};
      case ShapeKind::write:
        return {&writes_, &writes_};
      case ShapeKind::swap:
        return {&effects_, &swaps_from_[deed.first]};
      case ShapeKind::effect:
        return {&effects_, &asked_effects_};
      default:
        return {&impossible_, &impossible_};
    }
  }

  const Script& script_;
  Game& game_;
  std::size_t position_ = 0;
  std::vector<std::uint32_t> operation_in_;
  Slots writes_, effects_, asked_effects_, differs_, observes_, impossible_;
  std::vector<Slots> reads_of_, differs_from_, swaps_from_;  ///< by value
  std::vector<std::uint32_t> optional_writes_, optional_effects_;
  std::vector<std::vector<std::uint32_t>> optional_swaps_from_;  ///< classes by value
  std::vector<std::uint32_t> available_;                         ///< optional operations by class
};

}  // namespace eris::checkers::linearizability
