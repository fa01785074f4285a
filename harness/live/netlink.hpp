// Netlink: a thin, typed wrapper over libnl-route for the few things that the virtual network does.
//
// Why a socket per namespace: a netlink socket belongs to the network namespace of the thread that
// opened it, for good. So one thread can build many namespaces without moving between them.
// Every error says what was tried, on which device, and what to do.
// Thread rule: one owner at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.hpp"

namespace eris::live {

using MacAddress = std::array<std::uint8_t, 6>;
/// Most significant byte first.
using Ipv4Address = std::array<std::uint8_t, 4>;

[[nodiscard]] std::string to_text(const MacAddress& address);
[[nodiscard]] std::string to_text(const Ipv4Address& address);

/// The kernel's number of a device, within its namespace.
using DeviceIndex = int;

/// A veth pair: `name` stays in the socket's namespace, `peer_name` may be born in another one,
/// which is several times faster than moving it there.
struct VethPair {
  std::string name;
  std::optional<MacAddress> address;  ///< chosen by the kernel where none is given
  DeviceIndex bridge = 0;             ///< of which `name` becomes a port; 0 for none
  std::string peer_name;
  std::optional<MacAddress> peer_address;
  int peer_namespace_fd = -1;  ///< −1: the socket's own
};

struct DeviceCounters {
  bool operational = false;  ///< carries packets: up, with a carrier that the kernel has noticed
  std::uint64_t sent_packets = 0;
  std::uint64_t received_packets = 0;
};

class Netlink {
 public:
  /// Opens a socket in the calling thread's network namespace. Errors: environment.
  [[nodiscard]] static base::Result<Netlink> open();
  /// Opens a socket in the given namespace (through a short-lived thread). Errors: environment.
  [[nodiscard]] static base::Result<Netlink> open_in(int namespace_fd);

  Netlink(Netlink&&) noexcept;
  Netlink& operator=(Netlink&&) noexcept;
  ~Netlink();

  // All errors below: environment.

  [[nodiscard]] base::Result<DeviceIndex> create_bridge(const std::string& name);
  /// `name` is up from the start; the peer must be set up by its own side, since the kernel refuses
  /// to open a veth end before both exist. Returns the index of `name`.
  [[nodiscard]] base::Result<DeviceIndex> create_veth(const VethPair& pair);
  [[nodiscard]] base::Result<DeviceIndex> find_device(const std::string& name);
  [[nodiscard]] base::Result<void> set_up(DeviceIndex device);
  [[nodiscard]] base::Result<void> move_to_namespace(DeviceIndex device, int namespace_fd);
  [[nodiscard]] base::Result<void> add_address(DeviceIndex device, const Ipv4Address& address,
                                               int prefix_length);

  /// Sets or replaces a permanent neighbour entry: packets for `neighbour` leave with this
  /// link-layer address, and no ARP is ever sent for it.
  [[nodiscard]] base::Result<void> set_neighbour(DeviceIndex device, const Ipv4Address& neighbour,
                                                 const MacAddress& address);
  [[nodiscard]] base::Result<void> delete_neighbour(DeviceIndex device,
                                                    const Ipv4Address& neighbour);
  /// The permanent entries of a device, as the kernel has them now.
  [[nodiscard]] base::Result<std::map<Ipv4Address, MacAddress>> neighbours(DeviceIndex device);

  /// A static forwarding entry: the bridge sends frames for `address` out of `port` only.
  [[nodiscard]] base::Result<void> add_forwarding(DeviceIndex port, const MacAddress& address);

  /// From now on the bridge sends nothing out of `port` but frames that a forwarding entry sends
  /// there: no broadcast, no multicast, nothing for unknown addresses.
  [[nodiscard]] base::Result<void> stop_flooding(DeviceIndex port);

  /// Attaches a queueing discipline ("netem", "clsact") with its defaults.
  [[nodiscard]] base::Result<void> add_discipline(DeviceIndex device, const std::string& kind);

  /// Counters and state of every device in the namespace, by index. One request.
  [[nodiscard]] base::Result<std::map<DeviceIndex, DeviceCounters>> counters();

 private:
  struct State;
  explicit Netlink(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace eris::live
