// Snapshots: taking them, handing them to nodes that need slots which are gone, loading them.
#include <algorithm>
#include <utility>

#include "adapters/reference/paxos/core.hpp"
#include "harness/base/assert.hpp"

namespace eris::paxos {

/// Each server decides for itself; the log is then kept a little longer in memory, for nodes that
/// are only a little behind.
void Core::maybe_take_snapshot() {
  if (executed_.value >= snapshot_.slot.value + config_.snapshot_after_slots) take_snapshot();
}

void Core::take_snapshot() {
  configurations_.forget_before(executed_.next());
  snapshot_ = {executed_, std::make_shared<const std::string>(encode_snapshot(
                              {executed_, configurations_.all(), store_.snapshot()}))};
  checkpoint();
  if (executed_.value > config_.snapshot_trailing_slots)
    log_.compact(Slot(executed_.value - config_.snapshot_trailing_slots));
}

/// The snapshot, and what it does not cover: the promise, and what was accepted after it.
void Core::checkpoint() {
  core::Checkpoint all{*snapshot_.bytes,
                       {encode_record(JoinedRecord{speaks_from_}),
                        encode_record(PromisedRecord{promise_on_record_})}};
  for (auto it = log_.after(snapshot_.slot); it != log_.entries().end(); ++it) {
    const auto& [slot, entry] = *it;
    const AcceptedDecree decree{entry.ballot, entry.decree};
    all.records.push_back(entry.learned ? encode_record(LearnedRecord{slot, decree})
                                        : encode_record(AcceptedRecord{slot, decree}));
  }
  outputs_.emplace_back(std::move(all));
  ++issued_;
  chosen_is_recorded(snapshot_.slot);
}

/// Whoever asks says how much it has, so nothing is remembered here between chunks.
void Core::send_chunk(NodeId to, const LearnRequest& request) {
  ERIS_ASSERT(snapshot_.bytes != nullptr, "only a snapshot moves the log's base");
  const std::string& bytes = *snapshot_.bytes;
  std::uint64_t offset = request.snapshot == snapshot_.slot ? request.received_bytes : 0;
  if (offset >= bytes.size()) offset = 0;
  send(to, SnapshotChunk{snapshot_.slot, offset, bytes.size(),
                         bytes.substr(offset, config_.limits.snapshot_chunk_bytes)});
}

void Core::handle(NodeId from, const SnapshotChunk& message) {
  if (!catching_up_ || catching_up_->from != from) return;
  // A late or repeated snapshot must not turn the state back.
  if (message.slot <= chosen_) return;
  CatchUp& catching_up = *catching_up_;
  if (catching_up.snapshot != message.slot) {
    catching_up.snapshot = message.slot;
    catching_up.bytes.clear();
  }
  if (message.offset != catching_up.bytes.size()) return;
  catching_up.bytes += message.data;
  if (catching_up.bytes.size() < message.total_bytes) {
    ask_to_learn();
    return;
  }
  const std::string bytes = std::exchange(catching_up.bytes, {});
  catching_up.snapshot = Slot();
  if (!load_snapshot(bytes)) {
    ++malformed_;
    return;
  }
  checkpoint();
  if (chosen_ < catching_up.target)
    ask_to_learn();
  else
    catching_up_.reset();
}

/// Replaces the state. What was accepted after the snapshot stays: it is this acceptor's word.
base::Result<void> Core::load_snapshot(std::string_view bytes) {
  ERIS_TRY(SnapshotContents contents, decode_snapshot(bytes));
  ERIS_CHECK_OK(store_.restore(contents.store));
  configurations_.replace(std::move(contents.configurations));
  log_.compact(contents.slot);
  chosen_ = contents.slot;
  executed_ = contents.slot;
  snapshot_ = {contents.slot, std::make_shared<const std::string>(bytes)};
  // What the slots that were passed over did is not known one by one.
  while (!asked_.empty() && asked_.begin()->first <= executed_) {
    reply(asked_.begin()->second.request,
          {.kind = kv::ReplyKind::unknown, .detail = "the slot is covered by a snapshot"});
    asked_.erase(asked_.begin());
  }
  if (proposing_) sync_peers();
  return {};
}

}  // namespace eris::paxos
