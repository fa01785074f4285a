#include "adapters/reference/paxos/configurations.hpp"

#include <gtest/gtest.h>

#include "adapters/reference/paxos/log.hpp"

namespace eris::paxos {
namespace {

const Configuration three{{NodeId(1), NodeId(2), NodeId(3)}};
const Configuration four{{NodeId(1), NodeId(2), NodeId(3), NodeId(4)}};
const Configuration other{{NodeId(2), NodeId(3), NodeId(4)}};

TEST(PaxosConfigurations, TheFirstGovernsFromTheFirstSlot) {
  const Configurations configurations(three, 5);
  EXPECT_EQ(configurations.governing(Slot(1)).second, three);
  EXPECT_EQ(configurations.latest_governs_from(), Slot(1));
}

TEST(PaxosConfigurations, OneThatIsChosenGovernsAlphaSlotsLater) {
  Configurations configurations(three, 5);
  configurations.add(Slot(7), four);
  EXPECT_EQ(configurations.governing(Slot(11)).second, three);
  EXPECT_EQ(configurations.governing(Slot(12)).second, four);
  EXPECT_EQ(configurations.latest_governs_from(), Slot(12));
}

TEST(PaxosConfigurations, MembersAreThoseWhoGovernOrWillGovern) {
  Configurations configurations(three, 5);
  configurations.add(Slot(7), four);
  configurations.add(Slot(13), other);
  EXPECT_EQ(configurations.members_from(Slot(8)).size(), 4u);
  EXPECT_TRUE(configurations.members_from(Slot(17)).contains(NodeId(1)));
  EXPECT_FALSE(configurations.members_from(Slot(18)).contains(NodeId(1)));
}

TEST(PaxosConfigurations, ForgetsOnlyWhatGovernsNoMore) {
  Configurations configurations(three, 5);
  configurations.add(Slot(7), four);
  configurations.forget_before(Slot(11));
  EXPECT_EQ(configurations.all().size(), 2u);
  configurations.forget_before(Slot(12));
  ASSERT_EQ(configurations.all().size(), 1u);
  EXPECT_EQ(configurations.governing(Slot(12)).second, four);
}

TEST(PaxosLog, HoldsWhatLiesAboveItsBaseGapsAndAll) {
  Log log;
  log.put(Slot(3), {Ballot{1, NodeId(1)}, {}, false});
  log.put(Slot(1), {Ballot{1, NodeId(1)}, {}, false});
  EXPECT_EQ(log.find(Slot(2)), nullptr);
  EXPECT_EQ(log.last(), Slot(3));
  log.compact(Slot(2));
  EXPECT_EQ(log.find(Slot(1)), nullptr);
  log.put(Slot(2), {});
  EXPECT_EQ(log.find(Slot(2)), nullptr) << "what a snapshot covers is gone";
  log.compact(Slot(9));
  EXPECT_EQ(log.last(), Slot(9));
}

}  // namespace
}  // namespace eris::paxos
