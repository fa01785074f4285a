// The adapter for Eris' own Multi-Paxos: starts eris-paxos as the nodes of a cluster, and talks to
// it.
// Thread rule: as adapters/adapter.hpp has it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/reference/paxos/config.hpp"
#include "adapters/reference/process/kv_system.hpp"

namespace eris::paxos {

/// The line of the registry. Its `make` fails with a usage error for options that contradict each
/// other.
[[nodiscard]] adapters::SystemType system_type();

class System final : public reference::KvSystem {
 public:
  /// `config` says the same as `settings`, for nodes in virtual time.
  System(reference::NodeSettings settings, Config config)
      : KvSystem("eris-paxos", std::move(settings)), config_(std::move(config)) {}

  [[nodiscard]] std::unique_ptr<adapters::SimulatedSystem> simulated() const override;

 protected:
  [[nodiscard]] std::vector<std::string> own_arguments() const override;

 private:
  Config config_;
};

}  // namespace eris::paxos
