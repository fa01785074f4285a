// TinySystem: a System whose node is tiny_node.cpp, for the tests of live::Cluster.
// Thread rule: as adapters/adapter.hpp says.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "adapters/adapter.hpp"

namespace eris::live::testing {

struct TinySettings {
  std::map<std::uint32_t, std::string> modes;  ///< by node; absent: "serve" (see tiny_node.cpp)
  bool beacons = true;                         ///< node 1 says that it leads
  bool trivial_client = false;                 ///< answers at once without talking to a node
  std::vector<adapters::NodeAddress> external;
};

/// Functions of its clients: read, write; "hang" never returns; "throw" throws; "starts" asks how
/// often a node was started. Process p talks to node p mod nodes.
[[nodiscard]] std::shared_ptr<const adapters::System> make_tiny_system(TinySettings settings);

}  // namespace eris::live::testing
