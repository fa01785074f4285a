// What clients ask quorum-KV nodes, and what they are answered.
//
// Why not kv::Command: a key may have several values at once, a write says which of them its writer
// has seen (the context), and there is nothing to compare with, no leader and no session.
// Thread rule: plain values and pure functions.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapters/reference/quorum/cell.hpp"
#include "harness/base/result.hpp"

namespace eris::quorum {

struct ReadRequest {
  Value key;
  Level level = Level::usual;
  HybridTime seen = 0;  ///< the latest that the client has been told: clocks go on from there
  bool operator==(const ReadRequest&) const = default;
};
struct WriteRequest {
  Value key;
  Value value;
  bool deleted = false;   ///< writes a tombstone instead of the value
  VersionVector context;  ///< siblings: what it replaces, from the reply to a read
  Level level = Level::usual;
  HybridTime seen = 0;
  bool operator==(const WriteRequest&) const = default;
};
/// Asks any node how it is; answered at once with a NodeStatus.
struct StatusRequest {
  bool operator==(const StatusRequest&) const = default;
};
struct AddServer {
  NodeId server;
  bool operator==(const AddServer&) const = default;
};
struct RemoveServer {
  NodeId server;
  bool operator==(const RemoveServer&) const = default;
};
using ClientRequest =
    std::variant<ReadRequest, WriteRequest, StatusRequest, AddServer, RemoveServer>;

enum class ReplyKind : std::uint8_t {
  ok = 1,
  unavailable = 2,  ///< nothing was sent to anyone: too few replicas can be reached
  rejected = 3,     ///< nothing was done: overload, a malformed request, no ring; see `detail`
  unknown = 4,      ///< some replicas may have it, and may yet give it to others
};

struct ClientReply {
  ReplyKind kind = ReplyKind::ok;
  /// What is there, without deletions, in the order of their stamps; of more than one, all are
  /// concurrent.
  std::vector<Value> values;
  /// Siblings: the context for a write that replaces these values.
  VersionVector context;
  /// Of the version that was read or written; for siblings the latest. None where there is none.
  Stamp stamp;
  std::string detail;
  bool operator==(const ClientReply&) const = default;
};

/// The reply proves that the request changed nothing and never will.
[[nodiscard]] bool certainly_not_applied(ReplyKind kind);

struct NodeStatus {
  std::uint64_t ring = 0;
  std::vector<NodeId> members;
  bool moving = false;
  std::vector<NodeId> reachable;  ///< members heard from lately, and itself
  bool serving = false;           ///< a majority of the members is reachable
  bool operator==(const NodeStatus&) const = default;
};

[[nodiscard]] std::string encode(const ClientRequest& request);
[[nodiscard]] std::string encode(const ClientReply& reply);
[[nodiscard]] std::string encode(const NodeStatus& status);
// Errors: usage.
[[nodiscard]] base::Result<ClientRequest> decode_request(std::string_view bytes);
[[nodiscard]] base::Result<ClientReply> decode_reply(std::string_view bytes);
[[nodiscard]] base::Result<NodeStatus> decode_status(std::string_view bytes);

[[nodiscard]] std::string_view to_text(ReplyKind kind);

}  // namespace eris::quorum
