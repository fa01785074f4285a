// Paxos, as the tests that all reference cores share ask for it (adapters/reference/testing).
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/reference/paxos/core.hpp"
#include "adapters/reference/paxos/invariants.hpp"
#include "adapters/reference/paxos/messages.hpp"
#include "adapters/reference/testing/kv_requests.hpp"
#include "adapters/reference/testing/test_cluster.hpp"

namespace eris::paxos {

struct PaxosProtocol : reference::testing::KvClients {
  using Core = paxos::Core;
  using Config = paxos::Config;
  using Message = paxos::Message;
  using Invariants = paxos::Invariants;
  static constexpr bool takes_torn_records = true;

  /// Nodes differ in `self`, `seed` and, where they join later, `members`.
  static Config node_config(const Config& common, NodeId node, std::vector<NodeId> members) {
    Config config = common;
    config.self = node;
    config.seed = common.seed * 1000 + node.value;
    config.members = std::move(members);
    return config;
  }
  static base::Result<Core> make_core(const Config& config, const core::Recovered& disk) {
    return Core::make(config, disk);
  }
  /// `common` names the members of the first configuration, ascending.
  static Invariants make_invariants(const Config& common) {
    return Invariants({.members = {common.members},
                       .alpha = common.alpha,
                       .store = {.sessions_max = common.limits.sessions_max}});
  }
  static Duration patience(const Config& common) { return 2 * common.timeouts.election_max; }

  static std::string encode(const Message& message) { return paxos::encode(message); }
  static base::Result<Message> decode(std::string_view bytes) { return decode_message(bytes); }
  static std::string to_text(const Message& message) { return paxos::to_text(message); }

  /// Asked by replicated_map.hpp.
  static bool leads(const Core& core) { return core.role() == Role::leader; }
  static bool invoked(Invariants& invariants, RequestId id, const Request& request) {
    if (std::holds_alternative<kv::StatusRequest>(request)) return false;
    const auto* command = std::get_if<kv::Command>(&request);
    invariants.invoked(id, command != nullptr && command->function == kv::Function::read);
    return true;
  }
};

using TestCluster = reference::testing::TestCluster<PaxosProtocol>;

/// n1 … nN, as TestCluster makes them.
[[nodiscard]] inline std::vector<NodeId> first_members(unsigned nodes) {
  std::vector<NodeId> members;
  for (std::uint32_t i = 1; i <= nodes; ++i) members.emplace_back(i);
  return members;
}

}  // namespace eris::paxos
