#include "checkers/linearizability/sweeps/takers.hpp"

#include <algorithm>
#include <numeric>

namespace eris::checkers::linearizability {

using model::EventIndex;

std::vector<Life> with_takers(const View& view, const Elements& elements,
                              const Deadlines& deadlines) {
  std::vector<Life> lives = elements.lives;
  std::vector<std::uint32_t> urgent;
  for (std::uint32_t i = 0; i < lives.size(); ++i)
    if (!lives[i].taken() && deadlines[i] != model::never) urgent.push_back(i);
  std::ranges::sort(urgent, {}, [&](std::uint32_t i) { return deadlines[i]; });
  auto taker = elements.unknown_takes.begin();
  for (const std::uint32_t i : urgent) {
    if (taker == elements.unknown_takes.end()) break;
    if (view.begin(*taker) <= deadlines[i]) lives[i].take_begin = view.begin(*taker++);
  }
  return lives;
}

std::vector<Life> with_any_takers(const View& view, const Elements& elements) {
  std::vector<Life> lives = elements.lives;
  if (elements.unknown_takes.empty()) return lives;
  for (Life& life : lives)
    if (!life.taken()) life.take_begin = view.begin(elements.unknown_takes.front());
  return lives;
}

SuffixMinimum::SuffixMinimum(std::vector<EventIndex> places) : places_(std::move(places)) {
  std::ranges::sort(places_);
  tree_.assign(places_.size() + 1, model::never);
}

void SuffixMinimum::add(EventIndex place, EventIndex value) {
  const auto found = std::ranges::lower_bound(places_, place);
  for (std::size_t i = static_cast<std::size_t>(places_.end() - found); i < tree_.size();
       i += i & (~i + 1))
    tree_[i] = std::min(tree_[i], value);
}

EventIndex SuffixMinimum::above(EventIndex place) const {
  const auto found = std::ranges::upper_bound(places_, place);
  EventIndex least = model::never;
  for (std::size_t i = static_cast<std::size_t>(places_.end() - found); i > 0; i -= i & (~i + 1))
    least = std::min(least, tree_[i]);
  return least;
}

}  // namespace eris::checkers::linearizability
