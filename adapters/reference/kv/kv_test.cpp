#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/kv/hash.hpp"
#include "adapters/reference/kv/store.hpp"

namespace eris::kv {
namespace {

Value number(std::int64_t value) {
  return Value(value);
}

rc::Gen<Value> any_value(int depth = 0) {
  const auto integers = rc::gen::map(rc::gen::arbitrary<std::int64_t>(), number);
  const auto texts = rc::gen::map(rc::gen::string<std::string>(),
                                  [](std::string s) { return Value(std::move(s)); });
  const auto booleans = rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return Value(b); });
  const auto nils = rc::gen::construct<Value>();
  if (depth >= 2) return rc::gen::oneOf(integers, texts, booleans, nils);
  const auto lists = rc::gen::map(rc::gen::container<Value::List>(any_value(depth + 1)),
                                  [](Value::List list) { return Value(std::move(list)); });
  return rc::gen::oneOf(integers, texts, booleans, nils, lists);
}

rc::Gen<Command> any_command() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::arbitrary<std::uint64_t>(), rc::gen::arbitrary<std::uint64_t>(),
                     rc::gen::inRange(1, 8), any_value(), any_value(), any_value()),
      [](std::tuple<std::uint64_t, std::uint64_t, int, Value, Value, Value> parts) {
        auto& [session, sequence, function, key, argument, expected] = parts;
        return Command{SessionId(session),
                       sequence,
                       static_cast<Function>(function),
                       std::move(key),
                       std::move(argument),
                       std::move(expected)};
      });
}

Command write(std::int64_t key, std::int64_t value) {
  return {.function = Function::write, .key = number(key), .argument = number(value)};
}
Command increment(SessionId session, std::uint64_t sequence) {
  return {.session = session,
          .sequence = sequence,
          .function = Function::increment,
          .key = number(1),
          .argument = number(1)};
}
SessionId open_session(Store& store, std::uint64_t index) {
  const ClientReply reply = store.apply(LogIndex(index), {.function = Function::open_session});
  return SessionId(static_cast<std::uint64_t>(*reply.value.integer()));
}

TEST(KvCommand, DecodesUnknownFunctionAsError) {
  std::string bytes = encode_command(write(1, 2));
  bytes[0] = 99;
  EXPECT_FALSE(decode_command(bytes).has_value());
}

TEST(KvCommand, RefusesListsNestedTooDeep) {
  Value value;
  for (int i = 0; i <= value_depth_max; ++i) value = Value(Value::List{value});
  Command command = write(1, 2);
  command.argument = value;
  EXPECT_FALSE(decode_command(encode_command(command)).has_value());
  command.argument = value.list()->front();
  EXPECT_EQ(decode_command(encode_command(command)), command);
}

TEST(KvCommand, RefusesTrailingBytes) {
  EXPECT_FALSE(decode_command(encode_command(write(1, 2)) + "x").has_value());
}

RC_GTEST_PROP(KvCommand, SurvivesARoundTrip, ()) {
  const Command command = *any_command();
  RC_ASSERT((decode_command(encode_command(command)) == command));
  const ClientRequest request = command;
  RC_ASSERT((decode_request(encode(request)) == request));
}

RC_GTEST_PROP(KvReply, SurvivesARoundTrip, ()) {
  const ClientReply reply{.kind = static_cast<ReplyKind>(*rc::gen::inRange(1, 8)),
                          .value = *any_value(),
                          .leader = NodeId(*rc::gen::arbitrary<std::uint32_t>()),
                          .index = LogIndex(*rc::gen::arbitrary<std::uint64_t>()),
                          .detail = *rc::gen::string<std::string>()};
  RC_ASSERT((decode_reply(encode(reply)) == reply));
}

RC_GTEST_PROP(KvStatus, SurvivesARoundTrip, ()) {
  NodeStatus status{.role = *rc::gen::string<std::string>(), .term = Term(7), .leader = NodeId(2)};
  for (const auto id : *rc::gen::arbitrary<std::vector<std::uint32_t>>())
    status.voters.emplace_back(id);
  status.serving = *rc::gen::arbitrary<bool>();
  RC_ASSERT((decode_status(encode(status)) == status));
}

RC_GTEST_PROP(KvCodec, GarbageIsAnErrorOrAValueNeverACrash, ()) {
  const std::string bytes = *rc::gen::string<std::string>();
  if (const auto command = decode_command(bytes)) RC_ASSERT(encode_command(*command) == bytes);
  if (const auto request = decode_request(bytes)) RC_ASSERT(encode(*request) == bytes);
  if (const auto reply = decode_reply(bytes)) RC_ASSERT(encode(*reply) == bytes);
  (void)decode_status(bytes);
  Store store;
  const std::uint64_t before = store.state_hash();
  if (!store.restore(bytes)) RC_ASSERT(store.state_hash() == before);
}

RC_GTEST_PROP(KvCodec, ACorruptedCommandNeverCrashes, ()) {
  std::string bytes = encode_command(*any_command());
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = *rc::gen::arbitrary<char>();
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
  if (const auto command = decode_command(bytes)) RC_ASSERT(encode_command(*command) == bytes);
}

TEST(KvStore, CasAnswersWhatStandsThere) {
  Store store;
  store.apply(LogIndex(1), write(1, 5));
  Command cas{.function = Function::cas, .key = number(1), .argument = number(6)};
  cas.expected = number(4);
  const ClientReply refused = store.apply(LogIndex(2), cas);
  EXPECT_EQ(refused.kind, ReplyKind::cas_mismatch);
  EXPECT_EQ(refused.value, number(5));
  cas.expected = number(5);
  EXPECT_EQ(store.apply(LogIndex(3), cas).kind, ReplyKind::ok);
  EXPECT_EQ(store.read(number(1), LogIndex(3)).value, number(6));
}

TEST(KvStore, WrongTypesChangeNothing) {
  Store store;
  store.apply(LogIndex(1), write(1, 5));
  const std::uint64_t before = store.state_hash();
  const Command append{.function = Function::append, .key = number(1), .argument = number(1)};
  EXPECT_EQ(store.apply(LogIndex(2), append).kind, ReplyKind::wrong_type);
  Command add{.function = Function::increment, .key = number(1)};
  add.argument = Value(std::string("x"));
  EXPECT_EQ(store.apply(LogIndex(3), add).kind, ReplyKind::wrong_type);
  add.argument = number(INT64_MAX);
  EXPECT_EQ(store.apply(LogIndex(4), add).kind, ReplyKind::wrong_type) << "5 + max overflows";
  EXPECT_EQ(store.state_hash(), before);
}

TEST(KvStore, RepeatedCommandIsAppliedOnceAndAnsweredAlike) {
  Store store;
  const SessionId session = open_session(store, 1);
  const ClientReply first = store.apply(LogIndex(2), increment(session, 1));
  const ClientReply again = store.apply(LogIndex(3), increment(session, 1));
  EXPECT_EQ(first, again);
  EXPECT_EQ(store.read(number(1), LogIndex(3)).value, number(1));
}

TEST(KvStore, CommandOlderThanTheSessionsLastIsNotApplied) {
  Store store;
  const SessionId session = open_session(store, 1);
  store.apply(LogIndex(2), increment(session, 2));
  EXPECT_EQ(store.apply(LogIndex(3), increment(session, 1)).kind, ReplyKind::unknown);
  EXPECT_EQ(store.read(number(1), LogIndex(3)).value, number(1));
}

// As a server does with a planted bug that applies entries which are replaced later.
TEST(KvStore, GoesOnWhenAnIndexIsAppliedTwice) {
  Store store({.sessions_max = 2});
  const SessionId first = open_session(store, 1);
  const SessionId second = open_session(store, 2);
  store.apply(LogIndex(3), increment(first, 1));
  store.apply(LogIndex(3), increment(second, 1));
  store.apply(LogIndex(4), increment(first, 2));
  store.apply(LogIndex(5), increment(second, 2));
  EXPECT_EQ(store.read(number(1), LogIndex(5)).value, number(4));
  EXPECT_EQ(open_session(store, 2), second);
  open_session(store, 6);
  EXPECT_EQ(store.session_count(), 2U);
}

TEST(KvStore, WithoutDeduplicationARepeatedCommandCountsTwice) {
  Store store({.deduplicate = false});
  const SessionId session = open_session(store, 1);
  store.apply(LogIndex(2), increment(session, 1));
  store.apply(LogIndex(3), increment(session, 1));
  EXPECT_EQ(store.read(number(1), LogIndex(3)).value, number(2));
}

TEST(KvStore, ExpiresTheSessionUsedLongestAgo) {
  Store store({.sessions_max = 2});
  const SessionId first = open_session(store, 1);
  const SessionId second = open_session(store, 2);
  store.apply(LogIndex(3), increment(first, 1));
  open_session(store, 4);
  EXPECT_EQ(store.session_count(), 2U);
  EXPECT_EQ(store.apply(LogIndex(5), increment(second, 1)).kind, ReplyKind::session_expired);
  EXPECT_EQ(store.apply(LogIndex(6), increment(first, 2)).kind, ReplyKind::ok);
}

TEST(KvStore, SnapshotCarriesSessions) {
  Store store;
  const SessionId session = open_session(store, 1);
  store.apply(LogIndex(2), increment(session, 1));
  Store restored;
  ASSERT_TRUE(restored.restore(store.snapshot()));
  EXPECT_EQ(restored.state_hash(), store.state_hash());
  restored.apply(LogIndex(3), increment(session, 1));
  EXPECT_EQ(restored.read(number(1), LogIndex(3)).value, number(1));
}

TEST(KvStore, SnapshotWithoutSessionsLetsARetryCountTwice) {
  Store store({.sessions_in_snapshot = false});
  const SessionId session = open_session(store, 1);
  store.apply(LogIndex(2), increment(session, 1));
  Store restored;
  ASSERT_TRUE(restored.restore(store.snapshot()));
  EXPECT_NE(restored.state_hash(), store.state_hash());
  restored.apply(LogIndex(3), increment(session, 1));
  EXPECT_EQ(restored.read(number(1), LogIndex(3)).value, number(2));
}

/// Small domains, so that random commands meet each other's keys and sessions.
Command small_command(int kind, int key, int argument) {
  Command command{.session = SessionId(static_cast<std::uint64_t>(argument) % 3),
                  .sequence = static_cast<std::uint64_t>(argument),
                  .function = static_cast<Function>(kind),
                  .key = number(key),
                  .argument = number(argument)};
  command.expected = number(argument - 1);
  return command;
}

RC_GTEST_PROP(KvStore, SnapshotInTheMiddleChangesNothing, ()) {
  const auto draws = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(1, 8), rc::gen::inRange(0, 3), rc::gen::inRange(0, 6)));
  Store straight({.sessions_max = 2});
  Store stopped({.sessions_max = 2});
  std::uint64_t index = 0;
  for (const auto& [kind, key, argument] : draws) {
    const Command command = small_command(kind, key, argument);
    const LogIndex at(++index);
    RC_ASSERT((straight.apply(at, command) == stopped.apply(at, command)));
    Store restored({.sessions_max = 2});
    RC_ASSERT(restored.restore(stopped.snapshot()).has_value());
    stopped = std::move(restored);
    RC_ASSERT(straight.state_hash() == stopped.state_hash());
    RC_ASSERT(straight.snapshot() == stopped.snapshot());
  }
}

RC_GTEST_PROP(KvStore, StateHashDependsOnContentsNotOnTheWayThere, ()) {
  const auto writes =
      *rc::gen::container<std::map<int, int>>(rc::gen::inRange(0, 9), rc::gen::inRange(0, 9));
  Store one;
  Store other;
  for (const auto& [key, value] : writes) one.apply(LogIndex(1), write(key, value));
  for (auto it = writes.rbegin(); it != writes.rend(); ++it) {
    other.apply(LogIndex(1), write(it->first, -1));
    other.apply(LogIndex(1), write(it->first, it->second));
  }
  other.apply(LogIndex(1), write(100, 1));
  if (!writes.contains(100)) RC_ASSERT(one.state_hash() != other.state_hash());
  other.apply(LogIndex(1), {.function = Function::erase, .key = number(100)});
  RC_ASSERT(one.state_hash() == other.state_hash());
}

TEST(KvHash, OrderAndLengthMatter) {
  EXPECT_NE(mix(1, 2), mix(2, 1));
  EXPECT_NE(hash_bytes(0, std::string(1, '\0')), hash_bytes(0, std::string(2, '\0')));
  EXPECT_NE(hash(Value(Value::List{number(1), number(2)})),
            hash(Value(Value::List{number(2), number(1)})));
}

}  // namespace
}  // namespace eris::kv
