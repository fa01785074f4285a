#include "adapters/etcd/client.hpp"

#include <atomic>
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "adapters/etcd/fake_node.hpp"

namespace eris::adapters::etcd {
namespace {

using namespace std::chrono_literals;
using model::Status;
namespace function = model::function;

model::Op write_op() {
  return {.process = {}, .function = function::write, .key = 1, .argument = 2};
}
model::Op read_op() {
  return {.process = {}, .function = function::read, .key = 1, .argument = {}};
}

EtcdClient client_of(std::vector<Endpoint> endpoints, std::size_t first = 0) {
  return EtcdClient({.endpoints = std::move(endpoints), .first = first, .key_prefix = "eris/"});
}

/// Answers every request on its first connection.
void serve(FakeNode& self) {
  auto connection = self.accept();
  while (!connection.receive().empty()) connection.answer(R"({"header":{}})");
}

TEST(EtcdClientTest, StaysWithANodeThatAnswers) {
  FakeNode node(serve);
  EtcdClient client = client_of({closed_endpoint(), node.endpoint()}, 1);
  EXPECT_EQ(client.invoke(write_op(), 20s).status, Status::ok);
  EXPECT_EQ(client.invoke(read_op(), 20s).status, Status::ok);
  EXPECT_EQ(client.endpoint(), node.endpoint());
}

TEST(EtcdClientTest, RefusedWriteFailsAndTheNextGoesToTheNextNode) {
  FakeNode node(serve);
  EtcdClient client = client_of({closed_endpoint(), node.endpoint()});
  const auto refused = client.invoke(write_op(), 20s);
  EXPECT_EQ(refused.status, Status::fail);
  EXPECT_EQ(refused.error, "connection refused");
  EXPECT_EQ(client.invoke(write_op(), 20s).status, Status::ok);
}

TEST(EtcdClientTest, GoesRoundToTheFirstNodeAfterTheLast) {
  FakeNode node(serve);
  EtcdClient client = client_of({node.endpoint(), closed_endpoint()}, 1);
  EXPECT_EQ(client.invoke(write_op(), 20s).status, Status::fail);
  EXPECT_EQ(client.endpoint(), node.endpoint());
}

TEST(EtcdClientTest, SilentNodeLeavesAWriteUnknownAndAReadFailed) {
  FakeNode silent;
  EtcdClient client = client_of({silent.endpoint()});
  EXPECT_EQ(client.invoke(write_op(), 50ms).status, Status::info);
  EXPECT_EQ(client.invoke(read_op(), 50ms).status, Status::fail);
}

TEST(EtcdClientTest, NeverSendsAWriteTwice) {
  std::atomic<int> requests = 0;
  {
    FakeNode node([&](FakeNode& self) {
      auto connection = self.accept();
      if (!connection.receive().empty()) ++requests;
    });
    FakeNode other([&](FakeNode& self) {
      if (!self.accept().receive().empty()) ++requests;
    });
    EtcdClient client = client_of({node.endpoint(), other.endpoint()});
    EXPECT_EQ(client.invoke(write_op(), 20s).status, Status::info);
    EXPECT_EQ(client.endpoint(), other.endpoint());
  }
  EXPECT_EQ(requests, 1);
}

TEST(EtcdClientTest, StaysWithANodeThatRefusesInWords) {
  FakeNode node([](FakeNode& self) {
    auto connection = self.accept();
    connection.receive();
    connection.send(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 46\r\n\r\n"
        R"({"message":"etcdserver: no leader","code": 14})");
  });
  EtcdClient client = client_of({node.endpoint(), closed_endpoint()});
  const auto outcome = client.invoke(write_op(), 20s);
  EXPECT_EQ(outcome.status, Status::fail);
  EXPECT_EQ(outcome.error, "etcdserver: no leader");
  EXPECT_EQ(client.endpoint(), node.endpoint());
}

}  // namespace
}  // namespace eris::adapters::etcd
