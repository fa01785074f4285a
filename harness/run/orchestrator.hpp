// The orchestrator: Plan + Cluster → Journal. The same code drives real processes and the
// simulator; only the Cluster knows what time is.
//
// Stages, each a Note in the journal:
//   setup        start the nodes
//   load         the workload, with faults, until the time limit
//   heal         everything in force is undone, the newest first
//   quiet        the quiet period, then one operation after another until the cluster serves again
//   final-reads  the workload's final reads, by fresh processes
//   end          the nodes have been stopped and every operation has its outcome
// An interruption ends the load early (a Note "interrupted"), heals, and goes to the end; so does
// a run that has been refuted by what it recorded (a Note "fail-fast: …"). Whatever goes wrong,
// what is in force is undone and the cluster is stopped. Thread rule: everything happens on the
// calling thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/journal/journal.hpp"
#include "harness/model/plan.hpp"
#include "harness/run/cluster.hpp"
#include "harness/run/fault_driver.hpp"
#include "harness/run/operation_pump.hpp"
#include "harness/run/progress.hpp"
#include "harness/run/scheduled_fault.hpp"
#include "workloads/workload.hpp"

namespace eris::run {

/// How the caller takes part. Either may be empty.
struct RunHooks {
  /// Called about four times a second, and at the beginning of each stage.
  std::function<void(const Progress&)> progress;
  /// True once the run should end early. Asked often; must be cheap.
  std::function<bool()> interrupted;
  /// Called with each event once it is in the journal, with its index and its time.
  std::function<void(const model::Event&)> recorded{};
  /// Why what was recorded ends the run, once there is a reason. Asked often, with the time; must
  /// be cheap. The run loop knows nothing of consistency: who follows the run says what is wrong.
  std::function<std::optional<std::string>(base::Instant)> refuted{};
  /// What is left to remark when nothing more will be recorded; asked once, before the end.
  std::function<std::vector<std::string>()> closing_remarks{};
};

/// What a run amounts to, for the caller to say; the journal holds all of it.
struct RunSummary {
  OperationCounts operations;  ///< of all stages
  FaultCounts faults;
  std::vector<UnexpectedExit> unexpected_exits;
  bool interrupted = false;
  std::optional<std::string> refuted;  ///< why the run was stopped before its time, if it was
  /// From the beginning of the heal to the first success of an operation sent after the quiet
  /// period; nothing when none succeeded, or none was tried.
  std::optional<base::Duration> recovery;
  /// What a person should know, a sentence each: nodes that died, a cluster that did not recover.
  std::vector<std::string> remarks;
};

/// Runs the plan to its end. The journal must be fresh; the caller closes it.
/// Errors: environment (the cluster could not be started or stopped, the journal not be written).
[[nodiscard]] base::Result<RunSummary> run(const model::Plan& plan, Cluster& cluster,
                                           workloads::Workload& workload,
                                           std::vector<ScheduledFault> faults,
                                           journal::Sink& journal, RunHooks hooks);

}  // namespace eris::run
