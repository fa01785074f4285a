// EtcdSystem: how etcd's server is started, asked how it is, and reached by clients.
// Thread rule: immutable after construction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/etcd/http.hpp"
#include "adapters/etcd/wire.hpp"

namespace eris::adapters::etcd {

/// The options, checked.
struct Settings {
  std::string program;  ///< empty: etcd from PATH
  ReadMode read_mode = ReadMode::linearizable;
  std::vector<Endpoint> external;  ///< empty where Eris starts the nodes
  std::int64_t snapshot_count = 10000;
  base::Duration heartbeat_interval = std::chrono::milliseconds(100);
  base::Duration election_timeout = std::chrono::milliseconds(1000);
  std::string key_prefix = "eris/";
};

class EtcdSystem final : public System {
 public:
  explicit EtcdSystem(Settings settings);

  /// The version of the installed program, or of the first endpoint that answers.
  [[nodiscard]] base::Result<model::Fields> versions() const override;
  /// May be called again with the same data for a restart. Never called with external nodes.
  [[nodiscard]] Launch launch(const NodeSetup& setup) const override;
  /// Serving means that a linearizable read answers, whatever the read mode.
  [[nodiscard]] NodeStatus probe(const NodeAddress& node, base::Duration timeout) const override;
  [[nodiscard]] bool has_beacons() const override { return false; }
  [[nodiscard]] std::unique_ptr<Client> connect(const std::vector<NodeAddress>& nodes,
                                                base::ProcessId process) const override;
  [[nodiscard]] std::string promised_consistency() const override;
  [[nodiscard]] std::vector<model::Function> functions() const override;
  [[nodiscard]] std::vector<NodeAddress> external_nodes() const override;

 private:
  [[nodiscard]] Endpoint endpoint_of(const NodeAddress& node) const;
  [[nodiscard]] std::optional<base::NodeId> node_of(const Member& member) const;
  [[nodiscard]] std::optional<base::NodeId> leader_of(const MemberStatus& status,
                                                      base::NodeId asked,
                                                      HttpConnection& connection,
                                                      Deadline deadline) const;
  [[nodiscard]] base::Result<model::Fields> external_versions() const;

  Settings settings_;
};

}  // namespace eris::adapters::etcd
