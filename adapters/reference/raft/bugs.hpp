// The mistakes that the Raft node can be told to make; what they are for is told in
// adapters/reference/bugs/table.hpp.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string_view>

#include "adapters/reference/bugs/table.hpp"
#include "harness/base/result.hpp"

namespace eris::raft {

/// Numbered as in the catalogue of Raft bugs.
enum class Bug : std::uint8_t {
  forgotten_vote = 1,
  forgotten_term = 2,
  ack_before_fsync = 3,
  figure_8 = 4,
  no_up_to_date_check = 5,
  longest_log_wins = 6,
  truncate_always = 7,
  missing_truncation = 8,
  previous_index_off_by_one = 9,
  previous_term_unchecked = 10,
  unbounded_commit = 11,
  stale_read = 12,
  read_index_without_heartbeat = 13,
  read_before_own_term_commit = 14,
  lease_clock_skew = 15,
  apply_before_commit = 16,
  double_apply = 17,
  session_lost_in_snapshot = 18,
  snapshot_drops_tail = 19,
  older_snapshot_accepted = 20,
  membership_before_own_term = 21,
  quorum_from_old_configuration = 22,
  overlapping_membership_changes = 23,
  configuration_used_once_committed = 24,
  even_split_quorum = 25,
  votes_across_terms = 26,
  stale_match_index = 27,
  no_step_down = 28,
  disruptive_candidates = 29,
  next_index_kept_after_log_loss = 30,
  removed_server_votes = 31,
  torn_tail_accepted = 32,
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

}  // namespace eris::raft
