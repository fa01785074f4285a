// The adapter for Eris' own quorum-KV: starts eris-quorum as the nodes of a cluster, and talks to
// it. Thread rule: as adapters/adapter.hpp has it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/reference/quorum/config.hpp"

namespace eris::quorum {

/// The line of the registry. Its `make` fails with a usage error for options that contradict each
/// other.
[[nodiscard]] adapters::SystemType system_type();

/// What the nodes are started with, beside what Config says.
struct Settings {
  std::string program;  ///< empty: the usual one
  /// The flags of eris-quorum that say the same as Config.
  std::vector<std::string> arguments;
  std::uint16_t peer_port = 0;
  std::uint16_t client_port = 0;
};

class System final : public adapters::System {
 public:
  System(Settings settings, Config config)
      : settings_(std::move(settings)), config_(std::move(config)) {}

  [[nodiscard]] base::Result<model::Fields> versions() const override;
  [[nodiscard]] adapters::Launch launch(const adapters::NodeSetup& setup) const override;
  /// Serving means that it reaches a majority of the members.
  [[nodiscard]] adapters::NodeStatus probe(const adapters::NodeAddress& node,
                                           base::Duration timeout) const override;
  [[nodiscard]] bool has_beacons() const override { return true; }
  [[nodiscard]] std::unique_ptr<adapters::Client> connect(
      const std::vector<adapters::NodeAddress>& nodes, base::ProcessId process) const override;
  [[nodiscard]] std::string promised_consistency() const override;
  [[nodiscard]] std::vector<model::Function> functions() const override;
  [[nodiscard]] std::unique_ptr<adapters::SimulatedSystem> simulated() const override;

 private:
  Settings settings_;
  Config config_;
};

}  // namespace eris::quorum
