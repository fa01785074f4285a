// The mistakes that the quorum-KV node can be told to make; what they are for is told in
// adapters/reference/bugs/table.hpp.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string_view>

#include "adapters/reference/bugs/table.hpp"
#include "harness/base/result.hpp"

namespace eris::quorum {

/// Numbered as in the catalogue of quorum-KV bugs.
enum class Bug : std::uint8_t {
  r_plus_w_too_small = 1,
  ack_before_w = 2,
  hint_counts_reads_ignore = 3,
  hint_dropped_before_ack = 4,
  read_repair_writes_older = 5,
  client_clock_timestamps = 6,
  tie_keeps_local = 7,
  siblings_dropped = 8,
  clock_bumped_by_non_coordinator = 9,
  tombstone_collected_early = 10,
  merkle_range_off_by_one = 11,
  partial_write_reported_failed = 12,
  no_write_back = 13,
  rebalancing_drops_range = 14,
};

using BugInfo = bugs::Info<Bug>;
using BugSet = bugs::Set<Bug>;

/// Every bug, ascending by number.
[[nodiscard]] bugs::Table<Bug> all_bugs();
[[nodiscard]] inline const BugInfo& info(Bug bug) {
  return bugs::info(all_bugs(), bug);
}
/// Errors: usage, with "did you mean".
[[nodiscard]] inline base::Result<Bug> find_bug(std::string_view name) {
  return bugs::find(all_bugs(), name);
}

}  // namespace eris::quorum
