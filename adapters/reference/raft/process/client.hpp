// raft::Client: one logical process that uses a reference Raft cluster.
//
// It talks to one node until that fails it or sends it on to the leader. A client that any answer
// satisfies is what shows stale reads: a leader that has been deposed without knowing goes on being
// asked. Each operation that changes something has one number in one session, and a try that may
// have been lost is repeated under the same number at another node, so that the store applies it
// once (Ongaro 2014, section 6.3).
// Thread rule: one owner; blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/node/sockets.hpp"
#include "adapters/reference/raft/process/node_connection.hpp"
#include "adapters/reference/raft/process/outcomes.hpp"

namespace eris::raft {

struct ClientNode {
  base::NodeId id;
  node::Endpoint endpoint;
};

class Client final : public adapters::Client {
 public:
  /// Starts at nodes[first]. At least one node.
  Client(std::vector<ClientNode> nodes, std::size_t first);

  [[nodiscard]] model::Outcome invoke(const model::Op& op, base::Duration timeout) override;

 private:
  /// What a whole operation, with all its tries, came to.
  struct Result {
    std::optional<kv::ClientReply> reply;  ///< ok, or an ending that settles the operation
    Ending ending = Ending::timed_out;     ///< of the last try, where there is no ok
    bool uncertain = false;                ///< some try may have taken effect
  };

  [[nodiscard]] std::optional<Ending> open_session(Deadline deadline);
  [[nodiscard]] Result ask(const kv::Command& command, Deadline deadline);
  [[nodiscard]] std::expected<kv::ClientReply, Ending> try_once(std::string_view request,
                                                                Deadline deadline);
  void move_on(Ending ending, base::NodeId leader_hint, Deadline deadline);
  [[nodiscard]] std::optional<std::size_t> place_of(base::NodeId node) const;

  std::vector<base::NodeId> ids_;
  std::vector<NodeConnection> connections_;
  std::size_t current_;
  std::optional<std::size_t> silent_;  ///< of this operation: hints to it are not followed
  std::optional<kv::SessionId> session_;
  std::uint64_t sequence_ = 0;
};

}  // namespace eris::raft
