// FaultDriver: strikes the cluster with the planned faults, in time, and takes every one back.
//
// Each injection leaves a trail in the journal: decided (before anything is done, so that its
// inverse is on record), applied with the evidence so far, reverting, reverted with the final
// evidence; or skipped, or failed, with the reason among the facts. All phases carry the action
// that was decided; a skipped injection that chose nothing carries an empty one.
// Invariants: what was decided and may have been applied, even in part, is undone, at the latest
// by heal(); one node is never killed and paused at once.
// Thread rule: one owner (the run loop).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "faults/schedule.hpp"
#include "harness/base/rng.hpp"
#include "harness/run/cluster.hpp"
#include "harness/run/fault_ledger.hpp"
#include "harness/run/recorder.hpp"
#include "harness/run/scheduled_fault.hpp"

namespace eris::run {

/// Injections by what became of them.
struct FaultCounts {
  std::uint64_t applied = 0;    ///< put in force, whatever the evidence
  std::uint64_t effective = 0;  ///< of those: with evidence that they took effect
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;  ///< could not be applied or undone
  bool operator==(const FaultCounts&) const = default;
};

class FaultDriver {
 public:
  FaultDriver(std::vector<ScheduledFault> faults, std::uint64_t seed, Cluster& cluster,
              Recorder& recorder);

  /// The load begins: schedules count from here.
  void start(base::Instant now);
  /// Begins or ends the earliest of what is due; false where nothing is.
  bool step();
  /// When step() has something to do; nothing where no fault is planned.
  [[nodiscard]] std::optional<base::Instant> due() const;

  /// Undoes everything in force, the newest first. Works without a journal, too.
  void heal();

  /// A node came up (again); from now on its death would be news.
  void node_started(base::NodeId node) { killed_.erase(node); }
  /// True where this driver killed the node and it has not been seen to start since.
  [[nodiscard]] bool has_killed(base::NodeId node) const { return killed_.contains(node); }

  [[nodiscard]] const FaultCounts& counts() const { return counts_; }
  [[nodiscard]] const std::vector<ActiveFault>& in_force() const { return ledger_.in_force(); }

 private:
  struct Track {
    ScheduledFault scheduled;
    faults::Schedule schedule;
    base::Rng rng;
    faults::Window window;
    std::optional<std::uint64_t> active{};  ///< the injection that runs in this window
    [[nodiscard]] base::Duration due() const { return active ? window.end : window.begin; }
  };

  [[nodiscard]] const Track* earliest() const;
  void begin(Track& track);
  void end(Track& track);
  void apply(ActiveFault active);
  /// True when it is undone; else it stays in force, for heal() to try again.
  bool revert(const ActiveFault& active);
  void note(const ActiveFault& active, model::FaultPhase phase, model::Evidence evidence);

  Cluster& cluster_;
  Recorder& recorder_;
  std::vector<Track> tracks_;
  FaultLedger ledger_;
  FaultCounts counts_;
  std::set<base::NodeId> killed_;
  base::Instant started_{};
  std::uint64_t injections_ = 0;
};

}  // namespace eris::run
