// Snapshots (chapter 5): taking them, sending them in chunks (5.3), loading them.
#include <algorithm>
#include <utility>

#include "adapters/reference/raft/core.hpp"
#include "harness/base/assert.hpp"

namespace eris::raft {

/// Each server decides for itself (section 5.1); the log is then kept a little longer in memory,
/// for followers that are only a little behind (5.1.3).
void Core::maybe_take_snapshot() {
  if (applied_.value < snapshot_.point.index.value + config_.snapshot_after_entries) return;
  const auto& [configuration_index, configuration] = log_.configuration_at(applied_);
  const LogPoint point{applied_, log_.term_at(applied_).value_or(Term()),
                       log_.hash_at(applied_).value_or(0)};
  snapshot_ = {point, std::make_shared<const std::string>(encode_snapshot(
                          {point, configuration_index, configuration, store_.snapshot()}))};
  checkpoint();
  if (applied_.value > config_.snapshot_trailing_entries)
    log_.compact(LogIndex(applied_.value - config_.snapshot_trailing_entries));
}

/// The snapshot, and what it does not cover: the hard state and the entries after it.
void Core::checkpoint() {
  core::Checkpoint all{snapshot_.bytes ? *snapshot_.bytes : "", {encode_record(hard_state())}};
  for (LogIndex index = snapshot_.point.index.next(); index <= log_.last_index();
       index = index.next())
    all.records.push_back(encode_record(index, log_.at(index)));
  held_records_.clear();
  put_out(std::move(all));
  ++issued_;
  unsynced_.emplace_back(issued_, log_.last_index());
}

// ---- the leader's end

void Core::start_snapshot_transfer(NodeId to, Progress& progress) {
  ERIS_ASSERT(snapshot_.bytes != nullptr, "only a snapshot moves the log's base");
  progress.mode = Mode::snapshot;
  progress.transfer = Transfer{snapshot_.point, snapshot_.bytes, 0};
  progress.in_flight.assign(1, snapshot_.point.index);
  progress.answered_at = now_;
  send_chunk(to, progress);
}

/// One chunk at a time; the answer to it asks for the next (section 5.3).
void Core::send_chunk(NodeId to, Progress& progress) {
  const Transfer& transfer = *progress.transfer;
  send(to, InstallSnapshot{
               term_, transfer.point.index, transfer.point.term, transfer.offset,
               transfer.bytes->size(),
               transfer.bytes->substr(transfer.offset, config_.limits.snapshot_chunk_bytes)});
}

void Core::handle(NodeId from, const SnapshotReply& reply) {
  if (role_ != Role::leader || reply.term < term_) return;
  const auto found = leading_->followers.find(from);
  if (found == leading_->followers.end()) return;
  Progress& progress = found->second;
  if (!progress.transfer || progress.transfer->point.index != reply.last_index) return;
  progress.answered_at = now_;
  if (reply.installed) {
    progress.match = std::max(progress.match, reply.last_index);
    progress.next = progress.match.next();
    progress.mode = Mode::probe;
    progress.transfer.reset();
    progress.in_flight.clear();
    advance_commit();
    return;
  }
  // Only a chunk that has arrived asks for the next one; a repeated answer would double the stream.
  if (reply.received_bytes == progress.transfer->offset) return;
  if (reply.received_bytes >= progress.transfer->bytes->size()) return;
  progress.transfer->offset = reply.received_bytes;
  send_chunk(from, progress);
}

// ---- the follower's end

void Core::handle(NodeId from, const InstallSnapshot& message) {
  if (message.term < term_ || role_ == Role::leader) {
    send(from, SnapshotReply{term_, message.last_index, 0, false});
    return;
  }
  follow(from);
  // A late or repeated snapshot must not turn the state back (section 5.3).
  if (message.last_index <= commit_ && !has(Bug::older_snapshot_accepted)) {
    incoming_.reset();
    send(from, SnapshotReply{term_, message.last_index, message.total_bytes, true});
    return;
  }
  const bool continues = incoming_ && incoming_->from == from && incoming_->term == message.term &&
                         incoming_->last_index == message.last_index;
  if (!continues) incoming_ = IncomingSnapshot{from, message.term, message.last_index, {}};
  if (message.offset == incoming_->bytes.size()) incoming_->bytes += message.data;
  if (incoming_->bytes.size() < message.total_bytes) {
    send(from, SnapshotReply{term_, message.last_index, incoming_->bytes.size(), false});
    return;
  }
  install(from, message);
}

void Core::install(NodeId from, const InstallSnapshot& message) {
  const std::string bytes = std::move(incoming_->bytes);
  incoming_.reset();
  if (!load_snapshot(bytes)) {
    ++malformed_;
    send(from, SnapshotReply{term_, message.last_index, 0, false});
    return;
  }
  checkpoint();
  send(from, SnapshotReply{term_, message.last_index, message.total_bytes, true});
}

/// Replaces the state. Entries after the snapshot stay where the log agrees with it: this node may
/// have acknowledged them (section 5.3).
base::Result<void> Core::load_snapshot(std::string_view bytes) {
  ERIS_TRY(SnapshotContents contents, decode_snapshot(bytes));
  ERIS_CHECK_OK(store_.restore(contents.store));
  const LogPoint point = contents.point;
  Log log(std::move(contents.configuration), point);
  const bool keeps_tail = log_.term_at(point.index) == point.term && !has(Bug::snapshot_drops_tail);
  for (LogIndex index = point.index.next(); keeps_tail && index <= log_.last_index();
       index = index.next())
    log.append(log_.at(index));
  log_ = std::move(log);
  if (!keeps_tail) {
    durable_ = LogIndex();
    unsynced_.clear();
  }
  commit_ = point.index;
  applied_ = point.index;
  snapshot_ = {point, std::make_shared<const std::string>(bytes)};
  return {};
}

}  // namespace eris::raft
