#include "harness/live/network.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/live/namespaces.hpp"
#include "harness/live/unique_fd.hpp"

namespace eris::live {

namespace {

constexpr std::uint32_t clients_number = node_id_max + 1;
constexpr int prefix_length = 24;

Ipv4Address ip_of(std::uint32_t number) {
  return {10, 77, 0, static_cast<std::uint8_t>(number)};
}
/// Locally administered (the 2 in 02), so that it can belong to no real card.
MacAddress mac_of(std::uint32_t number) {
  return {0x02, 0x77, 0, 0, 0, static_cast<std::uint8_t>(number)};
}
MacAddress port_mac_of(std::uint32_t number) {
  return {0x02, 0x77, 1, 0, 0, static_cast<std::uint8_t>(number)};
}
/// Nobody's address: what `from` is told of `to` while the link is cut.
MacAddress sink_mac_of(const model::Link& link) {
  return {0x02,
          0x77,
          0xde,
          0xad,
          static_cast<std::uint8_t>(link.from.value),
          static_cast<std::uint8_t>(link.to.value)};
}

/// A namespace with one device, eth0.
struct Member {
  std::uint32_t number = 0;
  UniqueFd space;
  std::optional<Netlink> netlink;
  DeviceIndex eth0 = 0;
};

struct Sink {
  DeviceIndex device = 0;
  unsigned depth = 0;             ///< how many cuts of this link are in force
  std::uint64_t sent_before = 0;  ///< the sink's counter when the first of them began
};

}  // namespace

struct VirtualNetwork::State {
  UniqueFd hub_space;
  std::optional<Netlink> hub;
  DeviceIndex bridge = 0;
  std::map<std::uint32_t, Member> members;
  std::map<model::Link, Sink> sinks;

  base::Result<void> create_hub();
  base::Result<void> add_member(std::uint32_t number);
  base::Result<void> introduce_all();
  base::Result<void> add_sink(const model::Link& link);
  base::Result<std::vector<LinkEvidence>> evidence(const std::vector<model::Link>& links);
  base::Result<void> point(const model::Link& link, const MacAddress& address);
  Sink& sink(const model::Link& link);
  base::Result<std::map<DeviceIndex, DeviceCounters>> counters_with_working_sinks(
      const std::vector<model::Link>& links);
};

base::Result<void> VirtualNetwork::State::create_hub() {
  ERIS_TRY(hub_space, make_network_namespace());
  ERIS_TRY(hub, Netlink::open_in(hub_space.get()));
  ERIS_TRY(bridge, hub->create_bridge("hub"));
  return {};
}

base::Result<void> VirtualNetwork::State::add_member(std::uint32_t number) {
  Member member{.number = number};
  ERIS_TRY(member.space, make_network_namespace());
  ERIS_TRY(member.netlink, Netlink::open_in(member.space.get()));
  ERIS_TRY(const DeviceIndex port, hub->create_veth({.name = fmt::format("port{}", number),
                                                     .address = port_mac_of(number),
                                                     .bridge = bridge,
                                                     .peer_name = "eth0",
                                                     .peer_address = mac_of(number),
                                                     .peer_namespace_fd = member.space.get()}));
  ERIS_CHECK_OK(hub->add_forwarding(port, mac_of(number)));
  ERIS_TRY(const DeviceIndex loopback, member.netlink->find_device("lo"));
  ERIS_CHECK_OK(member.netlink->set_up(loopback));
  ERIS_TRY(member.eth0, member.netlink->find_device("eth0"));
  ERIS_CHECK_OK(member.netlink->set_up(member.eth0));
  ERIS_CHECK_OK(member.netlink->add_address(member.eth0, ip_of(number), prefix_length));
  members.emplace(number, std::move(member));
  return {};
}

/// Tells each member the link-layer address of all others.
base::Result<void> VirtualNetwork::State::introduce_all() {
  for (auto& [number, member] : members)
    for (const auto& [other, unused] : members)
      if (other != number)
        ERIS_CHECK_OK(member.netlink->set_neighbour(member.eth0, ip_of(other), mac_of(other)));
  return {};
}

base::Result<void> VirtualNetwork::State::add_sink(const model::Link& link) {
  // A dummy device would do, but not every kernel has it; veth is needed anyway.
  const std::string pair = fmt::format("{}-{}", link.from.value, link.to.value);
  Sink made;
  ERIS_TRY(made.device,
           hub->create_veth({.name = "sink" + pair, .bridge = bridge, .peer_name = "drop" + pair}));
  ERIS_TRY(const DeviceIndex drop, hub->find_device("drop" + pair));
  ERIS_CHECK_OK(hub->set_up(drop));
  // Else a multicast that the bridge floods would count as evidence of the cut.
  ERIS_CHECK_OK(hub->stop_flooding(made.device));
  ERIS_CHECK_OK(hub->add_forwarding(made.device, sink_mac_of(link)));
  sinks.emplace(link, made);
  return {};
}

Sink& VirtualNetwork::State::sink(const model::Link& link) {
  const auto found = sinks.find(link);
  ERIS_ASSERT(found != sinks.end(), "a fault names two different nodes of this cluster");
  return found->second;
}

/// The kernel notices the carrier of a new device up to a second late, and a bridge drops what it
/// would send to such a port without counting it. So a cut soon after the network was made waits
/// for its sinks; later there is nothing to wait for.
base::Result<std::map<DeviceIndex, DeviceCounters>>
VirtualNetwork::State::counters_with_working_sinks(const std::vector<model::Link>& links) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  for (;;) {
    ERIS_TRY(auto counters, hub->counters());
    const bool all_work = std::ranges::all_of(
        links, [&](const model::Link& link) { return counters.at(sink(link).device).operational; });
    if (all_work) return counters;
    if (std::chrono::steady_clock::now() > deadline)
      return base::environment_error("the kernel does not bring the sinks of cut links up",
                                     "virtual network", "try again; see eris doctor");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

base::Result<void> VirtualNetwork::State::point(const model::Link& link,
                                                const MacAddress& address) {
  Member& from = members.at(link.from.value);
  return from.netlink->set_neighbour(from.eth0, ip_of(link.to.value), address);
}

base::Result<std::vector<LinkEvidence>> VirtualNetwork::State::evidence(
    const std::vector<model::Link>& links) {
  ERIS_TRY(const auto counters, hub->counters());
  std::map<std::uint32_t, std::map<Ipv4Address, MacAddress>> entries;
  for (const model::Link& link : links) {
    if (entries.contains(link.from.value)) continue;
    Member& from = members.at(link.from.value);
    ERIS_TRY(entries[link.from.value], from.netlink->neighbours(from.eth0));
  }
  std::vector<LinkEvidence> seen;
  for (const model::Link& link : links) {
    const auto& neighbours = entries.at(link.from.value);
    const auto entry = neighbours.find(ip_of(link.to.value));
    const Sink& of_link = sink(link);
    seen.push_back(
        {.link = link,
         .cut = entry != neighbours.end() && entry->second == sink_mac_of(link),
         .packets_dropped = counters.at(of_link.device).sent_packets - of_link.sent_before});
  }
  return seen;
}

VirtualNetwork::VirtualNetwork(std::unique_ptr<State> state) : state_(std::move(state)) {}
VirtualNetwork::VirtualNetwork(VirtualNetwork&&) noexcept = default;
VirtualNetwork& VirtualNetwork::operator=(VirtualNetwork&&) noexcept = default;
VirtualNetwork::~VirtualNetwork() = default;

base::Result<VirtualNetwork> VirtualNetwork::create(std::uint32_t count) {
  ERIS_ASSERT(count >= 1 && count <= node_id_max, "validate() bounds the number of nodes");
  auto state = std::make_unique<State>();
  ERIS_CHECK_OK(state->create_hub());
  for (std::uint32_t number = 1; number <= count; ++number)
    ERIS_CHECK_OK(state->add_member(number));
  ERIS_CHECK_OK(state->add_member(clients_number));
  ERIS_CHECK_OK(state->introduce_all());
  for (std::uint32_t from = 1; from <= count; ++from)
    for (std::uint32_t to = 1; to <= count; ++to)
      if (from != to) ERIS_CHECK_OK(state->add_sink({base::NodeId(from), base::NodeId(to)}));
  return VirtualNetwork(std::move(state));
}

std::string VirtualNetwork::address_of(base::NodeId node) {
  return to_text(ip_of(node.value));
}
int VirtualNetwork::node_namespace(base::NodeId node) const {
  return state_->members.at(node.value).space.get();
}
int VirtualNetwork::clients_namespace() const {
  return state_->members.at(clients_number).space.get();
}

base::Result<std::vector<LinkEvidence>> VirtualNetwork::cut(const std::vector<model::Link>& links) {
  ERIS_TRY(const auto counters, state_->counters_with_working_sinks(links));
  for (const model::Link& link : links) {
    Sink& sink = state_->sink(link);
    if (sink.depth++ > 0) continue;
    sink.sent_before = counters.at(sink.device).sent_packets;
    ERIS_CHECK_OK(state_->point(link, sink_mac_of(link)));
  }
  return state_->evidence(links);
}

base::Result<std::vector<LinkEvidence>> VirtualNetwork::heal(
    const std::vector<model::Link>& links) {
  for (const model::Link& link : links) {
    Sink& sink = state_->sink(link);
    if (sink.depth == 0 || --sink.depth > 0) continue;
    ERIS_CHECK_OK(state_->point(link, mac_of(link.to.value)));
  }
  return state_->evidence(links);
}

}  // namespace eris::live
