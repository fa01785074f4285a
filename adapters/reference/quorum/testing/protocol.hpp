// Quorum-KV, as the tests that all reference cores share ask for it (adapters/reference/testing).
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/reference/quorum/core.hpp"
#include "adapters/reference/quorum/invariants.hpp"
#include "adapters/reference/testing/test_cluster.hpp"

namespace eris::quorum {

struct QuorumProtocol {
  using Core = quorum::Core;
  using Config = quorum::Config;
  using Message = quorum::Message;
  using Request = ClientRequest;
  using Reply = ClientReply;
  using Invariants = quorum::Invariants;
  static constexpr bool takes_torn_records = false;

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
  static Invariants make_invariants(const Config& common) { return Invariants(common); }
  static Duration patience(const Config& common) { return 2 * common.timeouts.suspect; }

  static std::string encode(const Message& message) { return quorum::encode(message); }
  static base::Result<Message> decode(std::string_view bytes) { return decode_message(bytes); }
  static std::string to_text(const Message& message) { return quorum::to_text(message); }
  static std::string encode_request(const Request& request) { return quorum::encode(request); }
  static base::Result<Reply> decode_reply(std::string_view bytes) {
    return quorum::decode_reply(bytes);
  }

  static bool invoked(Invariants& invariants, RequestId id, const Request& request) {
    if (std::holds_alternative<StatusRequest>(request)) return false;
    invariants.invoked(id, request);
    return true;
  }
};

using TestCluster = reference::testing::TestCluster<QuorumProtocol>;

/// As a node whose own clock is so far ahead: the hybrid clock takes the later of what it reads and
/// what it hears.
inline void set_clock_ahead(TestCluster& cluster, NodeId node, Duration ahead) {
  const NodeId other = node == NodeId(1) ? NodeId(2) : NodeId(1);
  const Message news{cluster.core(node).ring().version(), to_hybrid(cluster.now() + ahead),
                     Gossip{}};
  cluster.input(node, core::Received{other, encode(news)});
}

}  // namespace eris::quorum
