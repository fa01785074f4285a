// BlockingClient: a PureClient over real connections, as the live engine wants its clients.
// Thread rule: one owner; blocks.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/pure_client.hpp"
#include "adapters/reference/client/network/node_connection.hpp"
#include "adapters/reference/node/sockets.hpp"

namespace eris::client {

struct ClientNode {
  base::NodeId id;
  node::Endpoint endpoint;
};

class BlockingClient final : public adapters::Client {
 public:
  /// A node that is not among these cannot be reached.
  BlockingClient(std::unique_ptr<adapters::PureClient> logic, std::vector<ClientNode> nodes);

  [[nodiscard]] model::Outcome invoke(const model::Op& op, base::Duration timeout) override;

 private:
  [[nodiscard]] adapters::ClientWish grant(const adapters::Ask& ask);
  [[nodiscard]] adapters::ClientWish grant(const adapters::Pause& pause);

  std::unique_ptr<adapters::PureClient> logic_;
  std::map<base::NodeId, NodeConnection> connections_;
};

}  // namespace eris::client
