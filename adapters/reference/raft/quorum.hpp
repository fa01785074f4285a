// Majorities, as plain functions that know nothing of elections or logs.
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <type_traits>

#include <boost/container/small_vector.hpp>

#include "adapters/reference/raft/entry.hpp"

namespace eris::raft {

/// The least number that is more than half of `members`.
[[nodiscard]] constexpr std::size_t majority_of(std::size_t members) {
  return members / 2 + 1;
}

/// The highest value that at least `needed` members have reached, given each member's value, which
/// it puts into another order; a default value where there are fewer members than that.
template <typename Values>
[[nodiscard]] auto reached_by(Values&& values, std::size_t needed) ->
    typename std::remove_reference_t<Values>::value_type {
  if (needed == 0 || values.size() < needed) return {};
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(needed - 1);
  std::nth_element(values.begin(), nth, values.end(), std::greater<>());
  return *nth;
}

/// The same over the voters of a configuration: `self` has reached `own`, and any other `of(node)`.
/// A server that is no voter does not count, even while it leads (section 4.2.2).
template <typename T, typename Of>
[[nodiscard]] T reached_by_quorum(const Configuration& configuration, std::size_t needed,
                                  NodeId self, T own, Of of) {
  // On the stack: asked with each message, and clusters are small.
  boost::container::small_vector<T, 9> values;
  for (const NodeId voter : configuration.voters) values.push_back(voter == self ? own : of(voter));
  return reached_by(values, needed);
}

}  // namespace eris::raft
