#include "adapters/etcd/http.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "adapters/etcd/fake_node.hpp"

namespace eris::adapters::etcd {
namespace {

using namespace std::chrono_literals;

const HttpRequest request{.target = "/v3/kv/put", .body = "{}"};

Deadline far() {
  return std::chrono::steady_clock::now() + 20s;
}
Deadline near() {
  return std::chrono::steady_clock::now() + 50ms;
}

FailureKind kind_of(const std::expected<HttpResponse, Failure>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? FailureKind::unsendable : result.error().kind;
}

TEST(EtcdHttp, SendsARequestThatEtcdUnderstandsAndReadsTheAnswer) {
  std::string received;
  std::expected<HttpResponse, Failure> result;
  std::string authority;
  {
    FakeNode node([&](FakeNode& self) {
      auto connection = self.accept();
      received = connection.receive();
      connection.answer(R"({"a":1})");
    });
    authority = to_text(node.endpoint());
    HttpConnection connection(node.endpoint());
    result =
        connection.exchange({.target = "/v3/kv/put", .body = "{}", .require_leader = true}, far());
  }
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200u);
  EXPECT_EQ(result->body, R"({"a":1})");
  EXPECT_EQ(received, "POST /v3/kv/put HTTP/1.1\r\nHost: " + authority +
                          "\r\nContent-Type: application/json\r\n"
                          "Grpc-Metadata-hasleader: true\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(EtcdHttp, ReadsAnErrorInChunksWithATrailerAsTheGatewaySendsIt) {
  FakeNode node([](FakeNode& self) {
    auto connection = self.accept();
    connection.receive();
    connection.send("HTTP/1.1 503 Service Unavailable\r\nTrailer: Grpc-Trailer-Content-Type\r\n");
    connection.send("Transfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n");
    connection.send("3\r\na\"}\r\n0\r\nGrpc-Trailer-Content-Type: application/grpc\r\n\r\n");
  });
  HttpConnection connection(node.endpoint());
  const auto result = connection.exchange(request, far());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 503u);
  EXPECT_EQ(result->body, "{\"a\"}");
}

TEST(EtcdHttp, KeepsTheConnectionBetweenRequests) {
  FakeNode node([](FakeNode& self) {
    auto connection = self.accept();  // one only
    while (!connection.receive().empty()) connection.answer("{}");
  });
  HttpConnection connection(node.endpoint());
  EXPECT_TRUE(connection.exchange(request, far()));
  EXPECT_TRUE(connection.exchange(request, far()));
}

TEST(EtcdHttp, ConnectsAgainWhereTheNodeClosedAnIdleConnection) {
  FakeNode node([](FakeNode& self) {
    for (int i = 0; i < 2; ++i) {
      auto connection = self.accept();
      connection.receive();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    }
  });
  HttpConnection connection(node.endpoint());
  EXPECT_TRUE(connection.exchange(request, far()));
  EXPECT_TRUE(connection.exchange(request, far()));
}

TEST(EtcdHttp, ClosedPortIsRefused) {
  HttpConnection connection(closed_endpoint());
  EXPECT_EQ(kind_of(connection.exchange(request, far())), FailureKind::connect_refused);
}

TEST(EtcdHttp, HandshakeWithoutAnAnswerTimesOutBeforeAnythingIsSent) {
  FakeNode node({}, /*backlog=*/0);
  // Linux queues one connection beyond a backlog of 0 and drops further handshakes in silence.
  HttpConnection queued(node.endpoint());
  EXPECT_EQ(kind_of(queued.exchange(request, near())), FailureKind::timed_out);
  HttpConnection connection(node.endpoint());
  EXPECT_EQ(kind_of(connection.exchange(request, near())), FailureKind::connect_timed_out);
}

TEST(EtcdHttp, NodeThatNeverAnswersTimesOutAfterTheRequestWasSent) {
  FakeNode node;
  HttpConnection connection(node.endpoint());
  EXPECT_EQ(kind_of(connection.exchange(request, near())), FailureKind::timed_out);
}

TEST(EtcdHttp, LateAnswerIsNotTakenForThatOfTheNextRequest) {
  FakeNode node([](FakeNode& self) {
    auto first = self.accept();
    first.receive();
    auto second = self.accept();  // comes only after the first request was given up
    first.answer("\"late\"");
    second.receive();
    second.answer("\"right\"");
  });
  HttpConnection connection(node.endpoint());
  EXPECT_EQ(kind_of(connection.exchange(request, near())), FailureKind::timed_out);
  const auto result = connection.exchange(request, far());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "\"right\"");
}

TEST(EtcdHttp, ConnectionThatDiesAfterTheRequestIsBroken) {
  FakeNode node([](FakeNode& self) { self.accept().receive(); });
  HttpConnection connection(node.endpoint());
  EXPECT_EQ(kind_of(connection.exchange(request, far())), FailureKind::broken);
}

TEST(EtcdHttp, ConnectionThatDiesWithinTheAnswerIsBroken) {
  FakeNode node([](FakeNode& self) {
    auto connection = self.accept();
    connection.receive();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"head");
  });
  HttpConnection connection(node.endpoint());
  EXPECT_EQ(kind_of(connection.exchange(request, far())), FailureKind::broken);
}

TEST(EtcdHttp, AnswerThatIsNotHttpIsMalformed) {
  FakeNode node([](FakeNode& self) {
    auto connection = self.accept();
    connection.receive();
    connection.send("-ERR unknown command\r\n");
  });
  HttpConnection connection(node.endpoint());
  EXPECT_EQ(kind_of(connection.exchange(request, far())), FailureKind::malformed);
}

TEST(EtcdHttp, NameInsteadOfAnAddressCannotBeConnectedTo) {
  HttpConnection connection({.address = "localhost", .port = 2379});
  EXPECT_EQ(kind_of(connection.exchange(request, far())), FailureKind::connect_failed);
}

}  // namespace
}  // namespace eris::adapters::etcd
