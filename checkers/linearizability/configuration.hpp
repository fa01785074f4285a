// Configuration: what the search knows of one way to order the operations so far; and the store
// that keeps only the best of them.
//
// A configuration holds the state and, of the open operations that must be linearized:
//   need: pure ones not yet satisfied, writes still to be ordered, effects not yet ordered;
//   used: writes whose effect has been used already.
// A write in neither set is free: another write was ordered while it was open, and it can be
// thought to have happened just before that one, unseen; or it may still be used for its effect.
//
// One configuration is at least as good as another when it has the same state and the same effects
// to come, and needs, used and consumed no more. For effects "fewer to come" is not better.
// Thread rule: one owner.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "checkers/linearizability/game.hpp"
#include "checkers/linearizability/mask.hpp"
#include "checkers/linearizability/usage.hpp"

namespace eris::checkers::linearizability {

template <std::size_t Words>
struct Configuration {
  StateId state = 0;
  UsageId usage = 0;
  Mask<Words> need;
  Mask<Words> used;
};

/// True when whatever can follow `b` can follow `a`. `effects`: the open operations with effects.
template <std::size_t Words>
[[nodiscard]] bool dominates(const Configuration<Words>& a, const Configuration<Words>& b,
                             const Mask<Words>& effects, const UsagePool& usages) {
  return a.state == b.state && (a.need & effects) == (b.need & effects) &&
         a.need.subset_of(b.need) && a.used.subset_of(b.used) &&
         usages.no_more_than(a.usage, b.usage);
}

/// Orders configurations by promise: few optional operations used, scarce ones least; then few
/// obligations.
template <std::size_t Words>
[[nodiscard]] std::uint64_t cost(const Configuration<Words>& config, const Mask<Words>& effects,
                                 const UsagePool& usages) {
  const unsigned obligations = (config.need - effects).count() + 2 * config.used.count();
  return (usages.price(config.usage) << 16) + obligations;
}

/// Configurations of which none dominates another, hashed by what dominance needs to be equal.
/// With a limit it keeps only the most promising of those that agree in state and effects to come.
template <std::size_t Words>
class Antichain {
 public:
  struct Item {
    Configuration<Words> configuration;
    std::uint32_t next = none;
    bool alive = true;
    bool settled = false;  ///< for the burst's own use
  };

  explicit Antichain(const UsagePool& usages, std::size_t group_max = unlimited)
      : usages_(usages), group_max_(group_max), heads_(64) {}

  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  /// True once something was left out because of the limit.
  [[nodiscard]] bool cut() const { return cut_; }

  void clear() {
    items_.clear();
    ++epoch_;
  }

  /// False when the configuration is dominated by one that is here, or is over the limit.
  bool insert(const Configuration<Words>& configuration, const Mask<Words>& effects,
              bool settled = false) {
    if (items_.size() * 2 > heads_.size()) grow(effects);
    Head& head = head_of(configuration, effects);
    if (head.epoch != epoch_) head = {epoch_, none};
    for (std::uint32_t i = head.first; i != none; i = items_[i].next) {
      Item& item = items_[i];
      if (!item.alive) continue;
      if (dominates(item.configuration, configuration, effects, usages_)) return false;
      if (dominates(configuration, item.configuration, effects, usages_)) item.alive = false;
    }
    if (group_max_ != unlimited && !make_room(head.first, configuration, effects)) return false;
    items_.push_back({configuration, head.first, true, settled});
    head.first = static_cast<std::uint32_t>(items_.size() - 1);
    return true;
  }

  /// In order of insertion, the dominated ones included.
  [[nodiscard]] const std::vector<Item>& items() const { return items_; }
  [[nodiscard]] std::size_t bytes() const {
    return items_.capacity() * sizeof(Item) + heads_.capacity() * sizeof(Head);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct Head {
    std::uint64_t epoch = 0;
    std::uint32_t first = none;
  };

  Head& head_of(const Configuration<Words>& configuration, const Mask<Words>& effects) {
    std::uint64_t hash = configuration.state * 0x9e3779b97f4a7c15ull;
    for (const std::uint64_t word : (configuration.need & effects).words)
      hash = (hash ^ word) * 0xbf58476d1ce4e5b9ull + (hash >> 29);
    return heads_[(hash ^ (hash >> 32)) & (heads_.size() - 1)];
  }

  /// Drops the least promising of a full group. False when that is the new one.
  bool make_room(std::uint32_t first, const Configuration<Words>& fresh,
                 const Mask<Words>& effects) {
    std::size_t group = 0;
    std::uint32_t worst = none;
    std::uint64_t worst_cost = 0;
    for (std::uint32_t i = first; i != none; i = items_[i].next) {
      const Configuration<Words>& other = items_[i].configuration;
      const bool same = items_[i].alive && other.state == fresh.state &&
                        (other.need & effects) == (fresh.need & effects);
      if (!same) continue;
      ++group;
      const std::uint64_t its_cost = cost(other, effects, usages_);
      if (worst == none || its_cost > worst_cost) worst = i, worst_cost = its_cost;
    }
    if (group < group_max_) return true;
    cut_ = true;
    if (worst_cost <= cost(fresh, effects, usages_)) return false;
    items_[worst].alive = false;
    return true;
  }

  void grow(const Mask<Words>& effects) {
    heads_.assign(std::bit_ceil(items_.size() * 4), {});
    ++epoch_;
    for (std::uint32_t i = 0; i < items_.size(); ++i) {
      Head& head = head_of(items_[i].configuration, effects);
      if (head.epoch != epoch_) head = {epoch_, none};
      items_[i].next = head.first;
      head.first = i;
    }
  }

  const UsagePool& usages_;
  std::size_t group_max_;
  bool cut_ = false;
  std::vector<Item> items_;
  std::vector<Head> heads_;
  std::uint64_t epoch_ = 1;
};

}  // namespace eris::checkers::linearizability
