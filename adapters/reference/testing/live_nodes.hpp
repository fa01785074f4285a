// LiveNodes: three processes of a reference system on loopback, driven through its adapter as the
// harness does it, and what such processes must do whatever protocol they speak.
//
// A system's live_test.cpp derives a fixture, and has these tests by one line each:
//   ERIS_LIVE_NODES(LiveRaft);
//   ERIS_LIVE_LEADERS(LiveRaft);
// Thread rule: one test at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <gtest/gtest.h>

#include "adapters/adapter.hpp"
#include "adapters/testing/process_cluster.hpp"
#include "harness/base/text.hpp"

namespace eris::reference::testing {

using adapters::testing::ProcessCluster;
using base::ProcessId;
using model::Status;
using model::Value;
using namespace std::chrono_literals;

/// Options as a plan names them.
using OptionTexts = std::vector<std::pair<std::string, std::string>>;

class LiveNodes : public ::testing::Test {
 protected:
  static constexpr base::Duration patience = 10s;
  static constexpr std::size_t node_count = 3;

  /// `usual` goes for every system that the test starts.
  explicit LiveNodes(adapters::SystemType type, OptionTexts usual = {})
      : type_(std::move(type)), usual_(std::move(usual)) {}

  [[nodiscard]] std::unique_ptr<adapters::System> make_system(const OptionTexts& texts = {}) const {
    model::Options options(type_.schema.options);
    for (const OptionTexts& some : {usual_, texts})
      for (const auto& [name, value] : some) {
        const auto option =
            std::ranges::find(type_.schema.options, name, &model::OptionSchema::name);
        EXPECT_NE(option, type_.schema.options.end()) << name;
        EXPECT_TRUE(options.set_from_text(*option, value).has_value()) << name << " " << value;
      }
    auto system = type_.make(options, node_count);
    EXPECT_TRUE(system.has_value()) << base::to_text(system.error());
    return *std::move(system);
  }
  /// Makes the nodes, and starts none.
  void prepare(const OptionTexts& texts = {}) {
    system_ = make_system(texts);
    cluster_.emplace(*system_, node_count);
  }
  void start(const OptionTexts& texts = {}) {
    prepare(texts);
    cluster_->start_all();
    ASSERT_TRUE(cluster_->wait_until_serving()) << cluster_->stderr_of(0);
  }

  /// A client that begins at this node and goes on to the others.
  [[nodiscard]] std::unique_ptr<adapters::Client> connect(std::uint64_t process = 0) const {
    return system_->connect(cluster_->nodes(), ProcessId(process));
  }
  /// A client that knows of one node only.
  [[nodiscard]] std::unique_ptr<adapters::Client> connect_to(std::size_t node) const {
    return system_->connect({cluster_->nodes()[node]}, ProcessId(0));
  }
  static model::Outcome ask(adapters::Client& client, model::Function function, const char* key,
                            Value argument = {}, base::Duration timeout = patience) {
    return client.invoke({.process = ProcessId(0),
                          .function = function,
                          .key = Value(key),
                          .argument = std::move(argument)},
                         timeout);
  }
  static Status write(adapters::Client& client, const char* key, std::int64_t value) {
    return ask(client, model::function::write, key, Value(value)).status;
  }
  static Value read(adapters::Client& client, const char* key) {
    return ask(client, model::function::read, key).result;
  }

  void signal_all_but(std::size_t spared, int number) const {
    for (std::size_t node = 0; node < node_count; ++node)
      if (node != spared) cluster_->signal(node, number);
  }

  // ---- what every system must do

  void serves_clients_that_start_at_any_node() {
    start();
    for (std::uint64_t process = 0; process < 6; ++process) {
      const auto client = connect(process);
      const auto value = static_cast<std::int64_t>(process);
      ASSERT_EQ(write(*client, "x", value), Status::ok);
      ASSERT_EQ(read(*client, "x"), Value(value));
    }
  }
  void keeps_everything_when_all_nodes_are_killed(const OptionTexts& texts = {}) {
    constexpr std::int64_t keys = 50;
    const auto key = [](std::int64_t i) { return "k" + std::to_string(i); };
    start(texts);
    {
      const auto client = connect();
      for (std::int64_t i = 0; i < keys; ++i)
        ASSERT_EQ(write(*client, key(i).c_str(), i), Status::ok);
    }
    for (std::size_t node = 0; node < node_count; ++node) cluster_->kill(node);
    cluster_->start_all();
    ASSERT_TRUE(cluster_->wait_until_serving());
    const auto client = connect();
    for (std::int64_t i = 0; i < keys; ++i) ASSERT_EQ(read(*client, key(i).c_str()), Value(i));
  }
  /// Only `serving` runs, of whom clients ask what takes more than one node.
  void leaves_an_operation_unknown_alone(std::size_t serving) {
    const auto client = connect(serving);
    ASSERT_EQ(write(*client, "x", 1), Status::ok);
    signal_all_but(serving, SIGSTOP);
    EXPECT_EQ(ask(*client, model::function::write, "x", Value(2), 300ms).status, Status::info);
    EXPECT_EQ(ask(*client, model::function::read, "x", {}, 300ms).status, Status::fail);
    signal_all_but(serving, SIGCONT);
    EXPECT_EQ(ask(*connect(serving), model::function::read, "x").status, Status::ok);
  }
  void fails_for_certain_when_nobody_listens() {
    prepare();
    const model::Outcome write = ask(*connect(), model::function::write, "x", Value(1), 50ms);
    EXPECT_EQ(write.status, Status::fail);
    EXPECT_EQ(write.error, "connection refused");
  }
  void stops_cleanly_at_sigterm() {
    start();
    for (std::size_t node = 0; node < node_count; ++node) {
      cluster_->signal(node, SIGTERM);
      EXPECT_EQ(cluster_->wait_for_exit(node), 0);
      EXPECT_THAT(cluster_->stderr_of(node), ::testing::HasSubstr("stopped"));
    }
  }
  void refuses_a_port_in_use_with_one_line() {
    start();
    const auto second = make_system();
    adapters::NodeSetup setup{.self = cluster_->nodes()[0], .all = cluster_->nodes()};
    // Another directory, the same address.
    ProcessCluster other(*second, 1);
    setup.data_directory = other.data_directory(0);
    const adapters::Launch launch = second->launch(setup);
    std::string command = launch.program;
    for (const std::string& argument : launch.arguments) command += " '" + argument + "'";
    FILE* pipe = ::popen((command + " 2>&1 >/dev/null").c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string text(4096, '\0');
    text.resize(::fread(text.data(), 1, text.size(), pipe));
    EXPECT_EQ(WEXITSTATUS(::pclose(pipe)), 4);
    EXPECT_THAT(text, ::testing::HasSubstr("Address already in use; stop what uses the port"));
    EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  }

  // ---- what a system must do that replicates adapters/reference/kv under a leader

  void answers_every_function() {
    start();
    const auto client = connect();
    const auto asked = [&](model::Function function, const char* key, Value argument = {}) {
      return ask(*client, function, key, std::move(argument));
    };
    EXPECT_EQ(write(*client, "x", 5), Status::ok);
    EXPECT_EQ(read(*client, "x"), Value(5));
    EXPECT_EQ(asked(model::function::cas, "x", Value(Value::List{5, 6})).status, Status::ok);
    const model::Outcome mismatch = asked(model::function::cas, "x", Value(Value::List{5, 7}));
    EXPECT_EQ(mismatch.status, Status::fail);
    EXPECT_EQ(mismatch.result, Value(6));
    EXPECT_EQ(asked(model::function::increment, "n", Value(2)).result, Value(2));
    EXPECT_EQ(asked(model::function::increment, "n", Value(3)).result, Value(5));
    EXPECT_EQ(asked(model::function::append, "l", Value("a")).status, Status::ok);
    EXPECT_EQ(asked(model::function::append, "l", Value(true)).status, Status::ok);
    EXPECT_EQ(read(*client, "l"), Value(Value::List{Value("a"), Value(true)}));
    EXPECT_EQ(asked(model::function::remove, "x").status, Status::ok);
    EXPECT_EQ(read(*client, "x"), Value());
    EXPECT_EQ(asked(model::Function("transfer"), "x").error, "not supported");
  }
  void goes_on_when_the_leader_is_killed_and_keeps_every_write() {
    start();
    const auto client = connect();
    std::int64_t written = 0;
    const auto increment = [&] {
      return ask(*client, model::function::increment, "n", Value(1)).result == Value(++written);
    };
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 10; ++i) ASSERT_TRUE(increment()) << written;
      const auto leader = cluster_->leader();
      ASSERT_TRUE(leader.has_value());
      cluster_->kill(*leader);
      // The same operation is tried until there is a new leader, and happens once.
      ASSERT_TRUE(increment()) << written;
      cluster_->start(*leader);
      ASSERT_TRUE(cluster_->wait_until_serving());
    }
  }
  void leaves_an_operation_unknown_when_nobody_can_commit_it() {
    start();
    const auto leader = cluster_->leader();
    ASSERT_TRUE(leader.has_value());
    leaves_an_operation_unknown_alone(*leader);
  }
  void says_who_leads_in_its_beacons() {
    start();
    const auto leader = cluster_->leader();
    ASSERT_TRUE(leader.has_value());
    EXPECT_THAT(cluster_->stdout_of(*leader), ::testing::HasSubstr(R"("role":"leader")"));
  }

  const adapters::SystemType type_;
  const OptionTexts usual_;
  std::unique_ptr<adapters::System> system_;
  std::optional<ProcessCluster> cluster_;
};

}  // namespace eris::reference::testing

// The tests of every system whose fixture this is.
#define ERIS_LIVE_NODES(fixture)                      \
  TEST_F(fixture, ServesClientsThatStartAtAnyNode) {  \
    serves_clients_that_start_at_any_node();          \
  }                                                   \
  TEST_F(fixture, FailsForCertainWhenNobodyListens) { \
    fails_for_certain_when_nobody_listens();          \
  }                                                   \
  TEST_F(fixture, StopsCleanlyAtSigterm) {            \
    stops_cleanly_at_sigterm();                       \
  }                                                   \
  TEST_F(fixture, RefusesAPortInUseWithOneLine) {     \
    refuses_a_port_in_use_with_one_line();            \
  }

// And of those that replicate the store of adapters/reference/kv under a leader.
#define ERIS_LIVE_LEADERS(fixture)                                          \
  ERIS_LIVE_NODES(fixture)                                                  \
  TEST_F(fixture, AnswersEveryFunction) {                                   \
    answers_every_function();                                               \
  }                                                                         \
  TEST_F(fixture, GoesOnWhenTheLeaderIsKilledAndKeepsEveryWrite) {          \
    goes_on_when_the_leader_is_killed_and_keeps_every_write();              \
  }                                                                         \
  TEST_F(fixture, KeepsEverythingWhenAllNodesAreKilled) {                   \
    keeps_everything_when_all_nodes_are_killed({{"snapshot-every", "20"}}); \
  }                                                                         \
  TEST_F(fixture, LeavesAnOperationUnknownWhenNobodyCanCommitIt) {          \
    leaves_an_operation_unknown_when_nobody_can_commit_it();                \
  }                                                                         \
  TEST_F(fixture, SaysWhoLeadsInItsBeacons) {                               \
    says_who_leads_in_its_beacons();                                        \
  }
