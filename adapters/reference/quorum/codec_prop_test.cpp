// Messages, records, requests and snapshots come from a network and a disk that faults are injected
// into; joins come in any order.
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/quorum/messages.hpp"
#include "adapters/reference/quorum/requests.hpp"
#include "adapters/reference/quorum/storage_records.hpp"

namespace eris::quorum {
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
NodeId any_node() {
  return NodeId(*rc::gen::inRange<std::uint32_t>(1, 6));
}
Actor any_actor() {
  return {any_node(), *rc::gen::inRange<std::uint64_t>(0, 3)};
}
HybridTime any_time() {
  return *rc::gen::inRange<HybridTime>(1, 50);
}
Value any_value() {
  return any_boolean() ? Value(std::int64_t{*rc::gen::arbitrary<std::int64_t>()})
                       : Value(any_bytes());
}

/// What a stamp names is always the same, as it is where no two writes have one.
Version version_of(Stamp stamp) {
  return {.stamp = stamp,
          .deleted = stamp.time % 5 == 0,
          .value = stamp.time % 5 == 0 ? Value() : Value(static_cast<std::int64_t>(stamp.time))};
}

Cell any_cell(Conflict conflict) {
  Cell cell;
  if (conflict == Conflict::last_write_wins) {
    if (any_boolean()) cell.versions.push_back(version_of({any_time(), any_node()}));
    return cell;
  }
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    VersionVector context;
    if (any_boolean()) context[any_actor()] = any_time();
    const Actor actor = any_actor();
    const HybridTime time = cell.clock[actor] + any_time();
    write(cell, version_of({time, actor.node, actor.stay}), context, {.conflict = conflict});
  }
  std::erase_if(cell.clock, [](const auto& seen) { return seen.second == 0; });
  return cell;
}

Conflict any_conflict() {
  return any_boolean() ? Conflict::siblings : Conflict::last_write_wins;
}

RingState any_ring() {
  const auto ids = *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange(1, 20));
  RingState ring{.version = any_number()};
  for (const std::uint32_t id : ids) {
    (any_boolean() ? ring.members : ring.leaving).emplace_back(id);
    if (any_boolean()) ring.stays.emplace(id, any_number());
  }
  return ring;
}

Body any_body() {
  const std::uint64_t operation = any_number();
  switch (*rc::gen::inRange(0, 15)) {
    case 0:
      return Get{operation, any_value()};
    case 1:
      return GetReply{operation, any_cell(any_conflict())};
    case 2:
      return Put{operation, any_value(), any_cell(any_conflict()), any_node(), any_boolean()};
    case 3:
      return PutReply{operation};
    case 4:
      return Forward{operation, any_bytes()};
    case 5:
      return ForwardReply{operation, any_bytes()};
    case 6:
      return Gossip{};
    case 7:
      return RingUpdate{any_ring()};
    case 8:
      return Moved{};
    case 9:
      return SyncRoots{{{3, any_number()}, {4, any_number()}}};
    case 10:
      return SyncLeaves{7, {any_number(), any_number()}};
    case 11:
      return SyncCells{7, 5, {{any_value(), any_cell(any_conflict())}}};
    case 12:
      return Confirm{any_value(), any_cell(any_conflict())};
    case 13:
      return ConfirmReply{any_value(), {any_time(), any_node()}, any_boolean()};
    default:
      return Collect{any_value(), any_cell(any_conflict())};
  }
}

Message any_message() {
  return {any_number(), any_time(), any_body()};
}

RC_GTEST_PROP(QuorumMessages, SurviveARoundTrip, ()) {
  const Message message = any_message();
  const auto decoded = decode_message(encode(message));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT((*decoded == message));
}

RC_GTEST_PROP(QuorumMessages, GarbageIsAnErrorOrAMessageNeverACrash, ()) {
  const std::string bytes = any_bytes();
  if (const auto message = decode_message(bytes)) RC_ASSERT(encode(*message) == bytes);
  if (const auto request = decode_request(bytes)) RC_ASSERT(encode(*request) == bytes);
  if (const auto reply = decode_reply(bytes)) RC_ASSERT(encode(*reply) == bytes);
  if (const auto record = decode_record(bytes)) RC_ASSERT(encode_record(*record) == bytes);
  if (const auto all = decode_snapshot(bytes)) RC_ASSERT(encode_snapshot(*all) == bytes);
  (void)decode_status(bytes);
}

RC_GTEST_PROP(QuorumMessages, CorruptionNeverCrashes, ()) {
  std::string bytes = encode(any_message());
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
  if (const auto message = decode_message(bytes)) RC_ASSERT(encode(*message) == bytes);
}

RC_GTEST_PROP(QuorumRequests, SurviveARoundTrip, ()) {
  const std::vector<ClientRequest> requests{ReadRequest{any_value(), Level::all, any_time()},
                                            WriteRequest{any_value(),
                                                         any_value(),
                                                         any_boolean(),
                                                         {{any_actor(), any_time()}},
                                                         Level::one,
                                                         any_time()},
                                            StatusRequest{}, AddServer{any_node()},
                                            RemoveServer{any_node()}};
  for (const ClientRequest& request : requests) {
    const auto decoded = decode_request(encode(request));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT((*decoded == request));
  }
  const ClientReply reply{ReplyKind::unknown,
                          {any_value(), any_value()},
                          {{any_actor(), any_time()}},
                          {any_time(), any_node()},
                          any_bytes()};
  RC_ASSERT(decode_reply(encode(reply)).value() == reply);
  const NodeStatus status{any_number(), {any_node()}, any_boolean(), {any_node()}, any_boolean()};
  RC_ASSERT(decode_status(encode(status)).value() == status);
}

RC_GTEST_PROP(QuorumRecords, SurviveARoundTrip, ()) {
  const std::vector<Record> records{ClockRecord{any_time()},
                                    CellRecord{any_value(), any_cell(any_conflict())},
                                    DropRecord{any_value(), Dropped::moved},
                                    HintRecord{any_node(), any_value(), any_cell(any_conflict())},
                                    HintDropRecord{any_node(), any_value()},
                                    RingRecord{any_ring()}};
  for (const Record& record : records)
    RC_ASSERT(decode_record(encode_record(record)).value() == record);
  RC_ASSERT(decode_snapshot(encode_snapshot(records)).value() == records);
}

RC_GTEST_PROP(QuorumCells, JoinInAnyOrder, ()) {
  const Conflict conflict = any_conflict();
  const JoinRule rule{.conflict = conflict};
  const Cell a = any_cell(conflict);
  const Cell b = any_cell(conflict);
  const Cell c = any_cell(conflict);
  const auto joined = [&](const Cell& x, const Cell& y) {
    Cell result = x;
    join(result, y, rule);
    return result;
  };
  RC_ASSERT(joined(a, a) == a);
  RC_ASSERT(joined(a, b) == joined(b, a));
  RC_ASSERT(joined(joined(a, b), c) == joined(a, joined(b, c)));
  RC_ASSERT(has_seen(joined(a, b), a));
}

}  // namespace
}  // namespace eris::quorum
