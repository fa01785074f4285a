#include "adapters/reference/raft/bugs.hpp"

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::raft {
namespace {

std::vector<BugInfo> make_table() {
  return {
      {Bug::forgotten_vote, 1, "forgotten-vote",
       "A vote is kept in memory only, so a server that restarts may vote twice in one term.",
       "Two leaders in one term; acknowledged writes disappear.", false},
      {Bug::forgotten_term, 2, "forgotten-term",
       "The current term is not written to disk, so a server comes back in an older one.",
       "A deposed leader finds followers again; acknowledged writes disappear.", false},
      {Bug::ack_before_fsync, 3, "ack-before-fsync",
       "Entries are acknowledged while they wait in memory to be written.",
       "When a majority is killed or loses power at once, acknowledged writes are gone.", true},
      {Bug::figure_8, 4, "figure-8",
       "A leader commits entries of earlier terms by counting replicas.",
       "After some changes of leader a value that was read goes back to an older one.", false},
      {Bug::no_up_to_date_check, 5, "no-up-to-date-check",
       "A vote is given without comparing logs.",
       "A server that missed writes becomes leader and erases them.", true},
      {Bug::longest_log_wins, 6, "longest-log-wins",
       "A vote is given to the longer log, whatever its last term.",
       "A former leader with many uncommitted entries wins again and erases acknowledged writes.",
       true},
      {Bug::truncate_always, 7, "truncate-always",
       "Every AppendEntries cuts the log after its last entry, even one that was overtaken.",
       "A delayed message erases acknowledged entries.", false},
      {Bug::missing_truncation, 8, "missing-truncation",
       "Entries that conflict with the leader's are kept.",
       "After a partition heals, replicas differ for good.", true},
      {Bug::previous_index_off_by_one, 9, "previous-index-off-by-one",
       "A leader that steps back after a refusal names the index before the previous one, and "
       "sends the entries that follow the previous one.",
       "After a partition heals, a replica holds the right entries in the wrong places.", false},
      {Bug::previous_term_unchecked, 10, "previous-term-unchecked",
       "AppendEntries compares the previous index, not the previous term.",
       "After a change of leader, a replica holds entries that nobody else has.", true},
      {Bug::unbounded_commit, 11, "unbounded-commit",
       "A follower takes over the leader's commit index without asking how far its own log agrees.",
       "A follower applies entries that were never committed; values appear that nobody wrote "
       "there.",
       true},
      {Bug::stale_read, 12, "stale-read",
       "A leader answers reads, and goes on leading, without making sure that anyone follows it.",
       "A leader cut off from the others answers with old values.", true},
      {Bug::read_index_without_heartbeat, 13, "read-index-without-heartbeat",
       "The read index is taken without the round of heartbeats that confirms leadership.",
       "A leader cut off from the others answers with old values.", true},
      {Bug::read_before_own_term_commit, 14, "read-before-own-term-commit",
       "A new leader serves reads before an entry of its own term is committed.",
       "Right after an election, a read misses the latest acknowledged writes.", true},
      {Bug::lease_clock_skew, 15, "lease-clock-skew",
       "A lease runs from the reply instead of the request, and for longer than an election takes.",
       "For a moment after a partition, the old leader answers with old values.", true},
      {Bug::apply_before_commit, 16, "apply-before-commit",
       "A leader applies and answers as soon as it has appended.",
       "Writes acknowledged by a leader that is cut off disappear; reads see them before that.",
       true},
      {Bug::double_apply, 17, "double-apply", "A command that a client repeats is applied again.",
       "An increment or an append whose answer was lost takes effect twice.", true},
      {Bug::session_lost_in_snapshot, 18, "session-lost-in-snapshot",
       "Snapshots leave out which commands of each client were applied.",
       "After a snapshot is loaded, a command that a client repeats takes effect twice.", true},
      {Bug::snapshot_drops_tail, 19, "snapshot-drops-tail",
       "A follower that installs a snapshot throws away entries after it that it has acknowledged.",
       "With the leader gone, acknowledged writes are gone.", false},
      {Bug::older_snapshot_accepted, 20, "older-snapshot-accepted",
       "A snapshot older than the state is installed all the same.",
       "A delayed message turns a replica back in time.", false},
      {Bug::membership_before_own_term, 21, "membership-before-own-term",
       "A new leader changes the membership before it has committed an entry of its own term.",
       "Two majorities that do not overlap; acknowledged writes disappear.", false},
      {Bug::quorum_from_old_configuration, 22, "quorum-from-old-configuration",
       "How many servers are a majority is worked out once, from the first configuration.",
       "Once the cluster has grown, two halves of it elect leaders; acknowledged writes disappear.",
       false},
      {Bug::overlapping_membership_changes, 23, "overlapping-membership-changes",
       "A leader begins a membership change before the one before it is committed.",
       "Majorities of the first and the last configuration do not overlap; acknowledged writes "
       "disappear.",
       false},
      {Bug::configuration_used_once_committed, 24, "configuration-used-once-committed",
       "Majorities are those of the last committed configuration, not of the last in the log.",
       "Servers that know of different commits elect different leaders; acknowledged writes "
       "disappear.",
       false},
      {Bug::even_split_quorum, 25, "even-split-quorum", "Half of the servers count as a majority.",
       "With four servers split two and two, both halves elect a leader and accept writes.", true},
      {Bug::votes_across_terms, 26, "votes-across-terms",
       "Votes for an earlier candidacy count for the present one.", "Two leaders in one term.",
       true},
      {Bug::stale_match_index, 27, "stale-match-index",
       "A leader believes an acknowledgement that belongs to an earlier term.",
       "A write is acknowledged that too few servers hold.", false},
      {Bug::no_step_down, 28, "no-step-down",
       "A leader that hears of a higher term goes on leading.",
       "An old leader answers beside the new one.", true},
      {Bug::disruptive_candidates, 29, "disruptive-candidates",
       "A server that hears no leader raises the term without asking first, others listen though "
       "they hear their leader, and a denied vote restarts their timers.",
       "A server with a link that fails in one direction deposes leader after leader; clients wait "
       "for elections.",
       false},
      {Bug::next_index_kept_after_log_loss, 30, "next-index-kept-after-log-loss",
       "What a leader knows of a server's log outlives its reign and the server's removal, though "
       "the server may have lost entries since.",
       "A write is acknowledged that too few servers hold; a server that comes back with an empty "
       "disk never catches up.",
       false},
      {Bug::removed_server_votes, 31, "removed-server-votes",
       "Votes are counted from servers that are no members.",
       "A server that was removed helps to elect a leader without a majority.", false},
      {Bug::torn_tail_accepted, 32, "torn-tail-accepted",
       "The last record of the log is read without looking at its checksum.",
       "After a power loss a replica holds a command that nobody sent.", false},
  };
}

}  // namespace

const std::vector<BugInfo>& all_bugs() {
  static const std::vector<BugInfo> table = make_table();
  return table;
}

const BugInfo& info(Bug bug) {
  for (const BugInfo& candidate : all_bugs())
    if (candidate.bug == bug) return candidate;
  ERIS_ASSERT(false, "every bug stands in the table");
}

base::Result<Bug> find_bug(std::string_view name) {
  std::vector<std::string> names;
  for (const BugInfo& candidate : all_bugs()) {
    if (candidate.name == name) return candidate.bug;
    names.emplace_back(candidate.name);
  }
  return base::usage_error("unknown bug '" + std::string(name) + "'", {},
                           base::did_you_mean(name, names));
}

}  // namespace eris::raft
