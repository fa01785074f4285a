#include "checkers/linearizability/sweeps/nesting.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "checkers/linearizability/sweeps/moments.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;

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

class Nesting {
 public:
  Nesting(std::span<const Life> lives, Allowance& allowance, std::vector<Due>* learned,
          std::vector<Nest>* nests)
      : lives_(lives),
        allowance_(allowance),
        learned_(learned),
        nests_(nests),
        moments_(moments_of(lives)),
        alive_(lives_.size(), true),
        pushes_(lives_),
        coverage_(counts()) {
    if (learned != nullptr) list_unpopped();
  }

  std::vector<std::uint32_t> run() {
    while (!parts_.empty()) {
      allowance_.step();
      const auto [first, last] = parts_.back();
      parts_.pop_back();
      // A part begins after the moment at which its first stay did, and ends likewise.
      const EventIndex begin = moments_.moment_of(first - 1);
      const EventIndex end = moments_.moment_of(last + 1);
      const std::uint32_t bottom = pushes_.find(
          begin, [&](const Life& life) { return life.take_begin <= end && end <= life.take_end; });
      if (bottom != no_entry) {
        if (nests_ != nullptr) nests_->push_back({bottom, begin, end});
        remove(bottom, first, last);
      } else if (!learn(first, last)) {
        return chain(begin, end);
      }
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
    return moments;
  }

  /// How many stays cover each cell; and the parts of time that are covered.
  std::vector<std::int32_t> counts() {
    std::vector<std::int32_t> counts(moments_.cells(), 0);
    for (const Life& life : lives_) {
      if (!life.stays()) continue;
      ++counts[moments_.cell_of(life.put_end) + 1];
      --counts[moments_.cell_of(life.take_begin)];
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
    alive_[life] = false;
    uncover(moments_.cell_of(lives_[life].put_end) + 1,
            moments_.cell_of(lives_[life].take_begin) - 1, first, last);
  }

  /// Takes one stay off these cells of a part, which may fall apart by that.
  void uncover(Cell begin, Cell end, Cell first, Cell last) {
    coverage_.remove(begin, end);
    for (Cell next = begin; next <= end;) {
      const Cell hole = coverage_.next_uncovered(next, end);
      if (hole == Coverage::none) break;
      if (hole > first) parts_.emplace_back(first, hole - 1);
      first = next = hole + 1;
    }
    if (first <= last) parts_.emplace_back(first, last);
  }

  void list_unpopped() {
    for (std::uint32_t i = 0; i < lives_.size(); ++i)
      if (lives_[i].stays() && !lives_[i].taken()) unpopped_.emplace(lives_[i].put_end, i);
  }

  /// In a part that has no bottom the first element that nobody is known to have popped came too
  /// late to be it, so it was popped before what is at the bottom: at the latest, before the last
  /// pop of what can be there. It is left out from here on.
  bool learn(Cell first, Cell last) {
    if (learned_ == nullptr) return false;
    const EventIndex begin = moments_.moment_of(first - 1);
    auto chosen = unpopped_.lower_bound({begin, 0});
    while (chosen != unpopped_.end() && !alive_[chosen->second]) chosen = unpopped_.erase(chosen);
    if (chosen == unpopped_.end() || chosen->first >= moments_.moment_of(last + 1)) return false;
    EventIndex deadline = 0;
    std::ignore = pushes_.find(begin, [&](const Life& life) {
      if (life.taken()) deadline = std::max(deadline, life.take_end);
      return false;
    });
    const std::uint32_t life = chosen->second;
    if (deadline < lives_[life].put_end) return false;
    unpopped_.erase(chosen);
    learned_->push_back({life, deadline});
    remove(life, first, last);
    return true;
  }

  /// The fewest stays that are left and overlap from `begin` to `end`.
  [[nodiscard]] std::vector<std::uint32_t> chain(EventIndex begin, EventIndex end) const {
    std::vector<std::uint32_t> chosen;
    std::size_t next = 0;
    std::vector<std::uint32_t> inside;
    for (std::uint32_t i = 0; i < lives_.size(); ++i)
      if (lives_[i].stays() && alive_[i] && lives_[i].put_end >= begin &&
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
  Allowance& allowance_;
  std::vector<Due>* learned_;
  std::vector<Nest>* nests_;
  std::set<std::pair<EventIndex, std::uint32_t>> unpopped_;  ///< by put_end
  Moments moments_;
  std::vector<std::pair<Cell, Cell>> parts_;  ///< covered throughout, not looked at yet
  std::vector<bool> alive_;                   ///< by life
  Pushes pushes_;
  Coverage coverage_;
};

}  // namespace

std::vector<std::uint32_t> find_misnested(std::span<const Life> lives, Allowance& allowance,
                                          std::vector<Due>* learned, std::vector<Nest>* nests) {
  return Nesting(lives, allowance, learned, nests).run();
}

}  // namespace eris::checkers::linearizability
