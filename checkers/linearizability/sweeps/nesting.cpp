#include "checkers/linearizability/sweeps/nesting.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;
using Cell = std::uint32_t;

/// How many stays cover each cell; finds the cells that no stay covers any more.
class Coverage {
 public:
  explicit Coverage(const std::vector<std::int32_t>& counts)
      : leaves_(std::bit_ceil(std::max<std::size_t>(counts.size(), 1))),
        least_(leaves_ * 2, uncovered_before),
        added_(leaves_ * 2, 0) {
    for (std::size_t i = 0; i < counts.size(); ++i)
      least_[leaves_ + i] = counts[i] == 0 ? uncovered_before : counts[i];
    for (std::size_t i = leaves_ - 1; i > 0; --i)
      least_[i] = std::min(least_[2 * i], least_[2 * i + 1]);
  }

  /// Takes one stay off the cells from `first` to `last`.
  void remove(Cell first, Cell last) { remove(1, 0, leaves_ - 1, first, last); }

  /// The first cell from here on that has just become uncovered, or `none`. It is told once.
  Cell next_uncovered(Cell first, Cell last) { return least_in(1, 0, leaves_ - 1, first, last, 0); }
  static constexpr Cell none = 0xffffffff;

 private:
  // Large enough never to be taken for a fresh zero.
  static constexpr std::int32_t uncovered_before = std::numeric_limits<std::int32_t>::max() / 2;

  void remove(std::size_t node, std::size_t low, std::size_t high, Cell first, Cell last) {
    if (last < low || high < first) return;
    if (first <= low && high <= last) {
      --least_[node];
      --added_[node];
      return;
    }
    const std::size_t middle = (low + high) / 2;
    remove(2 * node, low, middle, first, last);
    remove(2 * node + 1, middle + 1, high, first, last);
    pull(node);
  }

  Cell least_in(std::size_t node, std::size_t low, std::size_t high, Cell first, Cell last,
                std::int32_t above) {
    if (last < low || high < first || least_[node] + above > 0) return none;
    if (low == high) {
      least_[node] = uncovered_before;
      return static_cast<Cell>(low);
    }
    const std::size_t middle = (low + high) / 2;
    above += added_[node];
    Cell found = least_in(2 * node, low, middle, first, last, above);
    if (found == none) found = least_in(2 * node + 1, middle + 1, high, first, last, above);
    pull(node);
    return found;
  }

  void pull(std::size_t node) {
    least_[node] = std::min(least_[2 * node], least_[2 * node + 1]) + added_[node];
  }

  std::size_t leaves_;
  std::vector<std::int32_t> least_;  ///< below a node, with what was added there
  std::vector<std::int32_t> added_;  ///< to all below a node
};

/// Finds pushes that were open at a moment.
class Pushes {
 public:
  explicit Pushes(std::span<const Life> lives)
      : lives_(lives),
        leaves_(std::bit_ceil(std::max<std::size_t>(lives.size(), 1))),
        latest_(leaves_ * 2, 0) {
    for (std::size_t i = 0; i < lives.size(); ++i)
      if (lives[i].stays()) latest_[leaves_ + i] = lives[i].put_end + 1;
    for (std::size_t i = leaves_ - 1; i > 0; --i) pull(i);
  }

  void remove(std::uint32_t life) {
    std::size_t node = leaves_ + life;
    for (latest_[node] = 0, node /= 2; node > 0; node /= 2) pull(node);
  }

  /// One that is left, whose push began by `begin`, ended from there on, and which fits.
  template <typename Fits>
  [[nodiscard]] std::uint32_t find(EventIndex begin, Fits&& fits) const {
    const auto after = std::ranges::upper_bound(lives_, begin, {}, &Life::put_begin);
    return find(1, 0, leaves_, static_cast<std::size_t>(after - lives_.begin()), begin, fits);
  }

 private:
  template <typename Fits>
  [[nodiscard]] std::uint32_t find(std::size_t node, std::size_t low, std::size_t width,
                                   std::size_t end, EventIndex begin, Fits&& fits) const {
    if (low >= end || latest_[node] <= begin) return no_entry;
    if (width == 1) return fits(lives_[low]) ? static_cast<std::uint32_t>(low) : no_entry;
    const std::size_t half = width / 2;
    const std::uint32_t found = find(2 * node + 1, low + half, half, end, begin, fits);
    return found != no_entry ? found : find(2 * node, low, half, end, begin, fits);
  }

  void pull(std::size_t node) {
    latest_[node] = std::max(latest_[2 * node], latest_[2 * node + 1]);
  }

  std::span<const Life> lives_;
  std::size_t leaves_;
  std::vector<EventIndex> latest_;  ///< one more than the latest put_end below a node; 0: none left
};

/// Time is cut into cells: each moment at which a stay begins or ends, and what lies between two.
class Nesting {
 public:
  explicit Nesting(std::span<const Life> lives)
      : lives_(lives), moments_(moments_of(lives)), pushes_(lives), coverage_(counts()) {}

  std::vector<std::uint32_t> run() {
    while (!parts_.empty()) {
      const auto [first, last] = parts_.back();
      parts_.pop_back();
      // A part begins after the moment at which its first stay did, and ends likewise.
      const EventIndex begin = moments_[(first - 1) / 2];
      const EventIndex end = moments_[(last + 1) / 2];
      const std::uint32_t bottom = pushes_.find(
          begin, [&](const Life& life) { return life.take_begin <= end && end <= life.take_end; });
      if (bottom == no_entry) return chain(begin, end);
      remove(bottom, first, last);
    }
    return {};
  }

 private:
  static std::vector<EventIndex> moments_of(std::span<const Life> lives) {
    std::vector<EventIndex> moments;
    moments.reserve(lives.size() * 2);
    for (const Life& life : lives) {
      if (!life.stays()) continue;
      moments.push_back(life.put_end);
      moments.push_back(life.take_begin);
    }
    std::ranges::sort(moments);
    moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
    return moments;
  }

  [[nodiscard]] Cell cell_of(EventIndex moment) const {
    return static_cast<Cell>(2 * (std::ranges::lower_bound(moments_, moment) - moments_.begin()));
  }

  /// How many stays cover each cell; and the parts of time that are covered.
  std::vector<std::int32_t> counts() {
    std::vector<std::int32_t> counts(moments_.size() * 2, 0);
    for (const Life& life : lives_) {
      if (!life.stays()) continue;
      ++counts[cell_of(life.put_end) + 1];
      --counts[cell_of(life.take_begin)];
    }
    Cell begin = 0;
    for (Cell i = 1; i < counts.size(); ++i) {
      counts[i] += counts[i - 1];
      if (counts[i] > 0 && counts[i - 1] == 0) begin = i;
      if (counts[i] == 0 && counts[i - 1] > 0) parts_.emplace_back(begin, i - 1);
    }
    return counts;
  }

  void remove(std::uint32_t life, Cell first, Cell last) {
    pushes_.remove(life);
    alive_.resize(lives_.size(), true);
    alive_[life] = false;
    const Cell begin = cell_of(lives_[life].put_end) + 1;
    const Cell end = cell_of(lives_[life].take_begin) - 1;
    coverage_.remove(begin, end);
    Cell next = begin;
    while (next <= end) {
      const Cell hole = coverage_.next_uncovered(next, end);
      if (hole == Coverage::none) break;
      if (hole > first) parts_.emplace_back(first, hole - 1);
      first = next = hole + 1;
    }
    if (first <= last) parts_.emplace_back(first, last);
  }

  /// The fewest stays that are left and overlap from `begin` to `end`.
  [[nodiscard]] std::vector<std::uint32_t> chain(EventIndex begin, EventIndex end) const {
    std::vector<std::uint32_t> chosen;
    std::size_t next = 0;
    std::vector<std::uint32_t> inside;
    for (std::uint32_t i = 0; i < lives_.size(); ++i)
      if (lives_[i].stays() && (alive_.empty() || alive_[i]) && lives_[i].put_end >= begin &&
          lives_[i].take_begin <= end)
        inside.push_back(i);
    std::ranges::sort(inside, {}, [&](std::uint32_t i) { return lives_[i].put_end; });
    for (EventIndex reached = begin; reached < end; reached = lives_[chosen.back()].take_begin) {
      std::uint32_t best = no_entry;
      for (; next < inside.size(); ++next) {
        const Life& life = lives_[inside[next]];
        if (life.put_end > begin && life.put_end >= reached) break;
        if (best == no_entry || life.take_begin > lives_[best].take_begin) best = inside[next];
      }
      chosen.push_back(best);
    }
    return chosen;
  }

  std::span<const Life> lives_;
  std::vector<EventIndex> moments_;
  std::vector<std::pair<Cell, Cell>> parts_;  ///< covered throughout, not looked at yet
  std::vector<bool> alive_;                   ///< by life; empty: all
  Pushes pushes_;
  Coverage coverage_;
};

}  // namespace

std::vector<std::uint32_t> find_misnested(std::span<const Life> lives) {
  return Nesting(lives).run();
}

}  // namespace eris::checkers::linearizability
