#include "adapters/reference/node/outbox.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::node {
namespace {

using base::NodeId;
using testing::ElementsAre;

/// An outbox that notes what left, in order.
struct Noted {
  std::vector<std::string> left;
  std::vector<core::Instant> timers;
  Outbox outbox{{.send = [this](const core::Send& send) { left.push_back(send.message); },
                 .reply = [this](const core::Reply& reply) { left.push_back(reply.reply); },
                 .set_timer = [this](core::Instant at) { timers.push_back(at); }}};
};

core::Send send(std::string message, bool after_persist = true) {
  return {.to = NodeId(2), .message = std::move(message), .after_persist = after_persist};
}

TEST(Outbox, SendsAtOnceWhereNothingIsToBeStored) {
  Noted noted;
  noted.outbox.carry_out({send("vote request"), core::SetTimer{core::Instant(5)}});
  EXPECT_THAT(noted.left, ElementsAre("vote request"));
  EXPECT_THAT(noted.timers, ElementsAre(core::Instant(5)));
}

TEST(Outbox, HoldsWhatComesAfterAnAppendUntilThatIsDurable) {
  Noted noted;
  noted.outbox.carry_out({send("before"), core::Append{"vote"}, send("I vote for you"),
                          core::Reply{core::RequestId(1), "done"}});
  EXPECT_THAT(noted.left, ElementsAre("before"));
  EXPECT_EQ(noted.outbox.take_actions().size(), 1u);
  noted.outbox.persisted(1);
  EXPECT_THAT(noted.left, ElementsAre("before", "I vote for you", "done"));
}

TEST(Outbox, HoldsForActionsOfEarlierStepsToo) {
  Noted noted;
  noted.outbox.carry_out({core::Append{"record"}});
  noted.outbox.carry_out({send("later step")});
  EXPECT_THAT(noted.left, ElementsAre());
  noted.outbox.persisted(1);
  EXPECT_THAT(noted.left, ElementsAre("later step"));
}

TEST(Outbox, LetsALeadersEntriesLeaveBeforeItsOwnDisk) {
  Noted noted;
  noted.outbox.carry_out({core::Append{"entry"}, send("entry", false)});
  EXPECT_THAT(noted.left, ElementsAre("entry"));
}

TEST(Outbox, CountsACheckpointAsOneAction) {
  Noted noted;
  noted.outbox.carry_out(
      {core::Append{"a"}, core::Checkpoint{.snapshot = "s", .records = {"b"}}, send("after both")});
  noted.outbox.persisted(1);
  EXPECT_THAT(noted.left, ElementsAre());
  noted.outbox.persisted(2);
  EXPECT_THAT(noted.left, ElementsAre("after both"));
}

RC_GTEST_PROP(Outbox, NothingLeavesBeforeWhatWasListedBeforeIt, (std::vector<bool> appends)) {
  Noted noted;
  std::vector<core::PersistCount> needs;  // by the number that is the message
  core::PersistCount listed = 0;
  for (const bool append : appends) {
    if (append) {
      noted.outbox.carry_out({core::Append{"record"}});
      ++listed;
    } else {
      noted.outbox.carry_out({send(std::to_string(needs.size()))});
      needs.push_back(listed);
    }
  }
  for (core::PersistCount durable = 0; durable <= listed; ++durable) {
    noted.outbox.persisted(durable);
    std::size_t allowed = 0;
    while (allowed < needs.size() && needs[allowed] <= durable) ++allowed;
    RC_ASSERT(noted.left.size() == allowed);
  }
}

}  // namespace
}  // namespace eris::node
