// The mistakes that the Paxos node can be told to make; what they are for is told in
// adapters/reference/bugs/table.hpp.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string_view>

#include "adapters/reference/bugs/table.hpp"
#include "harness/base/result.hpp"

namespace eris::paxos {

/// Numbered as in the catalogue of Multi-Paxos bugs.
enum class Bug : std::uint8_t {
  promise_not_persisted = 1,
  accepted_not_persisted = 2,
  accept_ignores_promise = 3,
  shared_ballots = 4,
  adopts_first_value = 5,
  adoption_skips_slots = 6,
  gap_filled_without_phase_1 = 7,
  accepts_across_ballots = 8,
  even_split_quorum = 9,
  duplicate_accept_counted = 10,
  execution_skips_gaps = 11,
  ballot_reused = 12,
  leader_reads_unconfirmed = 13,
  truncated_without_transfer = 14,
  reconfiguration_ignores_window = 15,
  command_proposed_twice = 16,
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

}  // namespace eris::paxos
