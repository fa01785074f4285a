#include "adapters/reference/raft/bugs.hpp"

#include <array>

namespace eris::raft {
namespace {

constexpr auto table = std::to_array<BugInfo>({
    {Bug::forgotten_vote, "forgotten-vote",
     "A vote is kept in memory only, so a server that restarts may vote twice in one term.",
     "Two leaders in one term; acknowledged writes disappear.", false},
    {Bug::forgotten_term, "forgotten-term",
     "The current term is not written to disk, so a server comes back in an older one.",
     "A deposed leader finds followers again; acknowledged writes disappear.", false},
    {Bug::ack_before_fsync, "ack-before-fsync",
     "Entries are acknowledged while they wait in memory to be written.",
     "When a majority is killed or loses power at once, acknowledged writes are gone.", true},
    {Bug::figure_8, "figure-8", "A leader commits entries of earlier terms by counting replicas.",
     "After some changes of leader a value that was read goes back to an older one.", false},
    {Bug::no_up_to_date_check, "no-up-to-date-check", "A vote is given without comparing logs.",
     "A server that missed writes becomes leader and erases them.", true},
    {Bug::longest_log_wins, "longest-log-wins",
     "A vote is given to the longer log, whatever its last term.",
     "A former leader with many uncommitted entries wins again and erases acknowledged writes.",
     true},
    {Bug::truncate_always, "truncate-always",
     "Every AppendEntries cuts the log after its last entry, even one that was overtaken.",
     "A delayed message erases acknowledged entries.", false},
    {Bug::missing_truncation, "missing-truncation",
     "Entries that conflict with the leader's are kept.",
     "After a partition heals, replicas differ for good.", true},
    {Bug::previous_index_off_by_one, "previous-index-off-by-one",
     "A leader that steps back after a refusal names the index before the previous one, and "
     "sends the entries that follow the previous one.",
     "After a partition heals, a replica holds the right entries in the wrong places.", true},
    {Bug::previous_term_unchecked, "previous-term-unchecked",
     "AppendEntries compares the previous index, not the previous term.",
     "After a change of leader, a replica holds entries that nobody else has.", true},
    {Bug::unbounded_commit, "unbounded-commit",
     "A follower takes over the leader's commit index without asking how far its own log "
     "agrees.",
     "A follower applies entries that were never committed; values appear that nobody wrote "
     "there.",
     true},
    {Bug::stale_read, "stale-read",
     "A leader answers reads, and goes on leading, without making sure that anyone follows it.",
     "A leader cut off from the others answers with old values.", true},
    {Bug::read_index_without_heartbeat, "read-index-without-heartbeat",
     "The read index is taken without the round of heartbeats that confirms leadership.",
     "A leader cut off from the others answers with old values.", true},
    {Bug::read_before_own_term_commit, "read-before-own-term-commit",
     "A new leader serves reads before an entry of its own term is committed.",
     "Right after an election, a read misses the latest acknowledged writes.", true},
    {Bug::lease_clock_skew, "lease-clock-skew",
     "A lease runs from the reply instead of the request, and for longer than an election "
     "takes.",
     "For a moment after a partition, the old leader answers with old values.", true},
    {Bug::apply_before_commit, "apply-before-commit",
     "A leader applies and answers as soon as it has appended.",
     "Writes acknowledged by a leader that is cut off disappear; reads see them before that.",
     true},
    {Bug::double_apply, "double-apply", "A command that a client repeats is applied again.",
     "An increment or an append whose answer was lost takes effect twice.", true},
    {Bug::session_lost_in_snapshot, "session-lost-in-snapshot",
     "Snapshots leave out which commands of each client were applied.",
     "After a snapshot is loaded, a command that a client repeats takes effect twice.", true},
    {Bug::snapshot_drops_tail, "snapshot-drops-tail",
     "A follower that installs a snapshot throws away entries after it that it has "
     "acknowledged.",
     "With the leader gone, acknowledged writes are gone.", false},
    {Bug::older_snapshot_accepted, "older-snapshot-accepted",
     "A snapshot older than the state is installed all the same.",
     "A delayed message turns a replica back in time.", false},
    {Bug::membership_before_own_term, "membership-before-own-term",
     "A new leader changes the membership before it has committed an entry of its own term.",
     "Two majorities that do not overlap; acknowledged writes disappear.", false},
    {Bug::quorum_from_old_configuration, "quorum-from-old-configuration",
     "How many servers are a majority is worked out once, from the first configuration.",
     "Once the cluster has grown, two halves of it elect leaders; acknowledged writes "
     "disappear.",
     false},
    {Bug::overlapping_membership_changes, "overlapping-membership-changes",
     "A leader begins a membership change before the one before it is committed.",
     "Majorities of the first and the last configuration do not overlap; acknowledged writes "
     "disappear.",
     false},
    {Bug::configuration_used_once_committed, "configuration-used-once-committed",
     "Majorities are those of the last committed configuration, not of the last in the log.",
     "Servers that know of different commits elect different leaders; acknowledged writes "
     "disappear.",
     false},
    {Bug::even_split_quorum, "even-split-quorum", "Half of the servers count as a majority.",
     "With four servers split two and two, both halves elect a leader and accept writes.", true},
    {Bug::votes_across_terms, "votes-across-terms",
     "Votes for an earlier candidacy count for the present one.", "Two leaders in one term.", true},
    {Bug::stale_match_index, "stale-match-index",
     "A leader believes an acknowledgement that belongs to an earlier term.",
     "A write is acknowledged that too few servers hold.", false},
    {Bug::no_step_down, "no-step-down", "A leader that hears of a higher term goes on leading.",
     "An old leader answers beside the new one.", true},
    {Bug::disruptive_candidates, "disruptive-candidates",
     "A server that hears no leader raises the term without asking first, others listen though "
     "they hear their leader, and a denied vote restarts their timers.",
     "A server with a link that fails in one direction deposes leader after leader; clients "
     "wait "
     "for elections.",
     false},
    {Bug::next_index_kept_after_log_loss, "next-index-kept-after-log-loss",
     "What a leader knows of a server's log outlives its reign and the server's removal, though "
     "the server may have lost entries since.",
     "A write is acknowledged that too few servers hold; a server that comes back with an empty "
     "disk never catches up.",
     false},
    {Bug::removed_server_votes, "removed-server-votes",
     "Votes are counted from servers that are no members.",
     "A server that was removed helps to elect a leader without a majority.", false},
    {Bug::torn_tail_accepted, "torn-tail-accepted",
     "The last record of the log is read without looking at its checksum.",
     "After a power loss a replica holds a command that nobody sent.", false},
});

}  // namespace

bugs::Table<Bug> all_bugs() {
  return table;
}

}  // namespace eris::raft
