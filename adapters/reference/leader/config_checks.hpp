// What the configurations of nodes whose protocol has a leader must satisfy, whatever else they
// say.
//
// Why templates: each protocol has timeouts of its own, with reasons of its own for their defaults;
// those that decide about leadership have the same names in all.
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"

namespace eris::leader {

/// `member` is what the protocol calls one: "voter". Errors: usage, at `where`.
[[nodiscard]] inline base::Result<void> check_members(base::NodeId self,
                                                      const std::vector<base::NodeId>& members,
                                                      std::string_view member, const char* where) {
  if (self == base::NodeId())
    return base::usage_error("the node's own id is 0", where, "count nodes from 1");
  if (std::ranges::find(members, base::NodeId()) != members.end())
    return base::usage_error("a " + std::string(member) + "'s id is 0", where,
                             "count nodes from 1");
  return {};
}

/// Errors: usage, at `where`.
template <typename Timeouts>
[[nodiscard]] base::Result<void> check_timeouts(const Timeouts& t, const char* where) {
  const auto wrong = [where](const char* what, const char* next_step) {
    return base::usage_error(what, where, next_step);
  };
  if (t.heartbeat <= base::Duration::zero() || t.retransmit <= base::Duration::zero())
    return wrong("an interval is not positive", "give heartbeat and retransmit above 0");
  if (t.election_min < 2 * t.heartbeat)
    return wrong("an election timeout is shorter than two heartbeats",
                 "raise election_min or lower heartbeat");
  if (t.election_max <= t.election_min)
    return wrong("election timeouts leave no room for chance",
                 "give an election_max above election_min");
  if (t.clock_drift_percent >= 100)
    return wrong("no lease is left after the clocks' drift", "lower clock_drift_percent");
  return {};
}

}  // namespace eris::leader
