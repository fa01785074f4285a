// The rules as they are defined: every beacon held against every earlier one. Quadratic; for tests
// of beacon_rules and churn.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/model/history.hpp"

namespace eris::checkers::invariants {

struct Tally {
  model::EventIndex first = 0;  ///< the event that broke the rule first
  std::uint64_t count = 0;
  bool operator==(const Tally&) const = default;
};

/// By rule. Node events "invariant" are not looked at.
[[nodiscard]] std::map<std::string, Tally> breaches_by_definition(const model::History& history);

}  // namespace eris::checkers::invariants
