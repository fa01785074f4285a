// Replication (section 3.5), the commit rule (3.6.2), pipelining and batching (10.2.1).
#include <algorithm>
#include <utility>
#include <vector>

#include "adapters/reference/raft/core.hpp"
#include "adapters/reference/raft/quorum.hpp"
#include "harness/base/assert.hpp"

namespace eris::raft {

// ---- the follower's end

/// A message from the leader of this term: there is no other, so follow it.
void Core::follow(NodeId leader) {
  if (role_ != Role::follower || leader_ != leader) become_follower(term_, leader);
  leader_heard_at_ = now_;
  reset_election_deadline();
}

void Core::handle(NodeId from, AppendEntries&& message) {
  if (message.term < term_ || role_ == Role::leader) {
    send(from, AppendReply{term_, false, message.previous_index, {}, {}});
    return;
  }
  follow(from);
  const LogIndex previous = message.previous_index;
  const auto term_here = log_.term_at(previous);
  const bool agrees = has(Bug::previous_term_unchecked) ? previous <= log_.last_index()
                                                        : term_here == message.previous_term;
  // What a snapshot covers is committed, and so agrees with any leader's log (section 3.6.3).
  if (!agrees && previous >= log_.base().index) {
    refuse_entries(from, message);
    return;
  }
  const LogIndex leader_commit = message.commit;
  const LogIndex matched = accept_entries(std::move(message));
  follow_commit(leader_commit, matched);
  send(from, AppendReply{term_, true, matched, {}, {}}, !has(Bug::ack_before_fsync));
}

/// Names the last entry here that might agree, so that the leader skips whole terms instead of
/// stepping back one entry a message (section 3.5).
void Core::refuse_entries(NodeId to, const AppendEntries& message) {
  const LogIndex hint = log_.last_with_term_at_most(
      message.previous_term, std::min(message.previous_index, log_.last_index()));
  send(to, AppendReply{term_, false, message.previous_index, hint,
                       log_.term_at(hint).value_or(Term())});
}

/// Takes over what is new. Only a conflict truncates: a message that was overtaken by a later one
/// must not undo what that one brought (section 3.5). Returns up to where the logs agree.
LogIndex Core::accept_entries(AppendEntries&& message) {
  LogIndex index = message.previous_index;
  if (has(Bug::truncate_always) && index >= log_.base().index) truncate_log(index.next());
  for (Entry& entry : message.entries) {
    index = index.next();
    if (index <= log_.base().index) continue;
    if (log_.holds(index)) {
      if (log_.term_at(index) == entry.term || has(Bug::missing_truncation)) continue;
      truncate_log(index);
    }
    append_to_log(std::move(entry));
  }
  return std::max(index, std::min(log_.base().index, log_.last_index()));
}

/// Entries beyond `matched` may still be another leader's, so the leader's commit index says
/// nothing about them (section 3.5).
void Core::follow_commit(LogIndex leader_commit, LogIndex matched) {
  const LogIndex bound = has(Bug::unbounded_commit) ? log_.last_index() : matched;
  set_commit(std::min(leader_commit, bound));
}

// ---- the leader's end

void Core::propose(Entry&& entry) {
  ERIS_ASSERT(role_ == Role::leader, "only a leader appends of its own accord");
  append_to_log(std::move(entry));
  if (has(Bug::ack_before_fsync)) advance_commit();
}

void Core::handle(NodeId from, const AppendReply& reply) {
  if (role_ != Role::leader) return;
  if (reply.term < term_ && !has(Bug::stale_match_index)) return;
  const auto found = leading_->followers.find(from);
  if (found == leading_->followers.end()) return;
  Progress& progress = found->second;
  progress.answered_at = now_;
  if (!reply.success) {
    refused(progress, reply);
    return;
  }
  progress.match = std::max(progress.match, std::min(reply.index, log_.last_index()));
  progress.stepped_back = false;
  progress.next = std::max(progress.next, progress.match.next());
  std::erase_if(progress.in_flight, [&](LogIndex last) { return last <= progress.match; });
  if (progress.mode == Mode::probe) progress.mode = Mode::replicate;
  advance_commit();
  if (role_ != Role::leader) return;
  watch_promotion();
  watch_transfer();
}

/// The logs part before `reply.index`: steps back to the last place where they may agree.
void Core::refused(Progress& progress, const AppendReply& reply) {
  if (progress.mode == Mode::snapshot || reply.index <= progress.match) return;
  if (progress.mode == Mode::probe && reply.index.next() != progress.next) return;
  const LogIndex candidate = reply.hint_index < log_.base().index
                                 ? reply.hint_index
                                 : log_.last_with_term_at_most(reply.hint_term, reply.hint_index);
  progress.next = std::max(progress.match.next(), std::min(candidate.next(), reply.index));
  progress.mode = Mode::probe;
  progress.stepped_back = true;
  progress.in_flight.clear();
}

void Core::replicate_all() {
  for (auto& [node, progress] : leading_->followers) replicate_to(node, progress);
}

void Core::replicate_to(NodeId to, Progress& progress) {
  if (progress.mode == Mode::snapshot) return;
  if (progress.mode == Mode::probe) {
    const bool agreed_to_the_end = progress.match == log_.last_index();
    if (progress.in_flight.empty() && !agreed_to_the_end) send_entries(to, progress);
    return;
  }
  while (progress.mode == Mode::replicate && progress.next <= log_.last_index() &&
         progress.in_flight.size() < config_.limits.appends_in_flight_max)
    send_entries(to, progress);
}

/// Behind the last entry that goes into one message with those from `first` on: at least that one,
/// where there is any.
LogIndex Core::end_of_batch(LogIndex first) const {
  std::size_t bytes = 0;
  LogIndex index = first;
  for (; index <= log_.last_index(); index = index.next()) {
    bytes += log_.at(index).payload.size() + entry_bytes_min;
    if (bytes > config_.limits.append_bytes_max && index > first) break;
  }
  return index;
}

/// Leaves before the leader's own disk has the entries: it promises nothing about that disk, and
/// the leader counts itself only when they are there (section 10.2.1).
void Core::send_entries(NodeId to, Progress& progress) {
  progress.next = std::min(progress.next, log_.last_index().next());
  LogIndex previous(progress.next.value - 1);
  if (has(Bug::previous_index_off_by_one) && progress.stepped_back && previous > LogIndex())
    previous = LogIndex(previous.value - 1);
  const auto previous_term = log_.term_at(previous);
  if (!previous_term) {
    start_snapshot_transfer(to, progress);
    return;
  }
  const LogIndex end = end_of_batch(progress.next);
  AppendEntries message{term_, previous, *previous_term, commit_, {}};
  message.entries.reserve(end.value - progress.next.value);
  for (LogIndex index = progress.next; index < end; index = index.next())
    message.entries.push_back(log_.at(index));
  if (progress.in_flight.empty()) progress.answered_at = now_;
  progress.in_flight.emplace_back(end.value - 1);
  if (progress.mode == Mode::replicate) progress.next = end;
  send(to, message, false);
}

/// Messages are lost; after a while without an answer the follower is asked again from where it is
/// known to be.
void Core::retransmit() {
  for (auto& [node, progress] : leading_->followers) {
    const bool silent = now_ - progress.answered_at >= config_.timeouts.retransmit;
    if (progress.in_flight.empty() || !silent) continue;
    if (progress.mode == Mode::snapshot) {
      progress.answered_at = now_;
      send_chunk(node, progress);
      continue;
    }
    // A probe asks again at the same place; a stream goes back to the last acknowledgement.
    if (progress.mode == Mode::replicate) progress.next = progress.match.next();
    progress.mode = Mode::probe;
    progress.in_flight.clear();
  }
  replicate_all();
}

/// Commits what a quorum holds, by an entry of this term: one of an earlier term, though on a
/// quorum, may still be overwritten (section 3.6.2, figure 8 of the paper).
void Core::advance_commit() {
  const LogIndex own = has(Bug::ack_before_fsync) ? log_.last_index() : durable_;
  const LogIndex reached = reached_by_quorum<LogIndex>(
      governing(), quorum_size(), config_.self, own, [this](NodeId node) {
        const auto found = leading_->followers.find(node);
        return found == leading_->followers.end() ? LogIndex() : found->second.match;
      });
  if (reached > commit_ && (log_.term_at(reached) == term_ || has(Bug::figure_8)))
    set_commit(reached);
}

void Core::set_commit(LogIndex index) {
  commit_ = std::max(commit_, index);
}

}  // namespace eris::raft
