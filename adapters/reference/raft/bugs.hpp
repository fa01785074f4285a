// The mistakes that the Raft node can be told to make: one switch each.
//
// Why: a tool that finds bugs must be seen to find them. Each switch is a mistake that real
// implementations have made, one or a few lines at the place where it was made; everything else
// stays correct. `eris prove` runs each and expects it to be found and named.
// Names and numbers are stable: plans and suites refer to them.
// Thread rule: plain values.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

struct BugInfo {
  Bug bug;
  int number;
  std::string_view name;    ///< "stale-read"
  std::string_view forgot;  ///< what the implementer forgot, a sentence
  std::string_view seen;    ///< what a user of the system sees, a sentence
  /// Whether a run with real processes can show it; otherwise only the simulator can, because it
  /// takes a power loss or a message schedule that a network of processes does not give on demand.
  bool shown_live;
};

/// Every bug, ascending by number.
[[nodiscard]] const std::vector<BugInfo>& all_bugs();
[[nodiscard]] const BugInfo& info(Bug bug);
/// Errors: usage, with "did you mean".
[[nodiscard]] base::Result<Bug> find_bug(std::string_view name);

/// The mistakes that one node makes; none by default.
class BugSet {
 public:
  BugSet() = default;
  BugSet(std::initializer_list<Bug> bugs) {
    for (const Bug bug : bugs) add(bug);
  }
  void add(Bug bug) { bits_.set(static_cast<std::size_t>(bug)); }
  [[nodiscard]] bool has(Bug bug) const { return bits_.test(static_cast<std::size_t>(bug)); }
  [[nodiscard]] bool empty() const { return bits_.none(); }

 private:
  std::bitset<64> bits_;
};

}  // namespace eris::raft
