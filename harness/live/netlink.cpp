#include "harness/live/netlink.hpp"

#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <linux/if.h>  // after net/if.h, which it adapts to
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/tc.h>

#include "harness/base/assert.hpp"
#include "harness/live/namespaces.hpp"

namespace eris::live {

namespace {

struct Deleter {
  void operator()(nl_sock* socket) const { nl_socket_free(socket); }
  void operator()(rtnl_link* link) const { rtnl_link_put(link); }
  void operator()(rtnl_addr* address) const { rtnl_addr_put(address); }
  void operator()(rtnl_neigh* neighbour) const { rtnl_neigh_put(neighbour); }
  void operator()(nl_msg* message) const { nlmsg_free(message); }
  void operator()(rtnl_qdisc* discipline) const { rtnl_qdisc_put(discipline); }
  void operator()(nl_addr* address) const { nl_addr_put(address); }
  void operator()(nl_cache* cache) const { nl_cache_free(cache); }
};
template <typename T>
using Owned = std::unique_ptr<T, Deleter>;

/// libnl allocates small objects only; without memory for those nothing goes on.
template <typename T>
Owned<T> own(T* object) {
  ERIS_ASSERT(object != nullptr, "libnl can allocate a small object");
  return Owned<T>(object);
}

std::unexpected<base::Error> failed(const std::string& what, int code, const std::string& where) {
  const char* next_step = "";
  if (code == -NLE_OPNOTSUPP)
    next_step = "this kernel lacks that kind of device; 'eris doctor' says which it has";
  else if (code == -NLE_PERM)
    next_step = "CAP_NET_ADMIN is needed in this network namespace; run inside the sandbox";
  return base::environment_error(fmt::format("{}: {}", what, nl_geterror(code)), where, next_step);
}

Owned<nl_addr> link_address(const MacAddress& address) {
  return own(nl_addr_build(AF_LLC, address.data(), address.size()));
}
Owned<nl_addr> ip_address(const Ipv4Address& address, int prefix_length = 32) {
  auto built = own(nl_addr_build(AF_INET, address.data(), address.size()));
  nl_addr_set_prefixlen(built.get(), prefix_length);
  return built;
}

template <typename Address>
std::optional<Address> read_address(const nl_addr* address) {
  Address read{};
  if (address == nullptr || nl_addr_get_len(address) != read.size()) return std::nullopt;
  std::memcpy(read.data(), nl_addr_get_binary_addr(address), read.size());
  return read;
}

Owned<rtnl_neigh> make_neighbour(DeviceIndex device, const Ipv4Address& neighbour) {
  auto entry = own(rtnl_neigh_alloc());
  rtnl_neigh_set_ifindex(entry.get(), device);
  rtnl_neigh_set_family(entry.get(), AF_INET);
  rtnl_neigh_set_dst(entry.get(), ip_address(neighbour).get());
  return entry;
}

}  // namespace

std::string to_text(const MacAddress& address) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", address[0], address[1],
                     address[2], address[3], address[4], address[5]);
}
std::string to_text(const Ipv4Address& address) {
  return fmt::format("{}.{}.{}.{}", address[0], address[1], address[2], address[3]);
}

struct Netlink::State {
  Owned<nl_sock> socket;

  /// Creates a device and asks for its index.
  base::Result<DeviceIndex> create(rtnl_link* link, const char* kind, const std::string& name);
  /// A libnl code.
  int change(DeviceIndex device, rtnl_link* change) {
    const auto which = own(rtnl_link_alloc());
    rtnl_link_set_ifindex(which.get(), device);
    return rtnl_link_change(socket.get(), which.get(), change, 0);
  }
};

base::Result<DeviceIndex> Netlink::State::create(rtnl_link* link, const char* kind,
                                                 const std::string& name) {
  rtnl_link_set_flags(link, IFF_UP);
  if (const int code = rtnl_link_add(socket.get(), link, NLM_F_CREATE | NLM_F_EXCL); code < 0)
    return failed(fmt::format("cannot create a {} device", kind), code, name);
  rtnl_link* found = nullptr;
  if (const int code = rtnl_link_get_kernel(socket.get(), 0, name.c_str(), &found); code < 0)
    return failed("cannot find the device just made", code, name);
  const auto owned = own(found);
  return rtnl_link_get_ifindex(found);
}

Netlink::Netlink(std::unique_ptr<State> state) : state_(std::move(state)) {}
Netlink::Netlink(Netlink&&) noexcept = default;
Netlink& Netlink::operator=(Netlink&&) noexcept = default;
Netlink::~Netlink() = default;

base::Result<Netlink> Netlink::open() {
  auto state = std::make_unique<State>();
  state->socket = own(nl_socket_alloc());
  if (const int code = nl_connect(state->socket.get(), NETLINK_ROUTE); code < 0)
    return failed("cannot open a netlink socket", code, "rtnetlink");
  return Netlink(std::move(state));
}

base::Result<Netlink> Netlink::open_in(int namespace_fd) {
  std::optional<base::Result<Netlink>> opened;
  std::thread([&] {
    const auto entered = enter_network_namespace(namespace_fd);
    if (entered)
      opened.emplace(open());
    else
      opened.emplace(std::unexpected(entered.error()));
  }).join();
  return *std::move(opened);
}

base::Result<DeviceIndex> Netlink::create_bridge(const std::string& name) {
  const auto link = own(rtnl_link_bridge_alloc());
  rtnl_link_set_name(link.get(), name.c_str());
  return state_->create(link.get(), "bridge", name);
}

base::Result<DeviceIndex> Netlink::create_veth(const VethPair& pair) {
  const auto link = own(rtnl_link_veth_alloc());
  rtnl_link_set_name(link.get(), pair.name.c_str());
  if (pair.address) rtnl_link_set_addr(link.get(), link_address(*pair.address).get());
  if (pair.bridge != 0) rtnl_link_set_master(link.get(), pair.bridge);
  const auto peer = own(rtnl_link_veth_get_peer(link.get()));
  rtnl_link_set_name(peer.get(), pair.peer_name.c_str());
  if (pair.peer_address) rtnl_link_set_addr(peer.get(), link_address(*pair.peer_address).get());
  if (pair.peer_namespace_fd >= 0) rtnl_link_set_ns_fd(peer.get(), pair.peer_namespace_fd);
  return state_->create(link.get(), "veth", pair.name);
}

base::Result<DeviceIndex> Netlink::find_device(const std::string& name) {
  rtnl_link* found = nullptr;
  if (const int code = rtnl_link_get_kernel(state_->socket.get(), 0, name.c_str(), &found);
      code < 0)
    return failed("cannot find a network device", code, name);
  const auto owned = own(found);
  return rtnl_link_get_ifindex(found);
}

base::Result<void> Netlink::set_up(DeviceIndex device) {
  const auto change = own(rtnl_link_alloc());
  rtnl_link_set_flags(change.get(), IFF_UP);
  if (const int code = state_->change(device, change.get()); code < 0)
    return failed("cannot set a network device up", code, fmt::format("device {}", device));
  return {};
}

base::Result<void> Netlink::move_to_namespace(DeviceIndex device, int namespace_fd) {
  const auto change = own(rtnl_link_alloc());
  rtnl_link_set_ns_fd(change.get(), namespace_fd);
  if (const int code = state_->change(device, change.get()); code < 0)
    return failed("cannot move a device to another namespace", code,
                  fmt::format("device {}", device));
  return {};
}

base::Result<void> Netlink::add_address(DeviceIndex device, const Ipv4Address& address,
                                        int prefix_length) {
  const auto entry = own(rtnl_addr_alloc());
  rtnl_addr_set_ifindex(entry.get(), device);
  rtnl_addr_set_local(entry.get(), ip_address(address, prefix_length).get());
  const int code = rtnl_addr_add(state_->socket.get(), entry.get(), NLM_F_CREATE | NLM_F_EXCL);
  if (code < 0)
    return failed("cannot give a device its address", code,
                  fmt::format("device {}, {}/{}", device, to_text(address), prefix_length));
  return {};
}

base::Result<void> Netlink::set_neighbour(DeviceIndex device, const Ipv4Address& neighbour,
                                          const MacAddress& address) {
  const auto entry = make_neighbour(device, neighbour);
  rtnl_neigh_set_lladdr(entry.get(), link_address(address).get());
  rtnl_neigh_set_state(entry.get(), NUD_PERMANENT);
  const int code = rtnl_neigh_add(state_->socket.get(), entry.get(), NLM_F_CREATE | NLM_F_REPLACE);
  if (code < 0)
    return failed("cannot set a neighbour entry", code,
                  fmt::format("device {}, {}", device, to_text(neighbour)));
  return {};
}

base::Result<void> Netlink::delete_neighbour(DeviceIndex device, const Ipv4Address& neighbour) {
  const auto entry = make_neighbour(device, neighbour);
  const int code = rtnl_neigh_delete(state_->socket.get(), entry.get(), 0);
  if (code < 0)
    return failed("cannot delete a neighbour entry", code,
                  fmt::format("device {}, {}", device, to_text(neighbour)));
  return {};
}

base::Result<std::map<Ipv4Address, MacAddress>> Netlink::neighbours(DeviceIndex device) {
  nl_cache* filled = nullptr;
  if (const int code = rtnl_neigh_alloc_cache(state_->socket.get(), &filled); code < 0)
    return failed("cannot read neighbour entries", code, fmt::format("device {}", device));
  const auto cache = own(filled);
  std::map<Ipv4Address, MacAddress> entries;
  for (nl_object* object = nl_cache_get_first(filled); object != nullptr;
       object = nl_cache_get_next(object)) {
    auto* entry = reinterpret_cast<rtnl_neigh*>(object);
    if (rtnl_neigh_get_ifindex(entry) != device || rtnl_neigh_get_state(entry) != NUD_PERMANENT)
      continue;
    const auto ip = read_address<Ipv4Address>(rtnl_neigh_get_dst(entry));
    const auto mac = read_address<MacAddress>(rtnl_neigh_get_lladdr(entry));
    if (ip && mac) entries.emplace(*ip, *mac);
  }
  return entries;
}

base::Result<void> Netlink::add_forwarding(DeviceIndex port, const MacAddress& address) {
  const auto entry = own(rtnl_neigh_alloc());
  rtnl_neigh_set_ifindex(entry.get(), port);
  rtnl_neigh_set_family(entry.get(), AF_BRIDGE);
  rtnl_neigh_set_lladdr(entry.get(), link_address(address).get());
  rtnl_neigh_set_state(entry.get(), NUD_NOARP);
  rtnl_neigh_set_flags(entry.get(), NTF_MASTER);
  const int code = rtnl_neigh_add(state_->socket.get(), entry.get(), NLM_F_CREATE | NLM_F_REPLACE);
  if (code < 0)
    return failed("cannot set a bridge forwarding entry", code,
                  fmt::format("port {}, {}", port, to_text(address)));
  return {};
}

base::Result<void> Netlink::stop_flooding(DeviceIndex port) {
  // libnl 3.7 knows only some of a bridge port's attributes, so the message is made by hand.
  auto message = own(nlmsg_alloc_simple(RTM_SETLINK, 0));
  ifinfomsg header{};
  header.ifi_family = AF_BRIDGE;
  header.ifi_index = port;
  int code = nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
  nlattr* nest = nla_nest_start(message.get(), IFLA_PROTINFO | NLA_F_NESTED);
  for (const int flag :
       {IFLA_BRPORT_UNICAST_FLOOD, IFLA_BRPORT_MCAST_FLOOD, IFLA_BRPORT_BCAST_FLOOD})
    if (code >= 0) code = nla_put_u8(message.get(), flag, 0);
  ERIS_ASSERT(code >= 0 && nest != nullptr, "a small message fits its buffer");
  nla_nest_end(message.get(), nest);
  // nl_send_sync frees the message, whatever comes of it.
  if (code = nl_send_sync(state_->socket.get(), message.release()); code < 0)
    return failed("cannot stop a bridge port from flooding", code, fmt::format("port {}", port));
  return {};
}

base::Result<void> Netlink::add_discipline(DeviceIndex device, const std::string& kind) {
  const auto discipline = own(rtnl_qdisc_alloc());
  rtnl_tc_set_ifindex(TC_CAST(discipline.get()), device);
  rtnl_tc_set_kind(TC_CAST(discipline.get()), kind.c_str());
  if (kind == "clsact") {
    rtnl_tc_set_parent(TC_CAST(discipline.get()), TC_H_CLSACT);
    rtnl_tc_set_handle(TC_CAST(discipline.get()), TC_HANDLE(TC_H_CLSACT >> 16, 0));
  } else {
    rtnl_tc_set_parent(TC_CAST(discipline.get()), TC_H_ROOT);
  }
  const int code = rtnl_qdisc_add(state_->socket.get(), discipline.get(), NLM_F_CREATE);
  if (code == -NLE_OBJ_NOTFOUND)
    return base::environment_error("this kernel has no '" + kind + "' discipline", "sch_" + kind,
                                   "load or build the module sch_" + kind);
  if (code < 0)
    return failed("cannot add a '" + kind + "' discipline", code, fmt::format("device {}", device));
  return {};
}

base::Result<std::map<DeviceIndex, DeviceCounters>> Netlink::counters() {
  nl_cache* filled = nullptr;
  if (const int code = rtnl_link_alloc_cache(state_->socket.get(), AF_UNSPEC, &filled); code < 0)
    return failed("cannot read device counters", code, "rtnetlink");
  const auto cache = own(filled);
  std::map<DeviceIndex, DeviceCounters> all;
  for (nl_object* object = nl_cache_get_first(filled); object != nullptr;
       object = nl_cache_get_next(object)) {
    auto* link = reinterpret_cast<rtnl_link*>(object);
    all[rtnl_link_get_ifindex(link)] = {
        .operational = rtnl_link_get_operstate(link) == IF_OPER_UP,
        .sent_packets = rtnl_link_get_stat(link, RTNL_LINK_TX_PACKETS),
        .received_packets = rtnl_link_get_stat(link, RTNL_LINK_RX_PACKETS)};
  }
  return all;
}

}  // namespace eris::live
