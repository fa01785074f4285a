#include "adapters/reference/node/client_port.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "adapters/reference/node/test_support.hpp"
#include "harness/base/bytes.hpp"
#include "harness/base/testing/eventually.hpp"

namespace eris::node {
namespace {

using base::testing::eventually;
using testing::ElementsAre;
using testing::HasSubstr;

/// A port and one client of it on one poller and one thread.
class Port : public testing::Test {
 protected:
  Port() : poller_(*Poller::make()) {}

  void open(ClientPortOptions options = {}) {
    options.listen = {.host = test_address(1), .port = 7000};
    auto made =
        ClientPort::make(options, poller_,
                         {.requested =
                              [this](core::RequestId id, std::string request) {
                                ids_.push_back(id);
                                requests_.push_back(std::move(request));
                              },
                          .log = [this](std::string_view line) { log_.emplace_back(line); }});
    ASSERT_TRUE(made.has_value()) << base::to_text(made.error());
    port_ = *std::move(made);
    client_ = connect();
  }

  [[nodiscard]] std::unique_ptr<FrameStream> connect() const {
    auto socket = begin_connect({.host = test_address(1), .port = 7000});
    EXPECT_TRUE(socket.has_value());
    return std::make_unique<FrameStream>(*std::move(socket), 1 << 20);
  }

  void ask(std::uint64_t number, std::string_view request) const {
    std::string head;
    base::put_integer(head, number);
    client_->queue(head, request);
  }

  template <typename Condition>
  [[nodiscard]] bool run_until(Condition condition) {
    return eventually([&] {
      if (client_) (void)client_->flush();
      poller_.wait(std::chrono::milliseconds(1));
      port_->flush();
      return condition();
    });
  }

  /// The next answer as the client sees it: its number, then the bytes.
  [[nodiscard]] std::pair<std::uint64_t, std::string> answer() {
    std::pair<std::uint64_t, std::string> seen;
    EXPECT_TRUE(run_until([&] {
      (void)client_->receive();
      const auto payload = client_->next();
      if (!payload || !*payload) return false;
      seen = {base::get_integer<std::uint64_t>(**payload, 0), std::string((*payload)->substr(8))};
      return true;
    }));
    return seen;
  }

  Poller poller_;
  std::unique_ptr<ClientPort> port_;
  std::unique_ptr<FrameStream> client_;
  std::vector<core::RequestId> ids_;
  std::vector<std::string> requests_;
  std::vector<std::string> log_;
};

TEST_F(Port, AnswersUnderTheClientsOwnNumbersInAnyOrder) {
  open();
  ask(70, "one");
  ask(80, "two");
  ASSERT_TRUE(run_until([&] { return requests_.size() == 2; }));
  EXPECT_THAT(requests_, ElementsAre("one", "two"));
  port_->reply(ids_[1], "second");
  port_->reply(ids_[0], "first");
  EXPECT_EQ(answer(), std::pair(std::uint64_t{80}, std::string("second")));
  EXPECT_EQ(answer(), std::pair(std::uint64_t{70}, std::string("first")));
}

TEST_F(Port, AnswersEachRequestOnce) {
  open();
  ask(1, "one");
  ASSERT_TRUE(run_until([&] { return requests_.size() == 1; }));
  port_->reply(ids_[0], "answer");
  port_->reply(ids_[0], "again");
  ask(2, "two");
  ASSERT_TRUE(run_until([&] { return requests_.size() == 2; }));
  port_->reply(ids_[1], "last");
  EXPECT_EQ(answer().second, "answer");
  EXPECT_EQ(answer().second, "last");
}

TEST_F(Port, StopsReadingAtTheBoundAndGoesOnWhenAnswersLeave) {
  open({.open_requests_max = 10});
  for (std::uint64_t i = 0; i < 25; ++i) ask(i, "request");
  ASSERT_TRUE(run_until([&] { return requests_.size() >= 10; }));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(run_until([] { return true; }));
  EXPECT_EQ(requests_.size(), 10u);
  for (int i = 0; i < 10; ++i) port_->reply(ids_[static_cast<std::size_t>(i)], "answer");
  ASSERT_TRUE(run_until([&] { return requests_.size() >= 20; }));
  EXPECT_EQ(requests_.size(), 20u);
}

TEST_F(Port, ReadsNothingWhileHeld) {
  open();
  ask(1, "before");
  ASSERT_TRUE(run_until([&] { return requests_.size() == 1; }));
  port_->hold(true);
  ask(2, "held");
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(run_until([] { return true; }));
  EXPECT_EQ(requests_.size(), 1u);
  port_->hold(false);
  EXPECT_TRUE(run_until([&] { return requests_.size() == 2; }));
}

TEST_F(Port, TakesWhatItHadReadAlreadyWhenNoLongerHeld) {
  open({.open_requests_max = 1});
  ask(1, "first");
  ask(2, "second");
  ASSERT_TRUE(run_until([&] { return requests_.size() == 1; }));
  port_->hold(true);
  port_->reply(ids_[0], "answer");
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(run_until([] { return true; }));
  EXPECT_THAT(requests_, ElementsAre("first"));
  port_->hold(false);
  EXPECT_THAT(requests_, ElementsAre("first", "second"));
}

TEST_F(Port, ForgetsAClientThatLeft) {
  open();
  ask(1, "request");
  ASSERT_TRUE(run_until([&] { return requests_.size() == 1; }));
  client_ = connect();
  ask(1, "another");
  ASSERT_TRUE(run_until([&] { return requests_.size() == 2; }));
  port_->reply(ids_[0], "for nobody");
  port_->reply(ids_[1], "for the second");
  EXPECT_EQ(answer().second, "for the second");
}

TEST_F(Port, NeverUsesARequestIdTwice) {
  open();
  for (int i = 0; i < 5; ++i) {
    ask(1, "request");
    const std::size_t expected = requests_.size() + 1;
    ASSERT_TRUE(run_until([&] { return requests_.size() == expected; }));
    client_ = connect();
  }
  EXPECT_EQ(std::set(ids_.begin(), ids_.end()).size(), 5u);
}

TEST_F(Port, ClosesAClientThatAsksTooMuchAtOnce) {
  open({.request_bytes_max = 100});
  ask(1, std::string(200, 'x'));
  ASSERT_TRUE(run_until([&] { return !log_.empty(); }));
  EXPECT_THAT(log_.front(), HasSubstr("frame longer than allowed"));
}

}  // namespace
}  // namespace eris::node
