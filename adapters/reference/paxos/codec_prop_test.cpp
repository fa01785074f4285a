// Messages, records and snapshots come from a network and a disk that faults are injected into.
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/paxos/messages.hpp"
#include "adapters/reference/paxos/storage_records.hpp"

namespace eris::paxos {
namespace {

std::uint64_t any_number() {
  return *rc::gen::arbitrary<std::uint64_t>();
}
std::string any_bytes() {
  return *rc::gen::string<std::string>();
}
Slot any_slot() {
  return Slot(any_number());
}
Ballot any_ballot() {
  return {any_number(), NodeId(*rc::gen::inRange<std::uint32_t>(0, 9))};
}

Configuration any_configuration() {
  const auto ids = *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange(1, 20));
  Configuration configuration;
  for (const std::uint32_t id : ids) configuration.members.emplace_back(id);
  return configuration;
}

Decree any_decree() {
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      return {};
    case 1:
      return {DecreeKind::command, any_bytes()};
    default:
      return configuration_decree(any_configuration());
  }
}

AcceptedDecree any_accepted() {
  const Ballot ballot = any_ballot();
  return {ballot, any_decree()};
}

std::vector<std::pair<Slot, AcceptedDecree>> any_report() {
  const auto slots =
      *rc::gen::container<std::set<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(1, 1000));
  std::vector<std::pair<Slot, AcceptedDecree>> report;
  for (const std::uint64_t slot : slots) report.emplace_back(slot, any_accepted());
  return report;
}

Message any_message() {
  switch (*rc::gen::inRange(0, 10)) {
    case 0:
      return Prepare{any_ballot(), any_slot(), *rc::gen::arbitrary<bool>()};
    case 1:
      return Promise{any_ballot(), any_slot(), any_slot(), any_report()};
    case 2: {
      Accept message{any_ballot(), any_slot(), any_slot(), {}};
      for (int i = *rc::gen::inRange(0, 5); i > 0; --i) message.decrees.push_back(any_decree());
      return message;
    }
    case 3:
      return Accepted{any_ballot(), any_slot(), any_slot()};
    case 4:
      return Refused{any_ballot(), any_ballot()};
    case 5:
      return Heartbeat{any_ballot(), any_slot(), any_number()};
    case 6:
      return HeartbeatReply{any_ballot(), any_number(), any_slot()};
    case 7:
      return LearnRequest{any_slot(), any_slot(), any_number()};
    case 8: {
      Learn message{any_slot(), {}};
      for (int i = *rc::gen::inRange(0, 5); i > 0; --i) message.decrees.push_back(any_accepted());
      return message;
    }
    default:
      return SnapshotChunk{any_slot(), any_number(), any_number(), any_bytes()};
  }
}

Record any_record() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return PromisedRecord{any_ballot()};
    case 1:
      return AcceptedRecord{any_slot(), any_accepted()};
    case 2:
      return LearnedRecord{any_slot(), any_accepted()};
    case 3:
      return JoinedRecord{any_slot()};
    default:
      return ChosenRecord{any_slot()};
  }
}

RC_GTEST_PROP(PaxosMessages, SurviveARoundTrip, ()) {
  const Message message = any_message();
  const auto decoded = decode_message(encode(message));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT((*decoded == message));
}

RC_GTEST_PROP(PaxosMessages, GarbageIsAnErrorOrAMessageNeverACrash, ()) {
  const std::string bytes = any_bytes();
  if (const auto message = decode_message(bytes)) RC_ASSERT(encode(*message) == bytes);
}

RC_GTEST_PROP(PaxosMessages, CorruptionNeverCrashes, ()) {
  std::string bytes = encode(any_message());
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
  if (const auto message = decode_message(bytes)) RC_ASSERT(encode(*message) == bytes);
}

RC_GTEST_PROP(PaxosRecords, SurviveARoundTrip, ()) {
  const Record record = any_record();
  const auto decoded = decode_record(encode_record(record));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT((*decoded == record));
}

RC_GTEST_PROP(PaxosRecords, GarbageIsAnErrorOrARecordNeverACrash, ()) {
  const std::string bytes = any_bytes();
  if (const auto record = decode_record(bytes)) RC_ASSERT(encode_record(*record) == bytes);
  if (const auto contents = decode_snapshot(bytes)) RC_ASSERT(encode_snapshot(*contents) == bytes);
}

RC_GTEST_PROP(PaxosSnapshots, SurviveARoundTrip, ()) {
  SnapshotContents contents{any_slot(), {{Slot(1), any_configuration()}}, any_bytes()};
  if (*rc::gen::arbitrary<bool>()) contents.configurations.emplace_back(9, any_configuration());
  const auto decoded = decode_snapshot(encode_snapshot(contents));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT((*decoded == contents));
}

TEST(PaxosMessages, RefuseAConfigurationOutOfOrder) {
  kv::Writer payload;
  encode(payload, Configuration{{NodeId(2), NodeId(1)}});
  const Decree decree{DecreeKind::configuration, std::move(payload).take()};
  EXPECT_FALSE(decode_message(encode(Accept{.decrees = {decree}})).has_value());
}

TEST(PaxosMessages, RefuseAReportOutOfOrder) {
  const Promise promise{.accepted = {{Slot(2), {}}, {Slot(1), {}}}};
  EXPECT_FALSE(decode_message(encode(promise)).has_value());
}

}  // namespace
}  // namespace eris::paxos
