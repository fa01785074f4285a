#include "adapters/reference/raft/process/adapter.hpp"

#include <algorithm>

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/raft/process/outcomes.hpp"
#include "adapters/reference/raft/process/ports.hpp"
#include "adapters/reference/raft/process/values.hpp"

namespace eris::raft {
namespace {

using base::NodeId;
using model::Value;
using testing::Contains;
using testing::HasSubstr;

rc::Gen<Value> any_value(int depth) {
  auto leaf = rc::gen::oneOf(
      rc::gen::just(Value()),
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return Value(b); }),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t i) { return Value(i); }),
      rc::gen::map(rc::gen::arbitrary<std::string>(),
                   [](const std::string& s) { return Value(std::string_view(s)); }));
  if (depth == 0) return leaf;
  return rc::gen::oneOf(leaf,
                        rc::gen::map(rc::gen::container<Value::List>(any_value(depth - 1)),
                                     [](Value::List list) { return Value(std::move(list)); }));
}

RC_GTEST_PROP(Values, ComeBackFromTheStoreUnchanged, ()) {
  const Value value = *any_value(2);
  RC_ASSERT(to_model(to_kv(value)) == value);
}

TEST(Commands, SplitTheArgumentOfCas) {
  const auto command = to_command({.process = base::ProcessId(1),
                                   .function = model::function::cas,
                                   .key = Value("x"),
                                   .argument = Value(Value::List{1, 2})});
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->expected, kv::Value(std::int64_t{1}));
  EXPECT_EQ(command->argument, kv::Value(std::int64_t{2}));
}

TEST(Commands, AreNotMadeOfWhatTheStoreCannotDo) {
  EXPECT_FALSE(to_command({.process = {}, .function = "cas", .key = {}, .argument = Value(1)}));
  EXPECT_FALSE(to_command({.process = {}, .function = "enqueue", .key = {}, .argument = {}}));
}

TEST(Outcomes, EveryEndingStandsInTheTableOnce) {
  for (int i = 0; i <= static_cast<int>(Ending::session_expired); ++i)
    EXPECT_EQ(std::ranges::count(ending_table(), static_cast<Ending>(i), &EndingRule::ending), 1);
}

TEST(Outcomes, NothingThatWasSentFailsForCertainWithoutTheNodesWord) {
  EXPECT_FALSE(rule_for(Ending::connection_lost).definite);
  EXPECT_FALSE(rule_for(Ending::timed_out).definite);
  EXPECT_FALSE(rule_for(Ending::malformed).definite);
  EXPECT_FALSE(rule_for(Ending::unknown).definite);
}

TEST(Outcomes, AgreeWithTheStoreOnWhatIsCertain) {
  for (const kv::ReplyKind kind :
       {kv::ReplyKind::cas_mismatch, kv::ReplyKind::wrong_type, kv::ReplyKind::not_leader,
        kv::ReplyKind::rejected, kv::ReplyKind::unknown})
    EXPECT_EQ(rule_for(ending_of(kind)).definite, kv::certainly_not_applied(kind));
}

TEST(Peers, AreReadWithAndWithoutPorts) {
  const auto nodes = parse_peers("n1=10.0.0.1,n2=10.0.0.2:5:6,n3=[fd00::3],n4=[fd00::4]:7:8");
  ASSERT_TRUE(nodes.has_value()) << base::to_text(nodes.error());
  EXPECT_EQ(nodes->at(NodeId(1)),
            (NodePorts{.peers = {"10.0.0.1", 7001}, .clients = {"10.0.0.1", 7000}}));
  EXPECT_EQ(nodes->at(NodeId(2)),
            (NodePorts{.peers = {"10.0.0.2", 5}, .clients = {"10.0.0.2", 6}}));
  EXPECT_EQ(nodes->at(NodeId(3)),
            (NodePorts{.peers = {"fd00::3", 7001}, .clients = {"fd00::3", 7000}}));
  EXPECT_EQ(parse_peers(peers_to_text(*nodes)), nodes);
}

TEST(Peers, NameTheEntryThatIsWrong) {
  for (const char* wrong : {"n1", "n1=", "x=1.1.1.1", "n1=1.1.1.1:5", "n1=1.1.1.1:5:x",
                            "n1=1.1.1.1:0:1", "n1=[fd00::1", "n1=1.1.1.1:5:70000", ""})
    EXPECT_FALSE(parse_peers(wrong).has_value()) << wrong;
  EXPECT_THAT(base::to_text(parse_peers("n1=1.1.1.1,n1=1.1.1.2").error()),
              HasSubstr("n1 is named twice"));
}

TEST(System, TellsANodeItsOptions) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  const auto set = [&](std::string_view name, std::string_view value) {
    const auto option = std::ranges::find(type.schema.options, name, &model::OptionSchema::name);
    ASSERT_TRUE(options.set_from_text(*option, value).has_value());
  };
  set("bug", "stale-read");
  set("read-mode", "lease");
  set("peer-port", "7101");
  const auto system = type.make(options, 3);
  ASSERT_TRUE(system.has_value()) << base::to_text(system.error());
  const adapters::NodeAddress self{.id = NodeId(1), .host = "10.0.0.1"};
  const auto arguments =
      (*system)
          ->launch({.self = self, .all = {self}, .data_directory = "/data", .seed = 9})
          .arguments;
  EXPECT_THAT(arguments, Contains("n1=10.0.0.1:7101:7000"));
  EXPECT_THAT(arguments, Contains("stale-read"));
  EXPECT_THAT(arguments, Contains("--lease"));
}

TEST(System, RefusesOptionsThatContradictEachOther) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  for (const model::OptionSchema& option : type.schema.options)
    if (option.name == "peer-port") {
      ASSERT_TRUE(options.set_from_text(option, "7000").has_value());
    }
  EXPECT_FALSE(type.make(options, 3).has_value());
}

}  // namespace
}  // namespace eris::raft
