// KvSystem: the harness's side of the reference systems that replicate the store of
// adapters/reference/kv: how a node is started and probed, how a client talks to it.
//
// Why: Raft and Paxos nodes are one program each around the same driver, with the same flags and
// the same client protocol. What differs between them is added by deriving.
// Thread rule: as adapters/adapter.hpp has it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/adapter.hpp"

namespace eris::reference {

/// The options that all such systems have, checked.
struct NodeSettings {
  std::string program;  ///< empty: the usual one
  std::vector<std::string> bugs;
  bool fsync = true;
  base::Duration heartbeat{};
  base::Duration election_min{};
  base::Duration election_max{};
  std::int64_t snapshot_every = 0;
  std::uint16_t peer_port = 0;
  std::uint16_t client_port = 0;
};

/// The option "bug", for bugs of these names.
[[nodiscard]] model::OptionSchema bug_option(std::vector<std::string> names);
/// The other options of NodeSettings; `defaults` says what stands where nothing is given.
[[nodiscard]] std::vector<model::OptionSchema> node_options(const char* program_name,
                                                            const NodeSettings& defaults);
/// Errors: usage, for options that contradict each other.
[[nodiscard]] base::Result<NodeSettings> read_settings(const model::Options& options);

/// A planted bug, so that it can be listed and explained by its own name.
[[nodiscard]] model::EntrySchema bug_entry(std::string_view name, std::string_view forgot,
                                           std::string_view seen, bool shown_live);

/// The program that the user named; else the usual one beside the running program, in
/// ../libexec/eris from there, or in PATH. Errors: environment, with where it was looked for.
[[nodiscard]] base::Result<std::filesystem::path> find_program(const std::string& usual,
                                                               const std::string& named);

class KvSystem : public adapters::System {
 public:
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

 protected:
  KvSystem(const char* program_name, NodeSettings settings)
      : program_name_(program_name), settings_(std::move(settings)) {}
  /// What this system's program is told beyond the settings.
  [[nodiscard]] virtual std::vector<std::string> own_arguments() const = 0;

 private:
  const char* program_name_;
  NodeSettings settings_;
};

}  // namespace eris::reference
