// What a core makes of the disk that it finds: whole, damaged by a crash, or gone.
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/paxos/core.hpp"

namespace eris::paxos {
namespace {

const Ballot first{1, NodeId(2)};
const Ballot second{2, NodeId(3)};

Config a_config() {
  Config config;
  config.self = NodeId(1);
  config.members = {NodeId(1), NodeId(2), NodeId(3)};
  return config;
}

std::string a_write(std::uint64_t slot) {
  const kv::Command command{.function = kv::Function::write,
                            .argument = kv::Value(static_cast<std::int64_t>(slot))};
  return encode_record(
      AcceptedRecord{Slot(slot), {first, {DecreeKind::command, kv::encode_command(command)}}});
}

/// The messages that a core gives out in answer to one.
std::vector<Message> answers(Core& core, const Message& message) {
  std::vector<Message> sent;
  for (const core::Output& output :
       core.step(core::Instant{}, core::Received{NodeId(3), encode(message)}))
    if (const auto* send = std::get_if<core::Send>(&output))
      sent.push_back(*decode_message(send->message));
  return sent;
}

RC_GTEST_PROP(PaxosRecovery, DropsALastRecordThatWasCutShort, ()) {
  core::Recovered disk{.records = {a_write(1), a_write(2)}};
  std::string& last = disk.records.back();
  const std::size_t bytes = last.size();
  last.resize(*rc::gen::inRange<std::size_t>(0, bytes - 1));
  if (*rc::gen::arbitrary<bool>()) last.resize(bytes);
  auto made = Core::make(a_config(), disk);
  RC_ASSERT(made.has_value());
  RC_ASSERT(made->log().last() == Slot(1));
  RC_ASSERT(made->promised() == first);
  // The log is written anew at once: nothing that is appended later may stand behind the torn end.
  const Outputs outputs = made->start(core::Instant{});
  RC_ASSERT(!outputs.empty());
  RC_ASSERT(std::holds_alternative<core::Checkpoint>(outputs.front()));
}

TEST(PaxosRecovery, RefusesDamageBeforeTheEnd) {
  std::string damaged = a_write(1);
  damaged[3] ^= 1;
  EXPECT_FALSE(Core::make(a_config(), {.records = {damaged, a_write(2)}}).has_value());
}

TEST(PaxosRecovery, RefusesALogWithoutWhatItSaysIsChosen) {
  const core::Recovered disk{.records = {a_write(2), encode_record(ChosenRecord{Slot(2)})}};
  EXPECT_FALSE(Core::make(a_config(), disk).has_value());
}

TEST(PaxosRecovery, KnowsAgainWhatWasOnRecordAsChosen) {
  const core::Recovered disk{
      .records = {a_write(1), a_write(2), encode_record(ChosenRecord{Slot(2)}), a_write(3)}};
  auto made = Core::make(a_config(), disk);
  ASSERT_TRUE(made.has_value());
  (void)made->start(core::Instant{});
  EXPECT_EQ(made->chosen(), Slot(2));
  EXPECT_EQ(made->executed(), Slot(2));
}

TEST(PaxosRecovery, KeepsThePromiseThatAnAcceptanceImplies) {
  auto made = Core::make(a_config(), {.records = {a_write(1)}});
  ASSERT_TRUE(made.has_value());
  (void)made->start(core::Instant{});
  const Ballot lower{1, NodeId(1)};
  const auto sent = answers(*made, Accept{lower, Slot(), Slot(1), {Decree{}}});
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0], Message(Refused{lower, first}));
}

/// Under the same name it may have promised things before its disk was lost.
TEST(PaxosRecovery, HasNoSayWithoutADiskUntilItIsTakenIn) {
  Config newcomer = a_config();
  newcomer.members.clear();
  auto made = Core::make(newcomer, {});
  ASSERT_TRUE(made.has_value());
  (void)made->start(core::Instant{});
  EXPECT_TRUE(answers(*made, Prepare{first, Slot(1)}).empty());
  EXPECT_TRUE(answers(*made, Accept{first, Slot(), Slot(1), {Decree{}}}).empty());
  const auto joined = answers(*made, Prepare{second, Slot(7), true});
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0], Message(Promise{second, Slot(7), Slot(), {}}));
  // And then of no slot before that, whoever asks.
  const Ballot third{3, NodeId(3)};
  const auto asked = answers(*made, Prepare{third, Slot(1)});
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0], Message(Promise{third, Slot(7), Slot(), {}}));
}

}  // namespace
}  // namespace eris::paxos
