// What the outcome tables of all clients share: how a try ends that brings no answer, and how its
// line is found. Each table has endings, rules and reasons of its own.
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <span>

#include "adapters/pure_client.hpp"
#include "harness/base/assert.hpp"

namespace eris::client {

/// The ending of that name: `Ending` has one for each.
template <typename Ending>
[[nodiscard]] constexpr Ending ending_without_answer(adapters::NoAnswer why) {
  using adapters::NoAnswer;
  switch (why) {
    case NoAnswer::connect_refused:
      return Ending::connect_refused;
    case NoAnswer::connect_failed:
      return Ending::connect_failed;
    case NoAnswer::connect_timed_out:
      return Ending::connect_timed_out;
    case NoAnswer::nothing_sent:
      return Ending::nothing_sent;
    case NoAnswer::connection_lost:
      return Ending::connection_lost;
    case NoAnswer::timed_out:
      return Ending::timed_out;
    case NoAnswer::malformed:
      return Ending::malformed;
  }
  ERIS_ASSERT(false, "every way of not being answered has an ending");
}

/// The line of the table for an ending.
template <typename Rule, typename Ending>
[[nodiscard]] const Rule& rule_in(std::span<const Rule> table, Ending ending) {
  const auto rule = std::ranges::find(table, ending, &Rule::ending);
  ERIS_ASSERT(rule != table.end(), "every ending stands in the table");
  return *rule;
}

}  // namespace eris::client
