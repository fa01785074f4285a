#include "adapters/reference/paxos/bugs.hpp"

#include <array>

namespace eris::paxos {
namespace {

constexpr auto table = std::to_array<BugInfo>({
    {Bug::promise_not_persisted, "promise-not-persisted",
     "A promise is kept in memory only, so an acceptor that restarts accepts what it had "
     "promised to refuse.",
     "Two values are chosen in one slot; acknowledged writes disappear.", false},
    {Bug::accepted_not_persisted, "accepted-not-persisted",
     "What an acceptor accepts is kept in memory until the next snapshot.",
     "When a majority is killed or loses power, acknowledged writes are gone.", true},
    {Bug::accept_ignores_promise, "accept-ignores-promise",
     "An acceptor accepts whatever it is sent, without looking at what it has promised.",
     "A deposed leader still gets values chosen; acknowledged writes disappear.", false},
    {Bug::shared_ballots, "shared-ballots",
     "A ballot is a bare number, and a second promise for the same number is given.",
     "Two proposers lead with one ballot; replicas differ for good.", true},
    {Bug::adopts_first_value, "adopts-first-value",
     "A new leader proposes the first value that a promise reports, not the one with the "
     "highest "
     "ballot.",
     "After two changes of leader an acknowledged write is overwritten by an older one.", false},
    {Bug::adoption_skips_slots, "adoption-skips-slots",
     "A new leader adopts reported values only up to the first slot that nobody reports.",
     "Acknowledged writes after a gap disappear when the leader changes.", false},
    {Bug::gap_filled_without_phase_1, "gap-filled-without-phase-1",
     "A new leader runs phase 1 from the end of its own log, and fills the gaps before that "
     "with "
     "no-ops unasked.",
     "A server that missed a write becomes leader and erases it.", false},
    {Bug::accepts_across_ballots, "accepts-across-ballots",
     "A leader counts acceptances of a slot, whatever ballot they were given in.",
     "A write is acknowledged that no majority holds.", false},
    {Bug::even_split_quorum, "even-split-quorum", "Half of the acceptors count as a majority.",
     "With four servers split two and two, both halves choose their own values.", true},
    {Bug::duplicate_accept_counted, "duplicate-accept-counted",
     "A leader counts messages of acceptance instead of acceptors.",
     "A leader cut off with one follower asks it twice and acknowledges writes that are lost.",
     true},
    {Bug::execution_skips_gaps, "execution-skips-gaps",
     "A server executes the chosen slots that it has, and leaves out those that it missed.",
     "After a partition heals, replicas differ for good.", true},
    {Bug::ballot_reused, "ballot-reused",
     "A proposer does not write down the ballot that it begins.",
     "After a restart it proposes another value under the same ballot, and both are chosen.",
     false},
    {Bug::leader_reads_unconfirmed, "leader-reads-unconfirmed",
     "A leader answers reads from its own state, without a quorum or a lease.",
     "A leader cut off from the others answers with old values.", true},
    {Bug::truncated_without_transfer, "truncated-without-transfer",
     "A server that needs slots which are gone from the log is sent those that are left.",
     "A server that was away for long comes back with a hole in its state.", true},
    {Bug::reconfiguration_ignores_window, "reconfiguration-ignores-window",
     "A new configuration governs from the slot after it, though slots there may have been "
     "proposed under the old one.",
     "Two majorities that do not overlap choose different values in one slot.", false},
    {Bug::command_proposed_twice, "command-proposed-twice",
     "A command that is not chosen soon is proposed in a second slot, and nothing notices that "
     "both were chosen.",
     "An increment or an append takes effect twice.", true},
});

}  // namespace

bugs::Table<Bug> all_bugs() {
  return table;
}

}  // namespace eris::paxos
