#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/client/outcomes.hpp"
#include "adapters/reference/client/session.hpp"
#include "adapters/reference/client/values.hpp"

namespace eris::client {
namespace {

using adapters::Ask;
using adapters::ClientWish;
using adapters::Finish;
using adapters::NoAnswer;
using adapters::Pause;
using base::Instant;
using base::NodeId;
using model::Value;
using namespace std::chrono_literals;

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

model::Op write_of(int value) {
  return {.process = base::ProcessId(1),
          .function = model::function::write,
          .key = Value("x"),
          .argument = Value(value)};
}

std::string ok(std::int64_t value) {
  return kv::encode(kv::ClientReply{.kind = kv::ReplyKind::ok, .value = kv::Value(value)});
}

/// A session that was opened at n1 and has just sent its first write there.
struct Opened {
  Session session{{NodeId(1), NodeId(2), NodeId(3)}, 0};
  ClientWish wish = session.begin(write_of(7), Instant(0), Instant(1s));
  Opened() { wish = session.answered(Instant(1ms), ok(5)); }
  [[nodiscard]] const Ask& ask() const { return std::get<Ask>(wish); }
};

kv::Command command_in(const Ask& ask) {
  return std::get<kv::Command>(kv::decode_request(ask.request).value());
}

TEST(Session, OpensASessionBeforeItsFirstWriteAndNumbersIt) {
  const Opened opened;
  const kv::Command command = command_in(opened.ask());
  EXPECT_EQ(command.function, kv::Function::write);
  EXPECT_EQ(command.session, kv::SessionId(5));
  EXPECT_EQ(command.sequence, 1u);
}

TEST(Session, RepeatsALostTryElsewhereUnderTheSameNumber) {
  Opened opened;
  ClientWish wish = opened.session.unanswered(Instant(300ms), NoAnswer::timed_out);
  wish = opened.session.woken(std::get<Pause>(wish).until);
  const Ask& again = std::get<Ask>(wish);
  EXPECT_EQ(again.node, NodeId(2));
  EXPECT_EQ(command_in(again).sequence, 1u);
}

TEST(Session, FollowsTheHintToTheLeaderAtOnce) {
  Opened opened;
  const ClientWish wish = opened.session.answered(
      Instant(2ms),
      kv::encode(kv::ClientReply{.kind = kv::ReplyKind::not_leader, .leader = NodeId(3)}));
  EXPECT_EQ(std::get<Ask>(wish).node, NodeId(3));
}

TEST(Session, FollowsAHintToANodeThatJoinedLater) {
  Opened opened;
  const ClientWish wish = opened.session.answered(
      Instant(2ms),
      kv::encode(kv::ClientReply{.kind = kv::ReplyKind::not_leader, .leader = NodeId(7)}));
  EXPECT_EQ(std::get<Ask>(wish).node, NodeId(7));
}

TEST(Session, SaysInfoWhenALostTryMayHaveTakenEffect) {
  Opened opened;
  ClientWish wish = opened.session.unanswered(Instant(999ms), NoAnswer::connection_lost);
  wish = opened.session.woken(Instant(1s));
  EXPECT_EQ(std::get<Finish>(wish).outcome.status, model::Status::info);
}

TEST(Session, SaysFailWhenNoTryWasSent) {
  Opened opened;
  ClientWish wish = opened.session.unanswered(Instant(999ms), NoAnswer::connect_refused);
  wish = opened.session.woken(Instant(1s));
  EXPECT_EQ(std::get<Finish>(wish).outcome.status, model::Status::fail);
}

}  // namespace
}  // namespace eris::client
