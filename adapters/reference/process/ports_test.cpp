#include "adapters/reference/process/ports.hpp"

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::reference {
namespace {

using base::NodeId;
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

}  // namespace
}  // namespace eris::reference
