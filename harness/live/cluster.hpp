// live::Cluster: a cluster of real processes, each in a network namespace of its own.
//
// It only connects the parts: VirtualNetwork (addresses, cuts), NodeSet (processes, kills, pauses),
// ClientPool (a thread per logical process), EventQueue (what happened, for the run loop).
// Make it inside a sandbox (sandbox.hpp), which also makes sure that nothing outlives the run.
// Nodes that someone else runs (System::external_nodes) are reached through the host's network and
// cannot be harmed.
// Invariant: as run/cluster.hpp says; after stop() no node and no client runs.
// Thread rule: made, used and destroyed by one thread, the run loop's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "adapters/adapter.hpp"
#include "harness/run/cluster.hpp"

namespace eris::live {

struct ClusterOptions {
  std::shared_ptr<const adapters::System> system;
  unsigned nodes = 5;                    ///< ignored for external systems
  std::filesystem::path run_directory;   ///< gets nodes/nN.stdout.log and nN.stderr.log
  std::filesystem::path data_directory;  ///< gets nN/, each node's own; the caller removes it
  std::uint64_t seed = 0;                ///< of the run; each node gets one split off
  unsigned concurrency = 1;              ///< logical processes at once
  base::Duration operation_timeout = std::chrono::seconds(1);
  base::Duration ready_timeout = std::chrono::seconds(30);
};

class Cluster final : public run::Cluster {
 public:
  explicit Cluster(ClusterOptions options);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster() override;

  [[nodiscard]] base::Result<void> start() override;
  [[nodiscard]] base::Instant now() const override;
  [[nodiscard]] model::ClusterView view() const override;
  void invoke(const model::Op& op) override;
  [[nodiscard]] base::Result<model::Evidence> apply(const model::FaultAction& action) override;
  [[nodiscard]] std::optional<run::ClusterEvent> next(base::Instant deadline) override;
  [[nodiscard]] model::Fields versions() const override;
  [[nodiscard]] model::Fields environment() const override;
  [[nodiscard]] base::Result<void> stop() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eris::live
