// sim::Cluster: a cluster in virtual time: the cores that real nodes run, on simulated clocks,
// disks and a network, in one thread.
//
// It only connects the parts: Agenda (what happens next), Node (a core and its disk), Network,
// Clients, and the system's Watcher, whose violations become NodeEvents "invariant".
// Invariant: the same system, options and calls give the same events; everything is drawn from the
// seed, and nothing depends on real time or on addresses. Thread rule: one owner.
#pragma once

#include <cstdint>
#include <memory>

#include "adapters/simulated_system.hpp"
#include "harness/run/cluster.hpp"
#include "harness/sim/quirks.hpp"

namespace eris::sim {

class World;

struct ClusterOptions {
  std::shared_ptr<const adapters::SimulatedSystem> system;
  unsigned nodes = 5;
  std::uint64_t seed = 0;
  base::Duration operation_timeout = std::chrono::seconds(1);
  base::Duration ready_timeout = std::chrono::seconds(30);
  Quirks quirks;
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

  /// How much has happened, for whoever measures speed.
  [[nodiscard]] std::uint64_t happenings() const;

 private:
  std::unique_ptr<World> world_;
};

}  // namespace eris::sim
