// Where the nodes of a reference cluster listen, and how that is written on a command line.
// Thread rule: plain values and pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "adapters/reference/node/sockets.hpp"
#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::reference {

inline constexpr std::uint16_t default_peer_port = 7001;
inline constexpr std::uint16_t default_client_port = 7000;

struct NodePorts {
  node::Endpoint peers;    ///< for the other nodes
  node::Endpoint clients;  ///< for clients
  bool operator==(const NodePorts&) const = default;
};

/// Reads "n1=10.77.0.1,n2=10.77.0.2:7101:7100,n3=[fd00::3]". Errors: usage, naming the entry.
[[nodiscard]] base::Result<std::map<base::NodeId, NodePorts>> parse_peers(std::string_view text);

/// What parse_peers reads back, with all ports spelled out.
[[nodiscard]] std::string peers_to_text(const std::map<base::NodeId, NodePorts>& nodes);

}  // namespace eris::reference
