#include "harness/live/network.hpp"

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "harness/live/namespaces.hpp"
#include "harness/live/testing/live_test_support.hpp"

namespace eris::live {
namespace {

using base::NodeId;
using model::Link;
using testing::in_sandbox;

constexpr int port = 7100;
const NodeId n1(1);
const NodeId n2(2);
const NodeId n3(3);

sockaddr_in address_of(NodeId node) {
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = ::htons(port), .sin_addr = {}, .sin_zero = {}};
  ::inet_pton(AF_INET, VirtualNetwork::address_of(node).c_str(), &address.sin_addr);
  return address;
}

/// A socket made in a node's namespace; sockets stay where they were made.
UniqueFd tcp_socket_in(const VirtualNetwork& network, NodeId node) {
  UniqueFd made;
  std::thread([&] {
    if (enter_network_namespace(network.node_namespace(node)))
      made = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }).join();
  return made;
}

/// An established TCP connection between two nodes.
class Connection {
 public:
  Connection(const VirtualNetwork& network, NodeId from, NodeId to) {
    UniqueFd listener = tcp_socket_in(network, to);
    const int yes = 1;
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in target = address_of(to);
    EXPECT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&target), sizeof target), 0);
    EXPECT_EQ(::listen(listener.get(), 1), 0);
    client_ = tcp_socket_in(network, from);
    EXPECT_EQ(::connect(client_.get(), reinterpret_cast<sockaddr*>(&target), sizeof target), 0);
    server_ = UniqueFd(::accept(listener.get(), nullptr, nullptr));
    ::setsockopt(client_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::setsockopt(server_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }

  [[nodiscard]] bool client_sends() const { return send(client_); }
  [[nodiscard]] bool server_sends() const { return send(server_); }
  [[nodiscard]] bool server_receives(std::chrono::milliseconds patience) const {
    return receive(server_, patience);
  }
  [[nodiscard]] bool client_receives(std::chrono::milliseconds patience) const {
    return receive(client_, patience);
  }
  /// The pending error of the client's socket, 0 for none.
  [[nodiscard]] int client_error() const {
    int code = 0;
    socklen_t size = sizeof code;
    ::getsockopt(client_.get(), SOL_SOCKET, SO_ERROR, &code, &size);
    return code;
  }

 private:
  static bool send(const UniqueFd& socket) {
    return ::send(socket.get(), "x", 1, MSG_NOSIGNAL) == 1;
  }
  static bool receive(const UniqueFd& socket, std::chrono::milliseconds patience) {
    pollfd watched{.fd = socket.get(), .events = POLLIN, .revents = 0};
    char byte = 0;
    return ::poll(&watched, 1, static_cast<int>(patience.count())) == 1 &&
           ::recv(socket.get(), &byte, 1, MSG_DONTWAIT) == 1;
  }
  UniqueFd client_;
  UniqueFd server_;
};

/// Long enough for a packet that passes to arrive, many times over.
constexpr std::chrono::milliseconds silence(60);
constexpr std::chrono::milliseconds patience(20'000);

VirtualNetwork make_network(std::uint32_t nodes) {
  const auto began = std::chrono::steady_clock::now();
  auto network = VirtualNetwork::create(nodes);
  if (!network) throw std::runtime_error(base::to_text(network.error()));
  const auto took = std::chrono::steady_clock::now() - began;
  ::testing::Test::RecordProperty("network_ms",
                                  static_cast<int>(took / std::chrono::milliseconds(1)));
  return *std::move(network);
}

class Network : public ::testing::Test {
 protected:
  void SetUp() override { ERIS_SKIP_WITHOUT_NAMESPACES(); }
};

TEST_F(Network, CarriesTcpBothWays) {
  in_sandbox([] {
    const VirtualNetwork network = make_network(3);
    const Connection connection(network, n1, n3);
    EXPECT_TRUE(connection.client_sends());
    EXPECT_TRUE(connection.server_receives(patience));
    EXPECT_TRUE(connection.server_sends());
    EXPECT_TRUE(connection.client_receives(patience));
  });
}

TEST_F(Network, CutStallsAnEstablishedConnectionWithoutAnError) {
  in_sandbox([] {
    VirtualNetwork network = make_network(2);
    const Connection connection(network, n1, n2);
    const auto cut = network.cut({{n1, n2}, {n2, n1}});
    ASSERT_TRUE(cut.has_value()) << base::to_text(cut.error());
    EXPECT_TRUE(cut->at(0).cut);
    EXPECT_TRUE(cut->at(1).cut);
    EXPECT_TRUE(connection.client_sends());
    EXPECT_FALSE(connection.server_receives(silence));
    EXPECT_EQ(connection.client_error(), 0);
    const auto healed = network.heal({{n1, n2}, {n2, n1}});
    ASSERT_TRUE(healed.has_value());
    EXPECT_FALSE(healed->at(0).cut);
    EXPECT_GE(healed->at(0).packets_dropped, 1U);
    EXPECT_TRUE(connection.server_receives(patience)) << "TCP resends after healing";
  });
}

TEST_F(Network, OneWayCutLosesAcknowledgementsButNotRequests) {
  in_sandbox([] {
    VirtualNetwork network = make_network(2);
    const Connection connection(network, n1, n2);
    ASSERT_TRUE(network.cut({{n2, n1}}).has_value());
    EXPECT_TRUE(connection.client_sends());
    EXPECT_TRUE(connection.server_receives(patience)) << "n1→n2 is whole";
    EXPECT_TRUE(connection.server_sends());
    EXPECT_FALSE(connection.client_receives(silence)) << "n2→n1 is cut";
    const auto healed = network.heal({{n2, n1}});
    ASSERT_TRUE(healed.has_value());
    EXPECT_GE(healed->at(0).packets_dropped, 1U);
    EXPECT_TRUE(connection.client_receives(patience));
  });
}

TEST_F(Network, CutTouchesNoOtherLink) {
  in_sandbox([] {
    VirtualNetwork network = make_network(3);
    const Connection cut_off(network, n1, n2);
    const Connection untouched(network, n1, n3);
    ASSERT_TRUE(network.cut({{n1, n2}, {n2, n1}}).has_value());
    EXPECT_TRUE(untouched.client_sends());
    EXPECT_TRUE(untouched.server_receives(patience));
    EXPECT_TRUE(cut_off.client_sends());
    EXPECT_FALSE(cut_off.server_receives(silence));
  });
}

TEST_F(Network, CountsOnlyWhatVanishedOnTheCutLink) {
  in_sandbox([] {
    VirtualNetwork network = make_network(3);
    const Connection connection(network, n1, n2);
    ASSERT_TRUE(network.cut({{n1, n2}, {n1, n3}}).has_value());
    EXPECT_TRUE(connection.client_sends());
    EXPECT_FALSE(connection.server_receives(silence));
    const auto healed = network.heal({{n1, n2}, {n1, n3}});
    ASSERT_TRUE(healed.has_value());
    EXPECT_GE(healed->at(0).packets_dropped, 1U);
    EXPECT_EQ(healed->at(1).packets_dropped, 0U) << "nothing was sent from n1 to n3";
  });
}

TEST_F(Network, LinkThatWasCutTwiceHealsWithTheLastHeal) {
  in_sandbox([] {
    VirtualNetwork network = make_network(2);
    ASSERT_TRUE(network.cut({{n1, n2}}).has_value());
    ASSERT_TRUE(network.cut({{n1, n2}}).has_value());
    EXPECT_TRUE(network.heal({{n1, n2}})->at(0).cut);
    EXPECT_FALSE(network.heal({{n1, n2}})->at(0).cut);
    EXPECT_FALSE(network.heal({{n1, n2}})->at(0).cut) << "healing a whole link changes nothing";
  });
}

TEST_F(Network, CutIsMeasured) {
  in_sandbox([] {
    VirtualNetwork network = make_network(5);
    std::vector<Link> halves;
    for (const std::uint32_t a : {1U, 2U})
      for (const std::uint32_t b : {3U, 4U, 5U})
        for (const Link& link : {Link{NodeId(a), NodeId(b)}, Link{NodeId(b), NodeId(a)}})
          halves.push_back(link);
    const auto began = std::chrono::steady_clock::now();
    ASSERT_TRUE(network.cut(halves).has_value());
    const auto took = std::chrono::steady_clock::now() - began;
    // For people; the wall clock is not judged.
    std::printf("cut of %zu directions in force and read back after %.2f ms\n", halves.size(),
                std::chrono::duration<double, std::milli>(took).count());
  });
}

}  // namespace
}  // namespace eris::live
