// OperationPump: sends operations to the cluster, takes what comes back, and keeps the record.
//
// It is the one place where the journal's promise is kept: an operation is written down before it
// is sent, and its outcome before anybody acts on it.
// Invariants: every operation that is sent was journaled; every completion is journaled once, and
// told to the workload in that order.
// Thread rule: one owner (the run loop).
#pragma once

#include <functional>
#include <vector>

#include "harness/run/cluster.hpp"
#include "harness/run/fault_driver.hpp"
#include "harness/run/process_table.hpp"
#include "harness/run/progress.hpp"
#include "harness/run/recorder.hpp"
#include "workloads/workload.hpp"

namespace eris::run {

/// A node that died and that no fault had killed.
struct UnexpectedExit {
  base::NodeId node;
  base::Instant time{};
  model::Fields fields;  ///< as the cluster told: signal, exit code, …
};

class OperationPump {
 public:
  OperationPump(Cluster& cluster, workloads::Workload& workload, Recorder& recorder,
                ProcessTable& processes, FaultDriver& faults);

  /// Journals the operation and sends it. False when the journal has failed; then nothing is sent.
  bool send(const model::Op& op);

  /// Waits until `deadline` at most for one event, and deals with it. False when none came.
  bool take(base::Instant deadline);

  /// Called for each completion after it was journaled. Empty: nobody is interested.
  void on_completion(std::function<void(const Completion&)> listener);

  /// From here on nodes are expected to exit: the run is stopping them.
  void nodes_will_exit() { stopping_ = true; }

  [[nodiscard]] const OperationCounts& counts() const { return counts_; }
  [[nodiscard]] const std::vector<UnexpectedExit>& unexpected_exits() const { return exits_; }

 private:
  void handle(Completion completion);
  void handle(model::NodeEvent event);

  Cluster& cluster_;
  workloads::Workload& workload_;
  Recorder& recorder_;
  ProcessTable& processes_;
  FaultDriver& faults_;
  std::function<void(const Completion&)> listener_;
  OperationCounts counts_;
  std::vector<UnexpectedExit> exits_;
  bool stopping_ = false;
};

}  // namespace eris::run
