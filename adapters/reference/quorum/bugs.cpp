#include "adapters/reference/quorum/bugs.hpp"

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {
namespace {

std::vector<BugInfo> make_table() {
  return {
      {Bug::r_plus_w_too_small, 1, "r-plus-w-too-small",
       "A quorum is computed as half of the replicas, so that R and W need not meet.",
       "A read after an acknowledged write answers with the value before it.",
       "mode abd; mode dynamo with sloppy off", true},
      {Bug::ack_before_w, 2, "ack-before-w",
       "A write is acknowledged when it has been sent to W replicas, not when they have stored it.",
       "A replica that crashes or is cut off at that moment takes an acknowledged write with it.",
       "mode abd; mode dynamo with sloppy off", true},
      {Bug::hint_counts_reads_ignore, 3, "hint-counts-reads-ignore",
       "A hint kept for a replica that is away counts as that replica's acknowledgement, though "
       "reads do not look at hints.",
       "During a partition reads miss acknowledged writes.",
       "mode abd; mode dynamo with sloppy off", true},
      {Bug::hint_dropped_before_ack, 4, "hint-dropped-before-ack",
       "A hint is deleted when it has been sent, not when its target has stored it.",
       "When the target goes away again at that moment, an acknowledged write is gone.",
       "mode dynamo, write-level one or anti-entropy off", true},
      {Bug::read_repair_writes_older, 5, "read-repair-writes-older",
       "A repair overwrites what the replica holds without comparing versions.",
       "A value that had been replaced comes back after a read.",
       "mode abd; mode dynamo with sloppy off", true},
      {Bug::client_clock_timestamps, 6, "client-clock-timestamps",
       "Writes are stamped with a bare clock instead of one that never falls behind what it has "
       "seen.",
       "A client's second write loses to its first one.", "mode dynamo with sloppy off", true},
      {Bug::tie_keeps_local, 7, "tie-keeps-local",
       "Of two versions with the same time each replica keeps its own.",
       "Replicas differ for good, and readers see one value or the other.",
       "mode dynamo, conflict lww", true},
      {Bug::siblings_dropped, 8, "siblings-dropped",
       "Of two concurrent versions only the one with the later time is kept.",
       "An element that was added and acknowledged is missing from the set.",
       "mode dynamo, conflict siblings", true},
      {Bug::clock_bumped_by_non_coordinator, 9, "clock-bumped-by-non-coordinator",
       "A node that does not hold the key numbers writes to it, without the versions it gave out "
       "before.",
       "A new version hides one that its writer never saw; acknowledged elements are missing.",
       "mode dynamo, conflict siblings, more nodes than replicas", true},
      {Bug::tombstone_collected_early, 10, "tombstone-collected-early",
       "A tombstone is collected after a while, whether or not all replicas have it.",
       "A replica that was away brings a deleted key back.", "mode dynamo, with deletes", false},
      {Bug::merkle_range_off_by_one, 11, "merkle-range-off-by-one",
       "The comparison of hash trees leaves out the last leaf of each range.",
       "Replicas that differ there are never reconciled.", "mode dynamo with read-level one", true},
      {Bug::partial_write_reported_failed, 12, "partial-write-reported-failed",
       "A write that too few replicas acknowledged in time is reported as failed, though some have "
       "stored it.",
       "The value of a write that failed is read.", "mode dynamo with sloppy off", true},
      {Bug::no_write_back, 13, "no-write-back",
       "A read answers with the newest version that it found without making sure that the next "
       "read finds it too.",
       "A reader sees a new value, and the next one the old value again.",
       "mode abd or sloppy off, with anti-entropy off", true},
      {Bug::rebalancing_drops_range, 14, "rebalancing-drops-range",
       "A node that gives up a range deletes it without asking whether the new owners have it.",
       "After a change of membership, keys are gone.", "every mode, with membership changes",
       false},
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

}  // namespace eris::quorum
