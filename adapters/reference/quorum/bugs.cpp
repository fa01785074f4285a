#include "adapters/reference/quorum/bugs.hpp"

#include <array>

namespace eris::quorum {
namespace {

constexpr auto table = std::to_array<BugInfo>({
    {Bug::r_plus_w_too_small, "r-plus-w-too-small",
     "A quorum is computed as half of the replicas, so that R and W need not meet.",
     "A read after an acknowledged write answers with the value before it.", true,
     "mode abd; mode dynamo with sloppy off"},
    {Bug::ack_before_w, "ack-before-w",
     "A write is acknowledged when it has been sent to W replicas, not when they have stored "
     "it.",
     "A replica that crashes or is cut off at that moment takes an acknowledged write with it.",
     true, "mode abd; mode dynamo with sloppy off"},
    {Bug::hint_counts_reads_ignore, "hint-counts-reads-ignore",
     "A hint kept for a replica that is away counts as that replica's acknowledgement, though "
     "reads do not look at hints.",
     "During a partition reads miss acknowledged writes.", true,
     "mode abd; mode dynamo with sloppy off"},
    {Bug::hint_dropped_before_ack, "hint-dropped-before-ack",
     "A hint is deleted when it has been sent, not when its target has stored it.",
     "When the target goes away again at that moment, an acknowledged write is gone.", true,
     "mode dynamo, write-level one or anti-entropy off"},
    {Bug::read_repair_writes_older, "read-repair-writes-older",
     "A repair overwrites what the replica holds without comparing versions.",
     "A value that had been replaced comes back after a read.", true,
     "mode abd; mode dynamo with sloppy off"},
    {Bug::client_clock_timestamps, "client-clock-timestamps",
     "Writes are stamped with a bare clock instead of one that never falls behind what it has "
     "seen.",
     "A client's second write loses to its first one.", true, "mode dynamo with sloppy off"},
    {Bug::tie_keeps_local, "tie-keeps-local",
     "Of two versions with the same time each replica keeps its own.",
     "Replicas differ for good, and readers see one value or the other.", true,
     "mode dynamo, conflict lww"},
    {Bug::siblings_dropped, "siblings-dropped",
     "Of two concurrent versions only the one with the later time is kept.",
     "An element that was added and acknowledged is missing from the set.", true,
     "mode dynamo, conflict siblings"},
    {Bug::clock_bumped_by_non_coordinator, "clock-bumped-by-non-coordinator",
     "A node that does not hold the key numbers writes to it, without the versions it gave out "
     "before.",
     "A new version hides one that its writer never saw; acknowledged elements are missing.", true,
     "mode dynamo, conflict siblings, more nodes than replicas"},
    {Bug::tombstone_collected_early, "tombstone-collected-early",
     "A tombstone is collected after a while, whether or not all replicas have it.",
     "A replica that was away brings a deleted key back.", true, "mode dynamo, with deletes"},
    {Bug::merkle_range_off_by_one, "merkle-range-off-by-one",
     "The comparison of hash trees leaves out the last leaf of each range.",
     "Replicas that differ there are never reconciled.", true, "mode dynamo with read-level one"},
    {Bug::partial_write_reported_failed, "partial-write-reported-failed",
     "A write that too few replicas acknowledged in time is reported as failed, though some "
     "have "
     "stored it.",
     "The value of a write that failed is read.", true, "mode dynamo with sloppy off"},
    {Bug::no_write_back, "no-write-back",
     "A read answers with the newest version that it found without making sure that the next "
     "read finds it too.",
     "A reader sees a new value, and the next one the old value again.", true,
     "mode abd or sloppy off, with anti-entropy off"},
    {Bug::rebalancing_drops_range, "rebalancing-drops-range",
     "A node that gives up a range deletes it without asking whether the new owners have it.",
     "After a change of membership, keys are gone.", false, "every mode, with membership changes"},
});

}  // namespace

bugs::Table<Bug> all_bugs() {
  return table;
}

}  // namespace eris::quorum
