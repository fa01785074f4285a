#include "checkers/linearizability/zones.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "checkers/linearizability/order.hpp"
#include "harness/base/assert.hpp"

namespace eris::checkers::linearizability {

namespace {

constexpr std::uint32_t none = 0xffffffff;
/// Shifted by one, so that 0 is before everything.
using Moment = std::uint64_t;
constexpr Moment before_all = 0;
constexpr Moment after_all = model::never;

Moment start(const Entry& entry) {
  return entry.invoked + 1;
}
Moment finish(const Entry& entry) {
  return entry.optional() ? after_all : entry.completed + 1;
}

/// Everybody who saw one value. Indexed by ValueId.
struct Cluster {
  std::uint32_t installer = none;  ///< entry; none for the initial value
  std::uint32_t earliest = none;   ///< entry of `first_end`
  std::uint32_t latest = none;     ///< entry of `last_start`
  std::uint32_t witness = none;    ///< of an optional installer: an entry that saw the value
  ValueId next = no_value;         ///< the value that a compare-and-set replaced it with
  bool effective = false;          ///< installed for certain
  bool by_swap = false;            ///< installed by a compare-and-set
  Moment first_end = after_all;    ///< F: the value was there by now
  Moment last_start = before_all;  ///< S: the value was still there
};

/// A maximal chain of clusters, joined by compare-and-set.
struct Block {
  Moment first_end = after_all;
  Moment last_start = before_all;
  ValueId root = 0;
  [[nodiscard]] bool forward() const { return first_end < last_start; }
};

using Core = std::vector<std::uint32_t>;

class Zones {
 public:
  explicit Zones(const Problem& problem)
      : problem_(problem), entries_(problem.entries), clusters_(problem.values.size()) {}

  ZoneResult run() {
    if (!problem_.plain() || problem_.unknown_start || !survey())
      return {ZoneAnswer::undecided, {}};
    if (auto core = find_violation()) {
      std::sort(core->begin(), core->end());
      core->erase(std::unique(core->begin(), core->end()), core->end());
      return {ZoneAnswer::violated, std::move(*core)};
    }
    return {!compares_ || all_comparisons_fit() ? ZoneAnswer::linearizable : ZoneAnswer::undecided,
            {}};
  }

  /// Once they have been found linearizable: all but the failed comparisons, in order.
  std::vector<std::uint32_t> order() {
    std::ranges::sort(blocks_, {}, [](const Block& block) {
      return std::pair(std::min(block.first_end, block.last_start), block.forward());
    });
    // The readers of each value, one value behind the other.
    std::vector<std::uint32_t> end(clusters_.size() + 1, 0);
    for (const Entry& entry : entries_)
      if (entry.kind == ShapeKind::read) ++end[entry.first];
    std::partial_sum(end.begin(), end.end(), end.begin());
    std::vector<std::uint32_t> readers(end.back());
    std::vector<std::uint32_t> begin = end;
    for (std::uint32_t i = static_cast<std::uint32_t>(entries_.size()); i-- > 0;)
      if (entries_[i].kind == ShapeKind::read) readers[--begin[entries_[i].first]] = i;
    std::vector<std::uint32_t> order;
    order.reserve(entries_.size());
    for (const Block& block : blocks_)
      for (ValueId link = block.root; link != no_value; link = clusters_[link].next) {
        if (clusters_[link].installer != none) order.push_back(clusters_[link].installer);
        order.insert(order.end(), readers.begin() + begin[link], readers.begin() + end[link]);
      }
    return order;
  }

 private:
  std::optional<Core> find_violation() {
    if (auto core = observe_all()) return core;
    if (auto core = fill_clusters()) return core;
    if (auto core = link_clusters()) return core;
    if (auto core = build_blocks()) return core;
    if (auto core = find_conflict()) return core;
    if (compares_) return find_impossible_comparison();
    return std::nullopt;
  }

  /// Finds the installers, and what need not be looked at: most of the time of a long history goes
  /// into walking over it once more. False when two operations may have installed the same value.
  bool survey() {
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      compares_ = compares_ || entry.kind == ShapeKind::differs;
      if (entry.kind == ShapeKind::impossible) impossible_ = std::min(impossible_, i);
      const ValueId value = entry.installed();
      if (value == no_value) continue;
      Cluster& cluster = clusters_[value];
      if (value == initial_value || cluster.installer != none) return false;
      cluster.installer = i;
      cluster.by_swap = entry.kind == ShapeKind::swap;
      cluster.effective = !cluster.by_swap && !entry.optional();
      swaps_ = swaps_ || cluster.by_swap;
    }
    return true;
  }

  // Whether an entry reads or writes is as good as drawn by lot, and a processor that guesses wrong
  // waits longer than the entry takes. So the two walks that follow ask what is nearly always so.

  /// Decides which optional installers took effect: those whose value was seen, and those that an
  /// effective compare-and-set built upon. One that nobody saw can be left out of any order.
  std::optional<Core> observe_all() {
    clusters_[initial_value].effective = true;
    clusters_[initial_value].first_end = before_all;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      if (i == impossible_) return Core{i};
      const Entry& entry = entries_[i];
      const bool swaps = entry.kind == ShapeKind::swap && !entry.optional();
      if (swaps) clusters_[entry.second].effective = true;
      if (clusters_[entry.first].effective || entry.optional()) continue;
      if (entry.observed() != no_value)
        if (auto core = observe(entry.first, i)) return core;
    }
    return std::nullopt;
  }

  std::optional<Core> observe(ValueId value, std::uint32_t by) {
    while (!clusters_[value].effective) {
      Cluster& cluster = clusters_[value];
      if (cluster.installer == none) return closed({by});
      cluster.witness = by;
      cluster.effective = true;
      if (!cluster.by_swap) break;
      by = cluster.installer;
      value = entries_[by].first;
    }
    return std::nullopt;
  }

  std::optional<Core> fill_clusters() {
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      const ValueId value = joined(entry);
      if (value == no_value) continue;
      Cluster& cluster = clusters_[value];
      const bool earlier = finish(entry) < cluster.first_end;
      cluster.first_end = earlier ? finish(entry) : cluster.first_end;
      cluster.earliest = earlier ? i : cluster.earliest;
      // Most entries ascend; those that staleness.cpp lets begin earlier do not.
      const bool later = start(entry) > cluster.last_start;
      cluster.last_start = later ? start(entry) : cluster.last_start;
      cluster.latest = later ? i : cluster.latest;
    }
    for (const Cluster& cluster : clusters_)
      if (cluster.installer != none && cluster.first_end < start(entries_[cluster.installer]))
        return find_early_reader();
    return std::nullopt;
  }

  /// The cluster that an entry belongs to, or no_value.
  static ValueId joined(const Entry& entry) {
    if (entry.kind == ShapeKind::read || entry.kind == ShapeKind::write) return entry.first;
    return entry.installed();
  }

  /// Somebody saw a value and was done before it began to be written.
  std::optional<Core> find_early_reader() {
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      const ValueId value = joined(entries_[i]);
      const std::uint32_t installer = value == no_value ? none : clusters_[value].installer;
      if (installer != none && finish(entries_[i]) < start(entries_[installer]))
        return closed({i, installer});
    }
    return std::nullopt;
  }

  std::optional<Core> link_clusters() {
    if (!swaps_) return std::nullopt;
    for (ValueId value = 0; value < clusters_.size(); ++value) {
      const Cluster& cluster = clusters_[value];
      if (!cluster.effective || !cluster.by_swap) continue;
      ValueId& next = clusters_[entries_[cluster.installer].first].next;
      if (next != no_value) return closed({clusters_[next].installer, cluster.installer});
      next = value;
    }
    return std::nullopt;
  }

  std::optional<Core> build_blocks() {
    std::size_t reached = 0;
    std::size_t effective = 0;
    blocks_.reserve(swaps_ ? 0 : clusters_.size());
    for (ValueId value = 0; value < clusters_.size(); ++value) {
      if (!clusters_[value].effective) continue;
      ++effective;
      if (clusters_[value].by_swap) continue;
      Block block{.root = value};
      ValueId latest = value;  // the cluster of the chain whose value was seen latest so far
      for (ValueId link = value; link != no_value; link = clusters_[link].next) {
        ++reached;
        const Cluster& cluster = clusters_[link];
        if (link != value && cluster.first_end < clusters_[latest].last_start)
          return closed({cluster.earliest, clusters_[latest].latest, cluster.installer}, latest,
                        link);
        if (cluster.last_start >= clusters_[latest].last_start) latest = link;
        block.first_end = std::min(block.first_end, cluster.first_end);
        block.last_start = std::max(block.last_start, cluster.last_start);
      }
      blocks_.push_back(block);
    }
    if (reached != effective) return find_cycle();
    return std::nullopt;
  }

  /// Compare-and-sets that build upon one another in a circle.
  std::optional<Core> find_cycle() {
    std::vector<bool> reached(clusters_.size(), false);
    for (const Block& block : blocks_)
      for (ValueId link = block.root; link != no_value; link = clusters_[link].next)
        reached[link] = true;
    for (ValueId value = 0; value < clusters_.size(); ++value) {
      if (!clusters_[value].effective || reached[value]) continue;
      ValueId on_cycle = value;  // as many steps back as there are values lead onto the circle
      for (std::size_t i = 0; i < clusters_.size(); ++i)
        on_cycle = entries_[clusters_[on_cycle].installer].first;
      Core core;
      for (ValueId link = on_cycle; core.empty() || link != on_cycle; link = clusters_[link].next)
        core.push_back(clusters_[link].installer);
      return closed(std::move(core));
    }
    ERIS_ASSERT(false, "clusters that no chain reaches must lie behind a circle");
    return std::nullopt;
  }

  std::optional<Core> find_conflict() {
    std::vector<Block> forward;
    forward.reserve(static_cast<std::size_t>(std::ranges::count_if(blocks_, &Block::forward)));
    for (const Block& block : blocks_)
      if (block.forward()) forward.push_back(block);
    const auto by_first_end = [](const Block& a, const Block& b) {
      return a.first_end < b.first_end;
    };
    if (!std::is_sorted(forward.begin(), forward.end(), by_first_end))
      std::sort(forward.begin(), forward.end(), by_first_end);
    for (std::size_t i = 1; i < forward.size(); ++i)
      if (forward[i].first_end < forward[i - 1].last_start)
        return conflict(forward[i - 1], forward[i]);
    std::size_t after = 0;
    for (const Block& block : blocks_) {
      if (block.forward()) continue;
      after = first_from(forward, block.last_start, after);
      if (after > 0 && block.first_end < forward[after - 1].last_start)
        return conflict(forward[after - 1], block);
    }
    return std::nullopt;
  }

  /// The first block with an end from this moment on. They are asked for nearly in their order, so
  /// that it is looked for around the last one that was found, in steps that double.
  static std::size_t first_from(const std::vector<Block>& blocks, Moment moment, std::size_t near) {
    std::size_t low = near, high = near;
    for (std::size_t step = 1; low > 0 && blocks[low - 1].first_end >= moment; step *= 2)
      high = low - 1, low -= std::min(low, step);
    for (std::size_t step = 1; high < blocks.size() && blocks[high].first_end < moment; step *= 2)
      low = high + 1, high = std::min(blocks.size(), high + step);
    const auto begin = blocks.begin();
    const auto found = std::lower_bound(
        begin + static_cast<std::ptrdiff_t>(low), begin + static_cast<std::ptrdiff_t>(high), moment,
        [](const Block& a, Moment end) { return a.first_end < end; });
    return static_cast<std::size_t>(found - begin);
  }

  std::optional<Core> conflict(const Block& a, const Block& b) {
    Core core = extremes(a);
    const Core other = extremes(b);
    core.insert(core.end(), other.begin(), other.end());
    return closed(std::move(core));
  }

  /// The entries that give a block its F and its S, with what connects them.
  Core extremes(const Block& block) {
    ValueId low = no_value;
    ValueId high = no_value;
    Core core;
    for (ValueId link = block.root; link != no_value; link = clusters_[link].next) {
      const Cluster& cluster = clusters_[link];
      const bool earliest = cluster.first_end == block.first_end && cluster.earliest != none;
      const bool latest = cluster.last_start == block.last_start && cluster.latest != none;
      if (earliest) core.push_back(cluster.earliest);
      if (latest) core.push_back(cluster.latest);
      if (!earliest && !latest && cluster.first_end != block.first_end) continue;
      if (low == no_value) low = link;
      high = link;
    }
    add_links(core, low, high);
    return core;
  }

  /// The installers of the chain from one cluster to a later one.
  void add_links(Core& core, ValueId low, ValueId high) {
    for (ValueId link = low; link != no_value; link = clusters_[link].next) {
      if (clusters_[link].installer != none) core.push_back(clusters_[link].installer);
      if (link == high) return;
    }
  }

  /// A comparison that failed against a value that was there from its start to its end.
  std::optional<Core> find_impossible_comparison() {
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      if (entry.kind != ShapeKind::differs) continue;
      const Cluster& cluster = clusters_[entry.first];
      if (!cluster.effective || !(cluster.first_end < start(entry))) continue;
      if (!(finish(entry) < cluster.last_start)) continue;
      Core core{i, cluster.latest};
      if (cluster.earliest != none) core.push_back(cluster.earliest);
      return closed(std::move(core));
    }
    return std::nullopt;
  }

  /// True when every failed comparison certainly fits: its value was never there, or another value
  /// was current at some moment while it ran.
  [[nodiscard]] bool all_comparisons_fit() const {
    const auto needs_room = [&](const Entry& entry) {
      return entry.kind == ShapeKind::differs && clusters_[entry.first].effective;
    };
    if (std::none_of(entries_.begin(), entries_.end(), needs_room)) return true;
    const std::vector<Room> rooms = rooms_by_opening();
    return std::all_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      return !needs_room(entry) || meets_another_value(entry, rooms);
    });
  }

  /// The two values seen latest among those that were current by a moment.
  struct Room {
    Moment opened = 0;
    Moment latest = 0;
    ValueId latest_value = no_value;
    Moment second = 0;
  };

  [[nodiscard]] std::vector<Room> rooms_by_opening() const {
    std::vector<Room> rooms;
    for (ValueId value = 0; value < clusters_.size(); ++value) {
      const Cluster& cluster = clusters_[value];
      if (!cluster.effective) continue;
      const Moment installed =
          cluster.installer == none ? before_all : start(entries_[cluster.installer]);
      rooms.push_back({std::max(cluster.first_end, installed), cluster.last_start, value, 0});
    }
    std::sort(rooms.begin(), rooms.end(),
              [](const Room& a, const Room& b) { return a.opened < b.opened; });
    for (std::size_t i = 1; i < rooms.size(); ++i) {
      const Room& before = rooms[i - 1];
      if (rooms[i].latest > before.latest) {
        rooms[i].second = before.latest;
      } else {
        rooms[i].second = std::max(before.second, rooms[i].latest);
        rooms[i].latest = before.latest;
        rooms[i].latest_value = before.latest_value;
      }
    }
    return rooms;
  }

  [[nodiscard]] static bool meets_another_value(const Entry& comparison,
                                                const std::vector<Room>& rooms) {
    const auto after =
        std::upper_bound(rooms.begin(), rooms.end(), finish(comparison),
                         [](Moment moment, const Room& room) { return moment < room.opened; });
    if (after == rooms.begin()) return false;
    const Room& room = *std::prev(after);
    const Moment seen = room.latest_value == comparison.first ? room.second : room.latest;
    return start(comparison) <= seen;
  }

  Core closed(Core core, ValueId low, ValueId high) {
    add_links(core, low, high);
    return closed(std::move(core));
  }

  /// Adds what makes the entries a proof by themselves: who installed each value that is seen, and
  /// for an optional installer somebody who saw its value.
  Core closed(Core core) {
    std::vector<bool> inside(entries_.size(), false);
    for (const std::uint32_t i : core) inside[i] = true;
    const auto add = [&](std::uint32_t i) {
      if (i == none || inside[i]) return;
      inside[i] = true;
      core.push_back(i);
    };
    for (std::size_t done = 0; done < core.size(); ++done) {
      const Entry& entry = entries_[core[done]];
      if (const ValueId seen = entry.observed(); seen != no_value) add(clusters_[seen].installer);
      if (entry.kind == ShapeKind::differs) add(clusters_[entry.first].installer);
      if (entry.optional()) add(clusters_[entry.installed()].witness);
    }
    return core;
  }

  const Problem& problem_;
  const std::vector<Entry>& entries_;
  std::vector<Cluster> clusters_;
  std::vector<Block> blocks_;
  std::uint32_t impossible_ = none;  ///< the first entry that is legal in no state
  bool compares_ = false;            ///< some comparison failed without telling what it saw
  bool swaps_ = false;
};

}  // namespace

ZoneResult check_zones(const Problem& problem) {
  return Zones(problem).run();
}

std::optional<std::vector<std::uint32_t>> order_by_zones(const Problem& problem) {
  Zones zones(problem);
  if (zones.run().answer != ZoneAnswer::linearizable) return std::nullopt;
  return with_comparisons(problem, zones.order());
}

}  // namespace eris::checkers::linearizability
