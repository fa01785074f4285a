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
#include "adapters/reference/bugs/table.hpp"

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

/// Planted bugs, so that each can be listed and explained by its own name.
template <typename Bug>
[[nodiscard]] std::vector<model::EntrySchema> bug_entries(bugs::Table<Bug> table);

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

template <typename Bug>
std::vector<model::EntrySchema> bug_entries(bugs::Table<Bug> table) {
  std::vector<model::EntrySchema> entries;
  for (const bugs::Info<Bug>& bug : table) {
    std::string explanation(bug.seen);
    if (!bug.shows.empty()) explanation += " It shows with: " + std::string(bug.shows) + ".";
    explanation += bug.shown_live
                       ? " A run with real processes can show it."
                       : " It takes a power loss or a message schedule that real processes do not "
                         "give on demand; the protocol's own tests show it.";
    entries.push_back({.name = std::string(bug.name),
                       .summary = std::string(bug.forgot),
                       .explanation = std::move(explanation)});
  }
  return entries;
}

}  // namespace eris::reference
