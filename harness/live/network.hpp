// VirtualNetwork: the tested cluster's network. Each node has a network namespace of its own with
// eth0 at 10.77.0.N/24; clients share one at 10.77.0.250; a hub namespace holds the bridge that
// joins them.
//
// Neighbour entries are permanent everywhere, so no ARP is sent: the network is silent but for what
// nodes say, and a cut can be one-way. A cut a→b gives a a wrong link-layer address for b: packets
// vanish without a word to the sender, as in a real cut (a blackhole route would return an error).
// The wrong address is one of our own per pair, which the bridge forwards to a sink device that
// counts, so that each vanished packet is evidence.
// Invariant: nothing is named or mounted; everything vanishes with this object or its process.
// Thread rule: one owner, but descriptors returned here may be entered from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/live/netlink.hpp"
#include "harness/model/fault.hpp"

namespace eris::live {

/// Node ids go up to this: the clients' address is the next number.
inline constexpr std::uint32_t node_id_max = 249;

/// What was seen of one direction between two nodes.
struct LinkEvidence {
  model::Link link;
  bool cut = false;                   ///< the neighbour entry, read back from the kernel
  std::uint64_t packets_dropped = 0;  ///< since it was last cut
};

class VirtualNetwork {
 public:
  /// Builds it for nodes 1…count. Errors: environment, from the step that failed.
  [[nodiscard]] static base::Result<VirtualNetwork> create(std::uint32_t count);

  VirtualNetwork(VirtualNetwork&&) noexcept;
  VirtualNetwork& operator=(VirtualNetwork&&) noexcept;
  ~VirtualNetwork();

  /// "10.77.0.N".
  [[nodiscard]] static std::string address_of(base::NodeId node);
  /// Namespaces to be entered with setns(2); owned by this object.
  [[nodiscard]] int node_namespace(base::NodeId node) const;
  [[nodiscard]] int clients_namespace() const;

  /// Cuts these directions; packets vanish from when this returns. Links that are cut already stay
  /// so. Errors: environment.
  [[nodiscard]] base::Result<std::vector<LinkEvidence>> cut(const std::vector<model::Link>& links);
  /// Heals them; the evidence counts what vanished in between. Links that are whole stay so.
  /// Errors: environment.
  [[nodiscard]] base::Result<std::vector<LinkEvidence>> heal(const std::vector<model::Link>& links);

 private:
  struct State;
  explicit VirtualNetwork(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace eris::live
