#include "adapters/reference/paxos/bugs.hpp"

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::paxos {
namespace {

std::vector<BugInfo> make_table() {
  return {
      {Bug::promise_not_persisted, 1, "promise-not-persisted",
       "A promise is kept in memory only, so an acceptor that restarts accepts what it had "
       "promised "
       "to refuse.",
       "Two values are chosen in one slot; acknowledged writes disappear.", false},
      {Bug::accepted_not_persisted, 2, "accepted-not-persisted",
       "What an acceptor accepts is kept in memory until the next snapshot.",
       "When a majority is killed or loses power, acknowledged writes are gone.", true},
      {Bug::accept_ignores_promise, 3, "accept-ignores-promise",
       "An acceptor accepts whatever it is sent, without looking at what it has promised.",
       "A deposed leader still gets values chosen; acknowledged writes disappear.", false},
      {Bug::shared_ballots, 4, "shared-ballots",
       "A ballot is a bare number, and a second promise for the same number is given.",
       "Two proposers lead with one ballot; replicas differ for good.", true},
      {Bug::adopts_first_value, 5, "adopts-first-value",
       "A new leader proposes the first value that a promise reports, not the one with the highest "
       "ballot.",
       "After two changes of leader an acknowledged write is overwritten by an older one.", false},
      {Bug::adoption_skips_slots, 6, "adoption-skips-slots",
       "A new leader adopts reported values only up to the first slot that nobody reports.",
       "Acknowledged writes after a gap disappear when the leader changes.", false},
      {Bug::gap_filled_without_phase_1, 7, "gap-filled-without-phase-1",
       "A new leader runs phase 1 from the end of its own log, and fills the gaps before that with "
       "no-ops unasked.",
       "A server that missed a write becomes leader and erases it.", false},
      {Bug::accepts_across_ballots, 8, "accepts-across-ballots",
       "A leader counts acceptances of a slot, whatever ballot they were given in.",
       "A write is acknowledged that no majority holds.", false},
      {Bug::even_split_quorum, 9, "even-split-quorum", "Half of the acceptors count as a majority.",
       "With four servers split two and two, both halves choose their own values.", true},
      {Bug::duplicate_accept_counted, 10, "duplicate-accept-counted",
       "A leader counts messages of acceptance instead of acceptors.",
       "A leader cut off with one follower asks it twice and acknowledges writes that are lost.",
       true},
      {Bug::execution_skips_gaps, 11, "execution-skips-gaps",
       "A server executes the chosen slots that it has, and leaves out those that it missed.",
       "After a partition heals, replicas differ for good.", true},
      {Bug::ballot_reused, 12, "ballot-reused",
       "A proposer does not write down the ballot that it begins.",
       "After a restart it proposes another value under the same ballot, and both are chosen.",
       false},
      {Bug::leader_reads_unconfirmed, 13, "leader-reads-unconfirmed",
       "A leader answers reads from its own state, without a quorum or a lease.",
       "A leader cut off from the others answers with old values.", true},
      {Bug::truncated_without_transfer, 14, "truncated-without-transfer",
       "A server that needs slots which are gone from the log is sent those that are left.",
       "A server that was away for long comes back with a hole in its state.", false},
      {Bug::reconfiguration_ignores_window, 15, "reconfiguration-ignores-window",
       "A new configuration governs from the slot after it, though slots there may have been "
       "proposed under the old one.",
       "Two majorities that do not overlap choose different values in one slot.", false},
      {Bug::command_proposed_twice, 16, "command-proposed-twice",
       "A command that is not chosen soon is proposed in a second slot, and nothing notices that "
       "both were chosen.",
       "An increment or an append takes effect twice.", true},
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

}  // namespace eris::paxos
