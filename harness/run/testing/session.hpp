// Session: one run of the loop against a FakeCluster, with its journal in a directory of its own.
// Thread rule: one owner.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/testing/scratch_directory.hpp"
#include "harness/model/history.hpp"
#include "harness/run/orchestrator.hpp"
#include "harness/run/testing/fake_cluster.hpp"

namespace eris::run::testing {

class Session {
 public:
  Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  model::Plan plan;  ///< two seconds of load on three nodes, register workload, no faults
  FakeSettings settings;
  RunHooks hooks;
  std::unique_ptr<workloads::Workload> workload;  ///< instead of the plan's, where there is one

  /// Adds a fault with one option set; every 400 ms for 150 ms, from 100 ms on, without jitter.
  model::FaultPlan& add_fault(std::string_view name, std::string_view option,
                              std::string_view value);

  /// Runs against a fresh FakeCluster and journal. May be called once.
  base::Result<RunSummary> run();

  [[nodiscard]] FakeCluster& cluster();
  [[nodiscard]] std::string journal_text() const;
  /// The journal read back; a test failure where it cannot be.
  [[nodiscard]] model::History history() const;
  /// The notes in their order.
  [[nodiscard]] std::vector<std::string> notes() const;
  /// "partition decided", "partition applied", … in their order.
  [[nodiscard]] std::vector<std::string> fault_phases() const;

 private:
  base::testing::ScratchDirectory directory_;
  std::unique_ptr<FakeCluster> cluster_;
};

}  // namespace eris::run::testing
