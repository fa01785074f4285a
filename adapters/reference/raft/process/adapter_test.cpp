#include "adapters/reference/raft/process/adapter.hpp"

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "adapters/reference/raft/process/ports.hpp"

namespace eris::raft {
namespace {

using base::NodeId;
using model::Value;
using testing::Contains;
using testing::HasSubstr;

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
