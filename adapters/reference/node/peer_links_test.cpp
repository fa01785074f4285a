#include "adapters/reference/node/peer_links.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <gtest/gtest.h>

#include "adapters/reference/node/outgoing_link.hpp"
#include "adapters/reference/node/test_support.hpp"
#include "harness/base/testing/eventually.hpp"

namespace eris::node {
namespace {

using base::NodeId;
using base::testing::eventually;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two or more ends on one poller and one thread, so that nothing here depends on scheduling.
class Links : public testing::Test {
 protected:
  struct End {
    std::vector<std::pair<std::uint32_t, std::string>> received;
    std::vector<std::string> log;
    std::unique_ptr<PeerLinks> links;
  };

  Links() : poller_(*Poller::make()) {}
  ~Links() override {
    for (auto& [id, end] : ends_) end.links.reset();
  }

  static Endpoint endpoint(std::uint32_t id) { return {.host = test_address(id), .port = 7001}; }

  void open(std::uint32_t id, const std::vector<std::uint32_t>& peers,
            std::size_t queue_bytes_max = 64 << 20) {
    PeerLinksOptions options{.self = NodeId(id), .listen = endpoint(id)};
    options.message_bytes_max = 1 << 20;
    options.queue_bytes_max = queue_bytes_max;
    for (const std::uint32_t peer : peers)
      options.peers.push_back({.id = NodeId(peer), .endpoint = endpoint(peer)});
    End& end = ends_[id];
    auto made =
        PeerLinks::make(std::move(options), poller_,
                        {.received =
                             [&end](NodeId from, std::string message) {
                               end.received.emplace_back(from.value, message);
                             },
                         .log = [&end](std::string_view line) { end.log.emplace_back(line); }});
    ASSERT_TRUE(made.has_value()) << base::to_text(made.error());
    end.links = *std::move(made);
  }

  /// Runs all ends, with ticks, until the condition holds.
  template <typename Condition>
  [[nodiscard]] bool run_until(Condition condition) {
    return eventually([&] {
      poller_.wait(std::chrono::milliseconds(1));
      for (auto& [id, end] : ends_)
        if (end.links) {
          end.links->tick();
          end.links->flush();
        }
      return condition();
    });
  }

  /// Sends again and again until one message has arrived.
  [[nodiscard]] bool delivers(std::uint32_t from, std::uint32_t to, const std::string& message) {
    const std::size_t before = ends_[to].received.size();
    return run_until([&] {
      ends_[from].links->send(NodeId(to), message);
      ends_[from].links->flush();
      return ends_[to].received.size() > before;
    });
  }

  Poller poller_;
  std::map<std::uint32_t, End> ends_;
};

TEST_F(Links, CarryMessagesBothWays) {
  open(1, {2});
  open(2, {1});
  ASSERT_TRUE(delivers(1, 2, "from one"));
  ASSERT_TRUE(delivers(2, 1, "from two"));
  EXPECT_EQ(ends_[2].received.front(), std::pair(1u, std::string("from one")));
  EXPECT_EQ(ends_[1].received.front(), std::pair(2u, std::string("from two")));
}

TEST_F(Links, KeepTheOrderOfOneConnection) {
  open(1, {2});
  open(2, {1});
  ASSERT_TRUE(delivers(1, 2, "connected"));
  for (int i = 0; i < 1000; ++i) ends_[1].links->send(NodeId(2), std::to_string(i));
  std::vector<std::string> numbers;
  ASSERT_TRUE(run_until([&] {
    numbers.clear();
    for (const auto& [from, message] : ends_[2].received)
      if (message != "connected") numbers.push_back(message);
    return numbers.size() >= 1000;
  }));
  for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], std::to_string(i));
}

TEST_F(Links, ReachAPeerThatStartsLater) {
  open(1, {2});
  ASSERT_TRUE(run_until([&] {
    ends_[1].links->send(NodeId(2), "into the void");
    return ends_[1].links->dropped() > 5;
  }));
  open(2, {1});
  EXPECT_TRUE(delivers(1, 2, "hello"));
}

TEST_F(Links, ReachAPeerThatRestarted) {
  open(1, {2});
  open(2, {1});
  ASSERT_TRUE(delivers(1, 2, "before"));
  ends_[2].links.reset();
  ASSERT_TRUE(run_until([&] {
    return std::ranges::any_of(ends_[1].log, [](const std::string& line) {
      return line.starts_with("lost the connection to n2");
    });
  }));
  open(2, {1});
  EXPECT_TRUE(delivers(1, 2, "after"));
}

TEST_F(Links, DropWhatDoesNotFitTheQueue) {
  open(1, {2}, 1000);
  open(2, {1});
  ASSERT_TRUE(delivers(1, 2, "connected"));
  const std::uint64_t before = ends_[1].links->dropped();
  for (int i = 0; i < 5; ++i) ends_[1].links->send(NodeId(2), std::string(400, 'x'));
  EXPECT_EQ(ends_[1].links->dropped() - before, 3u);
}

TEST_F(Links, TryNewConnectionsWhenThePeerStopsAcknowledging) {
  // Listens and never reads: its kernel acknowledges until its buffers are full.
  const auto deaf = listen_at(endpoint(2));
  ASSERT_TRUE(deaf.has_value());
  open(1, {2});
  FileDescriptor first;
  ASSERT_TRUE(run_until([&] {
    first = accept_from(*deaf);
    return first.open();
  }));
  FileDescriptor second;
  EXPECT_TRUE(run_until([&] {
    ends_[1].links->send(NodeId(2), std::string(1 << 20, 'x'));
    second = accept_from(*deaf);
    return second.open();
  }));
  EXPECT_THAT(ends_[1].log, Contains(HasSubstr("n2 does not acknowledge")));
}

TEST_F(Links, CloseAConnectionWithADamagedFrame) {
  open(1, {2});
  auto socket = begin_connect(endpoint(1));
  ASSERT_TRUE(socket.has_value());
  std::string bytes;
  append_frame(bytes, encode_hello(NodeId(2)));
  append_frame(bytes, "good");
  append_frame(bytes, "damaged");
  bytes.back() = '!';
  ASSERT_TRUE(run_until([&] { return connect_result(*socket) == 0; }));
  ASSERT_TRUE(run_until([&] {
    return ::send(socket->get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }));
  ASSERT_TRUE(run_until([&] { return !ends_[1].log.empty(); }));
  EXPECT_THAT(ends_[1].log, ElementsAre("connection from n2: frame with a wrong checksum"));
  EXPECT_THAT(ends_[1].received, ElementsAre(std::pair(2u, std::string("good"))));
}

TEST_F(Links, SendStrangersAway) {
  open(1, {2});
  auto socket = begin_connect(endpoint(1));
  ASSERT_TRUE(socket.has_value());
  FrameStream stream(*std::move(socket), 1000);
  stream.queue(encode_hello(NodeId(9)));
  ASSERT_TRUE(run_until([&] {
    (void)stream.flush();
    return !ends_[1].log.empty();
  }));
  EXPECT_THAT(ends_[1].log.front(), HasSubstr("did not begin with a greeting"));
}

TEST_F(Links, SaySoWhenThePortIsTaken) {
  open(1, {2});
  const auto second = listen_at(endpoint(1));
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(base::to_text(second.error()), HasSubstr("Address already in use"));
}

TEST(Hello, IsReadBackAndNothingElseIs) {
  EXPECT_EQ(decode_hello(encode_hello(NodeId(7))), NodeId(7));
  EXPECT_EQ(decode_hello("GET / HTTP/1.1"), std::nullopt);
  EXPECT_EQ(decode_hello(encode_hello(NodeId(7)) + "x"), std::nullopt);
}

}  // namespace
}  // namespace eris::node
