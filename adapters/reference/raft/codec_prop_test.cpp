// Messages, records and snapshots come from a network and a disk that faults are injected into.
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/raft/messages.hpp"
#include "adapters/reference/raft/storage_records.hpp"

namespace eris::raft {
namespace {

std::uint64_t any_number() {
  return *rc::gen::arbitrary<std::uint64_t>();
}
bool any_boolean() {
  return *rc::gen::arbitrary<bool>();
}
std::string any_bytes() {
  return *rc::gen::string<std::string>();
}

Configuration any_configuration() {
  const auto ids = *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange(1, 20));
  Configuration configuration;
  for (const std::uint32_t id : ids)
    (any_boolean() ? configuration.voters : configuration.learners).emplace_back(id);
  return configuration;
}

Entry any_entry() {
  const Term term(any_number());
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      return {term, EntryKind::no_op, {}};
    case 1:
      return {term, EntryKind::command, any_bytes()};
    default:
      return configuration_entry(term, any_configuration());
  }
}

Message any_message() {
  const Term term(any_number());
  const LogIndex index(any_number());
  const Term other(any_number());
  switch (*rc::gen::inRange(0, 9)) {
    case 0:
      return RequestVote{term, any_boolean(), any_boolean(), index, other};
    case 1:
      return VoteReply{term, any_boolean(), any_boolean()};
    case 2: {
      AppendEntries message{term, index, other, LogIndex(any_number()), {}};
      for (int i = *rc::gen::inRange(0, 5); i > 0; --i) message.entries.push_back(any_entry());
      return message;
    }
    case 3:
      return AppendReply{term, any_boolean(), index, LogIndex(any_number()), other};
    case 4:
      return Heartbeat{term, index, any_number()};
    case 5:
      return HeartbeatReply{term, any_number()};
    case 6:
      return InstallSnapshot{term, index, other, any_number(), any_number(), any_bytes()};
    case 7:
      return SnapshotReply{term, index, any_number(), any_boolean()};
    default:
      return TimeoutNow{term};
  }
}

RC_GTEST_PROP(RaftMessages, SurviveARoundTrip, ()) {
  const Message message = any_message();
  const auto decoded = decode_message(encode(message));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT((*decoded == message));
  RC_ASSERT(term_of(*decoded) == term_of(message));
}

RC_GTEST_PROP(RaftMessages, GarbageIsAnErrorOrAMessageNeverACrash, ()) {
  const std::string bytes = any_bytes();
  if (const auto message = decode_message(bytes)) RC_ASSERT(encode(*message) == bytes);
}

RC_GTEST_PROP(RaftMessages, CorruptionNeverCrashes, ()) {
  std::string bytes = encode(any_message());
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
  if (const auto message = decode_message(bytes)) RC_ASSERT(encode(*message) == bytes);
}

RC_GTEST_PROP(RaftRecords, SurviveARoundTrip, ()) {
  Record record = HardState{Term(any_number()), NodeId(3)};
  if (any_boolean()) record = EntryRecord{LogIndex(any_number()), any_entry()};
  const auto decoded = decode_record(encode_record(record));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT((*decoded == record));
}

RC_GTEST_PROP(RaftRecords, GarbageIsAnErrorOrARecordNeverACrash, ()) {
  const std::string bytes = any_bytes();
  if (const auto record = decode_record(bytes)) RC_ASSERT(encode_record(*record) == bytes);
  if (const auto contents = decode_snapshot(bytes)) RC_ASSERT(encode_snapshot(*contents) == bytes);
}

RC_GTEST_PROP(RaftSnapshots, SurviveARoundTrip, ()) {
  const SnapshotContents contents{{LogIndex(any_number()), Term(any_number()), any_number()},
                                  LogIndex(any_number()),
                                  any_configuration(),
                                  any_bytes()};
  const auto decoded = decode_snapshot(encode_snapshot(contents));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT((*decoded == contents));
}

TEST(RaftMessages, RefuseAConfigurationOutOfOrder) {
  kv::Writer payload;
  encode(payload, Configuration{{NodeId(2), NodeId(1)}, {}});
  const Entry entry{Term(1), EntryKind::configuration, std::move(payload).take()};
  EXPECT_FALSE(decode_message(encode(AppendEntries{.entries = {entry}})).has_value());
}

TEST(RaftMessages, RefuseAServerThatVotesAndLearns) {
  const Entry entry = configuration_entry(Term(1), {{NodeId(1)}, {NodeId(1)}});
  EXPECT_FALSE(decode_message(encode(AppendEntries{.entries = {entry}})).has_value());
}

}  // namespace
}  // namespace eris::raft
