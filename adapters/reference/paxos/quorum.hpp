// Majorities, as plain functions that know nothing of ballots or slots.
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <cstddef>

#include "adapters/reference/paxos/decree.hpp"

namespace eris::paxos {

/// The least number that is more than half of `members`.
[[nodiscard]] constexpr std::size_t majority_of(std::size_t members) {
  return members / 2 + 1;
}

/// How many members of the configuration are such.
template <typename Predicate>
[[nodiscard]] std::size_t count_members(const Configuration& configuration, Predicate is_such) {
  return static_cast<std::size_t>(
      std::count_if(configuration.members.begin(), configuration.members.end(), is_such));
}

}  // namespace eris::paxos
