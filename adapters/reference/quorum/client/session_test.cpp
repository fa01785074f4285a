#include "adapters/reference/quorum/client/session.hpp"

#include <string>

#include <gtest/gtest.h>

namespace eris::quorum {
namespace {

using adapters::Ask;
using adapters::ClientWish;
using adapters::Finish;
using adapters::Pause;
using namespace std::chrono_literals;
namespace function = model::function;

model::Op op_of(model::Function name, model::Value argument = {}) {
  return {.process = base::ProcessId(1),
          .function = name,
          .key = model::Value("k"),
          .argument = std::move(argument)};
}

ClientRequest request_in(const ClientWish& wish) {
  return decode_request(std::get<Ask>(wish).request).value();
}

const model::Outcome& outcome_in(const ClientWish& wish) {
  return std::get<Finish>(wish).outcome;
}

std::vector<NodeId> three_nodes() {
  return {NodeId(1), NodeId(2), NodeId(3)};
}

TEST(QuorumSession, TellsNodesTheLatestStampThatItHasSeen) {
  Session session(three_nodes(), 0, false);
  ASSERT_TRUE(std::holds_alternative<Ask>(session.begin(op_of(function::read), 0s, 1s)));
  const ClientReply reply{.values = {Value(std::int64_t{5})}, .stamp = {77, NodeId(2)}};
  EXPECT_EQ(outcome_in(session.answered(0s, encode(reply))).result, model::Value(5));
  const auto write = request_in(session.begin(op_of(function::write, model::Value(6)), 0s, 1s));
  EXPECT_EQ(std::get<WriteRequest>(write).seen, 77u);
}

TEST(QuorumSession, NeverRepeatsAWriteThatMayHaveBeenStored) {
  for (const auto why : {adapters::NoAnswer::timed_out, adapters::NoAnswer::connection_lost}) {
    Session session(three_nodes(), 0, false);
    (void)session.begin(op_of(function::write, model::Value(6)), 0s, 1s);
    EXPECT_EQ(outcome_in(session.unanswered(100ms, why)).status, model::Status::info);
  }
  Session session(three_nodes(), 0, false);
  (void)session.begin(op_of(function::write, model::Value(6)), 0s, 1s);
  const ClientReply partial{.kind = ReplyKind::unknown};
  EXPECT_EQ(outcome_in(session.answered(100ms, encode(partial))).status, model::Status::info);
}

TEST(QuorumSession, TriesAWriteElsewhereThatWasCertainlyNotStored) {
  Session session(three_nodes(), 0, false);
  (void)session.begin(op_of(function::write, model::Value(6)), 0s, 1s);
  const ClientReply refused{.kind = ReplyKind::unavailable};
  ASSERT_TRUE(std::holds_alternative<Pause>(session.answered(100ms, encode(refused))));
  const ClientWish again = session.woken(110ms);
  EXPECT_EQ(std::get<Ask>(again).node, NodeId(2));
  (void)session.unanswered(120ms, adapters::NoAnswer::connect_refused);
  EXPECT_EQ(outcome_in(session.woken(1s)).status, model::Status::fail);
}

TEST(QuorumSession, AddsToAllSiblingsWithTheContextOfItsRead) {
  Session session(three_nodes(), 0, true);
  const auto list = [](std::initializer_list<std::int64_t> numbers) {
    Value::List values;
    for (const std::int64_t number : numbers) values.emplace_back(number);
    return Value(std::move(values));
  };
  const auto read = request_in(session.begin(op_of(function::add, model::Value(4)), 0s, 1s));
  ASSERT_TRUE(std::holds_alternative<ReadRequest>(read));
  const VersionVector context{{{NodeId(1)}, 3}, {{NodeId(2), 7}, 9}};
  const ClientReply found{.values = {list({1, 2}), list({2, 3})}, .context = context};
  const auto write = std::get<WriteRequest>(request_in(session.answered(0s, encode(found))));
  EXPECT_EQ(write.value, list({1, 2, 3, 4}));
  EXPECT_EQ(write.context, context);
  EXPECT_EQ(outcome_in(session.answered(0s, encode(ClientReply{}))).status, model::Status::ok);
}

TEST(QuorumSession, AnAddThatCouldNotReadHasFailed) {
  Session session(three_nodes(), 0, true);
  (void)session.begin(op_of(function::add, model::Value(4)), 0s, 1s);
  (void)session.unanswered(999ms, adapters::NoAnswer::timed_out);
  EXPECT_EQ(outcome_in(session.woken(1s)).status, model::Status::fail);
}

TEST(QuorumOutcomes, HoldOneRuleForEachEnding) {
  EXPECT_EQ(ending_table().size(), static_cast<std::size_t>(Ending::unknown) + 1);
  for (std::size_t i = 0; i < ending_table().size(); ++i)
    EXPECT_EQ(ending_table()[i].ending, static_cast<Ending>(i));
}

}  // namespace
}  // namespace eris::quorum
