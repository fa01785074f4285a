// Real eris-paxos processes on loopback, driven through the adapter as the harness does it.
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <signal.h>

#include <gtest/gtest.h>

#include "adapters/reference/paxos/process/adapter.hpp"
#include "adapters/testing/process_cluster.hpp"

namespace eris::paxos {
namespace {

using adapters::testing::ProcessCluster;
using base::ProcessId;
using model::Status;
using model::Value;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr base::Duration patience = 10s;

std::unique_ptr<adapters::System> make_system(
    const std::vector<std::pair<std::string, std::string>>& values = {}) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  for (const auto& [name, value] : values)
    for (const model::OptionSchema& option : type.schema.options)
      if (option.name == name) {
        EXPECT_TRUE(options.set_from_text(option, value).has_value());
      }
  auto system = type.make(options, 3);
  EXPECT_TRUE(system.has_value()) << base::to_text(system.error());
  return *std::move(system);
}

model::Op op(model::Function function, const char* key, Value argument = {}) {
  return {.process = ProcessId(0),
          .function = function,
          .key = Value(key),
          .argument = std::move(argument)};
}

class LivePaxos : public testing::Test {
 protected:
  void start(const std::vector<std::pair<std::string, std::string>>& values = {}) {
    system_ = make_system(values);
    cluster_.emplace(*system_, 3);
    cluster_->start_all();
    ASSERT_TRUE(cluster_->wait_until_serving()) << cluster_->stderr_of(0);
  }

  [[nodiscard]] std::unique_ptr<adapters::Client> connect(std::uint64_t process = 0) const {
    return system_->connect(cluster_->nodes(), ProcessId(process));
  }

  std::unique_ptr<adapters::System> system_;
  std::optional<ProcessCluster> cluster_;
};

TEST_F(LivePaxos, AnswersEveryFunction) {
  start();
  const auto client = connect();
  const auto ask = [&](model::Function function, const char* key, Value argument = {}) {
    return client->invoke(op(function, key, std::move(argument)), patience);
  };
  EXPECT_EQ(ask(model::function::write, "x", Value(5)).status, Status::ok);
  EXPECT_EQ(ask(model::function::read, "x").result, Value(5));
  EXPECT_EQ(ask(model::function::cas, "x", Value(Value::List{5, 6})).status, Status::ok);
  const model::Outcome mismatch = ask(model::function::cas, "x", Value(Value::List{5, 7}));
  EXPECT_EQ(mismatch.status, Status::fail);
  EXPECT_EQ(mismatch.result, Value(6));
  EXPECT_EQ(ask(model::function::increment, "n", Value(2)).result, Value(2));
  EXPECT_EQ(ask(model::function::increment, "n", Value(3)).result, Value(5));
  EXPECT_EQ(ask(model::function::append, "l", Value("a")).status, Status::ok);
  EXPECT_EQ(ask(model::function::append, "l", Value(true)).status, Status::ok);
  EXPECT_EQ(ask(model::function::read, "l").result, Value(Value::List{Value("a"), Value(true)}));
  EXPECT_EQ(ask(model::function::remove, "x").status, Status::ok);
  EXPECT_EQ(ask(model::function::read, "x").result, Value());
  EXPECT_EQ(ask(model::Function("transfer"), "x").error, "not supported");
}

TEST_F(LivePaxos, GoesOnWhenTheLeaderIsKilledAndKeepsEveryWrite) {
  start();
  const auto client = connect();
  std::int64_t written = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) {
      ASSERT_EQ(client->invoke(op(model::function::increment, "n", Value(1)), patience).result,
                Value(++written));
    }
    const auto leader = cluster_->leader();
    ASSERT_TRUE(leader.has_value());
    cluster_->kill(*leader);
    // The same operation is tried until there is a new leader, and happens once.
    ASSERT_EQ(client->invoke(op(model::function::increment, "n", Value(1)), patience).result,
              Value(++written));
    cluster_->start(*leader);
    ASSERT_TRUE(cluster_->wait_until_serving());
  }
}

TEST_F(LivePaxos, KeepsEverythingWhenAllNodesAreKilled) {
  start({{"snapshot-every", "20"}});
  {
    const auto client = connect();
    for (std::int64_t i = 1; i <= 50; ++i)
      ASSERT_EQ(client->invoke(op(model::function::increment, "n", Value(1)), patience).result,
                Value(i));
  }
  for (std::size_t node = 0; node < 3; ++node) cluster_->kill(node);
  cluster_->start_all();
  ASSERT_TRUE(cluster_->wait_until_serving());
  EXPECT_EQ(connect()->invoke(op(model::function::read, "n"), patience).result, Value(50));
}

TEST_F(LivePaxos, LeavesAnOperationUnknownWhenNobodyCanCommitIt) {
  start();
  const auto client = connect();
  ASSERT_EQ(client->invoke(op(model::function::write, "x", Value(1)), patience).status, Status::ok);
  const auto leader = cluster_->leader();
  ASSERT_TRUE(leader.has_value());
  for (std::size_t node = 0; node < 3; ++node)
    if (node != *leader) cluster_->signal(node, SIGSTOP);
  const auto direct = connect(*leader);
  const model::Outcome write = client->invoke(op(model::function::write, "x", Value(2)), 300ms);
  EXPECT_EQ(write.status, Status::info);
  EXPECT_EQ(client->invoke(op(model::function::read, "x"), 300ms).status, Status::fail);
  for (std::size_t node = 0; node < 3; ++node)
    if (node != *leader) cluster_->signal(node, SIGCONT);
  EXPECT_EQ(direct->invoke(op(model::function::read, "x"), patience).status, Status::ok);
}

TEST_F(LivePaxos, SaysWhoLeadsInItsBeacons) {
  start();
  const auto leader = cluster_->leader();
  ASSERT_TRUE(leader.has_value());
  EXPECT_THAT(cluster_->stdout_of(*leader), HasSubstr(R"("role":"leader")"));
}

TEST_F(LivePaxos, StartsEveryNodeWithEveryOption) {
  start({{"bug", "leader-reads-unconfirmed,execution-skips-gaps"},
         {"read-mode", "lease"},
         {"alpha", "3"},
         {"fsync", "false"}});
  EXPECT_EQ(connect()->invoke(op(model::function::write, "x", Value(1)), patience).status,
            Status::ok);
}

}  // namespace
}  // namespace eris::paxos
