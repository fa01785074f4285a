// Where failed comparisons, which only know what the value was not, fit into an order.
#include <algorithm>
#include <limits>
#include <queue>
#include <utility>

#include "checkers/linearizability/order.hpp"

namespace eris::checkers::linearizability {

namespace {

using Gap = std::size_t;  // before the entry with this place in the order

class Comparisons {
 public:
  Comparisons(const Problem& problem, const Order& order)
      : entries_(problem.entries), order_(order), place_(entries_.size(), unplaced) {
    for (std::size_t i = 0; i < order.size(); ++i) place_[order[i]] = i;
    find_bounds();
    find_values();
  }

  /// By invocation, each into the first gap that fits: so whoever has to come after it finds
  /// the most room.
  std::optional<Order> insert() {
    std::vector<std::pair<Gap, std::uint32_t>> placed;
    std::priority_queue<std::pair<model::EventIndex, Gap>,
                        std::vector<std::pair<model::EventIndex, Gap>>,
                        std::greater<>>
        running;  // comparisons by their end
    Gap first = 0;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      if (entry.kind != ShapeKind::differs) continue;
      for (; !running.empty() && running.top().first < entry.invoked; running.pop())
        first = std::max(first, running.top().second);
      Gap gap = std::max(first, earliest(entry));
      if (value_at_[gap] == entry.first) gap = change_after_[gap];
      if (gap > latest(entry)) return std::nullopt;
      placed.emplace_back(gap, i);
      running.emplace(entry.completed, gap);
    }
    return merged(std::move(placed));
  }

 private:
  static constexpr Gap unplaced = std::numeric_limits<Gap>::max();

  void find_bounds() {
    for (const std::uint32_t i : order_)
      if (!entries_[i].optional()) by_end_.emplace_back(entries_[i].completed, place_[i] + 1);
    std::ranges::sort(by_end_);
    for (std::size_t i = 1; i < by_end_.size(); ++i)
      by_end_[i].second = std::max(by_end_[i].second, by_end_[i - 1].second);
    by_start_.assign(entries_.size() + 1, order_.size());
    for (std::size_t i = entries_.size(); i-- > 0;)
      by_start_[i] = std::min(by_start_[i + 1], place_[i]);
  }

  void find_values() {
    value_at_.push_back(initial_value);
    for (const std::uint32_t i : order_) {
      const ValueId installed = entries_[i].installed();
      value_at_.push_back(installed == no_value ? value_at_.back() : installed);
    }
    change_after_.assign(value_at_.size(), unplaced);
    for (Gap gap = value_at_.size() - 1; gap-- > 0;)
      change_after_[gap] = value_at_[gap] == value_at_[gap + 1] ? change_after_[gap + 1] : gap + 1;
  }

  /// Behind all that had ended before it began.
  [[nodiscard]] Gap earliest(const Entry& entry) const {
    const auto after = std::ranges::lower_bound(by_end_, entry.invoked, {},
                                                [](const auto& ended) { return ended.first; });
    return after == by_end_.begin() ? 0 : std::prev(after)->second;
  }

  /// Before all that began after it had ended.
  [[nodiscard]] Gap latest(const Entry& entry) const {
    const auto after = std::ranges::upper_bound(entries_, entry.completed, {}, &Entry::invoked);
    return by_start_[static_cast<std::size_t>(after - entries_.begin())];
  }

  [[nodiscard]] Order merged(std::vector<std::pair<Gap, std::uint32_t>> placed) const {
    std::ranges::sort(placed);
    Order whole;
    whole.reserve(order_.size() + placed.size());
    auto next = placed.begin();
    for (Gap gap = 0; gap <= order_.size(); ++gap) {
      for (; next != placed.end() && next->first == gap; ++next) whole.push_back(next->second);
      if (gap < order_.size()) whole.push_back(order_[gap]);
    }
    return whole;
  }

  const std::vector<Entry>& entries_;
  const Order& order_;
  std::vector<Gap> place_;                                 ///< by entry
  std::vector<std::pair<model::EventIndex, Gap>> by_end_;  ///< the gap behind all ended by then
  std::vector<Gap> by_start_;      ///< by entry: the gap before it and all that began later
  std::vector<ValueId> value_at_;  ///< by gap
  std::vector<Gap> change_after_;  ///< by gap: the next with another value
};

}  // namespace

std::optional<Order> with_comparisons(const Problem& problem, const Order& order) {
  const bool any = std::ranges::any_of(
      problem.entries, [](const Entry& entry) { return entry.kind == ShapeKind::differs; });
  if (!any) return order;
  return Comparisons(problem, order).insert();
}

}  // namespace eris::checkers::linearizability
