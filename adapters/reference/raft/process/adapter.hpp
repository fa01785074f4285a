// The adapter for Eris' own Raft: starts eris-raft as the nodes of a cluster, and talks to it.
// Thread rule: as adapters/adapter.hpp has it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/reference/raft/config.hpp"

namespace eris::raft {

/// The line of the registry. Its `make` fails with a usage error for options that contradict each
/// other.
[[nodiscard]] adapters::SystemType system_type();

/// The options, checked.
struct Settings {
  std::string program;  ///< empty: the usual one
  std::vector<std::string> bugs;
  bool lease_reads = false;
  bool fsync = true;
  bool pre_vote = true;
  bool check_quorum = true;
  base::Duration heartbeat{};
  base::Duration election_min{};
  base::Duration election_max{};
  std::int64_t snapshot_every = 0;
  std::uint16_t peer_port = 0;
  std::uint16_t client_port = 0;
};

class System final : public adapters::System {
 public:
  /// `config` says the same as `settings`, for nodes in virtual time.
  System(Settings settings, Config config)
      : settings_(std::move(settings)), config_(std::move(config)) {}

  [[nodiscard]] base::Result<model::Fields> versions() const override;
  [[nodiscard]] adapters::Launch launch(const adapters::NodeSetup& setup) const override;
  /// Serving means that it leads and can serve reads, or knows who leads.
  [[nodiscard]] adapters::NodeStatus probe(const adapters::NodeAddress& node,
                                           base::Duration timeout) const override;
  [[nodiscard]] bool has_beacons() const override { return true; }
  [[nodiscard]] std::unique_ptr<adapters::Client> connect(
      const std::vector<adapters::NodeAddress>& nodes, base::ProcessId process) const override;
  [[nodiscard]] std::string promised_consistency() const override { return "linearizable"; }
  [[nodiscard]] std::vector<model::Function> functions() const override;
  [[nodiscard]] std::unique_ptr<adapters::SimulatedSystem> simulated() const override;

 private:
  Settings settings_;
  Config config_;
};

/// The program that the user named; else eris-raft beside the running program, in ../libexec/eris
/// from there, or in PATH. Errors: environment, with where it was looked for.
[[nodiscard]] base::Result<std::filesystem::path> find_program(const std::string& named = {});

}  // namespace eris::raft
