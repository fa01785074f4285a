// Dispatch, time and durability. What each message means stands in the files named in core.hpp.
#include "adapters/reference/raft/core.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::raft {
namespace {

Configuration first_configuration(const Config& config) {
  Configuration configuration{config.voters, {}};
  std::vector<NodeId>& voters = configuration.voters;
  std::sort(voters.begin(), voters.end());
  voters.erase(std::unique(voters.begin(), voters.end()), voters.end());
  return configuration;
}

bool is_reply(const Message& message) {
  return std::holds_alternative<VoteReply>(message) ||
         std::holds_alternative<AppendReply>(message) ||
         std::holds_alternative<HeartbeatReply>(message) ||
         std::holds_alternative<SnapshotReply>(message);
}

bool is_pre_vote(const Message& message) {
  if (const auto* request = std::get_if<RequestVote>(&message)) return request->pre_vote;
  if (const auto* reply = std::get_if<VoteReply>(&message))
    return reply->pre_vote && reply->granted;
  return false;
}

/// Only the leader of a term sends these, so their sender is known to lead.
bool is_from_leader(const Message& message) {
  return std::holds_alternative<AppendEntries>(message) ||
         std::holds_alternative<Heartbeat>(message) ||
         std::holds_alternative<InstallSnapshot>(message);
}

std::string nodes_text(const std::vector<NodeId>& nodes) {
  std::vector<std::string> names;
  for (const NodeId node : nodes) names.push_back(base::to_text(node));
  return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace

std::string_view to_text(Role role) {
  switch (role) {
    case Role::follower:
      return "follower";
    case Role::pre_candidate:
      return "pre_candidate";
    case Role::candidate:
      return "candidate";
    case Role::leader:
      return "leader";
  }
  ERIS_ASSERT(false, "a role is one of those listed");
}

Core::Core(Config config, Configuration configuration)
    : config_(std::move(config)),
      rng_(base::Rng(config_.seed).stream("raft")),
      log_(std::move(configuration)),
      store_({.sessions_max = config_.limits.sessions_max,
              .deduplicate = !config_.bugs.has(Bug::double_apply),
              .sessions_in_snapshot = !config_.bugs.has(Bug::session_lost_in_snapshot)}) {}

base::Result<Core> Core::make(Config config, const core::Recovered& recovered) {
  ERIS_CHECK_OK(validate(config));
  Configuration configuration = first_configuration(config);
  Core made(std::move(config), std::move(configuration));
  ERIS_CHECK_OK(made.recover(recovered));
  return made;
}

base::Result<void> Core::recover(const core::Recovered& recovered) {
  if (!recovered.snapshot.empty()) ERIS_CHECK_OK(load_snapshot(recovered.snapshot));
  for (std::size_t i = 0; i < recovered.records.size(); ++i) {
    ERIS_TRY(std::optional<Record> read, read_record(recovered, i));
    if (!read) break;
    Record& record = *read;
    if (const auto* state = std::get_if<HardState>(&record)) {
      term_ = state->term;
      voted_for_ = state->voted_for;
      continue;
    }
    auto& [index, entry] = std::get<EntryRecord>(record);
    if (index <= log_.base().index) continue;
    if (index > log_.last_index().next())
      return base::usage_error(fmt::format("the log has a gap: entry {} follows entry {}",
                                           index.value, log_.last_index().value));
    log_.truncate(index);
    log_.append(std::move(entry));
  }
  // A log never holds a term that its node has not entered; this matters only where a hard state
  // was not written.
  if (log_.last().term > term_) {
    term_ = log_.last().term;
    voted_for_ = NodeId();
  }
  durable_ = log_.last_index();
  // Before the restart this node may have confirmed a leader, whose lease then still counts on it:
  // hold on to that leader for one election timeout (section 6.4.1).
  if (!recovered.records.empty() || !recovered.snapshot.empty()) leader_heard_at_ = Instant{};
  return {};
}

/// Nothing for a last record that a power loss cut short: its sync was never reported, so nobody
/// was promised anything about it. A driver whose log has checksums of its own hides it; the
/// simulator's disk does not. Any other damage is an error.
base::Result<std::optional<Record>> Core::read_record(const core::Recovered& recovered,
                                                      std::size_t at) {
  const std::string& bytes = recovered.records[at];
  auto record = decode_record(bytes);
  if (record) return *std::move(record);
  if (has(Bug::torn_tail_accepted)) return decode_record_unchecked(bytes);
  if (at + 1 < recovered.records.size()) return std::unexpected(std::move(record).error());
  tail_was_torn_ = true;
  return std::nullopt;
}

Outputs Core::start(Instant now) {
  now_ = now;
  if (leader_heard_at_) leader_heard_at_ = now;
  // Writes the log anew without its torn end, behind which nothing could be found again.
  if (tail_was_torn_) checkpoint();
  reset_election_deadline();
  return finish();
}

Outputs Core::step(Instant now, const core::Input& input) {
  now_ = std::max(now_, now);
  dispatch(input);
  return finish();
}

void Core::dispatch(const core::Input& input) {
  if (const auto* received = std::get_if<core::Received>(&input)) {
    auto message = decode_message(received->message);
    if (message && received->from != config_.self)
      receive(received->from, *std::move(message));
    else
      ++malformed_;
  } else if (const auto* requested = std::get_if<core::Requested>(&input)) {
    request(requested->id, requested->request);
  } else if (const auto* done = std::get_if<core::Persisted>(&input)) {
    persisted(done->count);
  } else if (std::holds_alternative<core::TimerFired>(input)) {
    timer();
  } else {
    drained();
  }
}

/// The rules on terms that all messages share (section 3.3).
void Core::receive(NodeId from, Message&& message) {
  const Term term = term_of(message);
  const auto* vote = std::get_if<RequestVote>(&message);
  if (term > term_ && !is_pre_vote(message)) {
    // Disruptive servers (section 4.2.3): one that was removed, or could not hear, asks for votes
    // while all is well. It is not even let raise the term.
    if (vote != nullptr && !vote->transfer && holds_on_to_leader() &&
        !has(Bug::disruptive_candidates))
      return;
    if (role_ == Role::leader && has(Bug::no_step_down)) {
      if (is_reply(message)) accept(from, std::move(message));
      return;
    }
    become_follower(term, is_from_leader(message) ? from : NodeId());
  }
  // An answer to what was asked in an earlier term says nothing about this one.
  if (term < term_ && is_reply(message) && !has(Bug::stale_match_index) &&
      !has(Bug::votes_across_terms))
    return;
  accept(from, std::move(message));
}

void Core::accept(NodeId from, Message&& message) {
  std::visit([this, from](auto& m) { handle(from, std::move(m)); }, message);
}

void Core::persisted(PersistCount count) {
  persisted_ = std::max(persisted_, count);
  while (!unsynced_.empty() && unsynced_.front().first <= persisted_) {
    durable_ = std::max(durable_, unsynced_.front().second);
    unsynced_.pop_front();
  }
  // A vote for oneself counts when a crash can no longer undo it (section 3.4).
  if (role_ == Role::candidate && hard_state_is_durable()) count_vote(config_.self);
  if (role_ == Role::leader) advance_commit();
}

void Core::timer() {
  timer_set_.reset();
  release_held_records();
  if (role_ != Role::leader) {
    if (now_ >= election_deadline_) election_timeout();
    return;
  }
  // A leader that hears from no quorum would keep its clients waiting for nothing (section 6.2).
  const bool checks_quorum = config_.check_quorum && !has(Bug::stale_read) &&
                             !has(Bug::read_index_without_heartbeat) &&
                             !has(Bug::lease_clock_skew) && !has(Bug::no_step_down);
  if (checks_quorum && now_ - leading_->quorum_heard_at >= config_.timeouts.election_max) {
    become_follower(term_, NodeId());
    return;
  }
  watch_transfer();
  if (now_ >= leading_->heartbeat_due) {
    retransmit();
    broadcast_heartbeat();
  }
}

void Core::drained() {
  if (role_ != Role::leader) return;
  start_read_round();
  replicate_all();
}

Outputs Core::finish() {
  apply_committed();
  if (role_ == Role::leader) serve_confirmed_reads();
  maybe_take_snapshot();
  arm_timer();
  return std::exchange(outputs_, {});
}

Instant Core::next_deadline() const {
  return role_ == Role::leader ? leading_->heartbeat_due : election_deadline_;
}

/// A deadline that moves later, as a follower's does with each message, needs no new timer: the one
/// set before fires early, finds nothing due, and is set again.
void Core::arm_timer() {
  const Instant due = next_deadline();
  if (timer_set_ && *timer_set_ <= due) return;
  timer_set_ = due;
  put_out(core::SetTimer{due});
}

void Core::send(NodeId to, const Message& message, bool after_persist) {
  ERIS_ASSERT(to != config_.self, "a node does not send to itself");
  put_out(core::Send{to, encode(message), after_persist});
}

void Core::reply(RequestId to, const kv::ClientReply& reply) {
  put_out(core::Reply{to, kv::encode(reply)});
}

void Core::append_record(std::string&& record) {
  put_out(core::Append{std::move(record)});
  ++issued_;
}

HardState Core::hard_state() const {
  return {has(Bug::forgotten_term) ? Term() : term_,
          has(Bug::forgotten_vote) || has(Bug::forgotten_term) ? NodeId() : voted_for_};
}

void Core::persist_hard_state() {
  if (has(Bug::forgotten_term)) return;
  append_record(encode_record(hard_state()));
  hard_state_at_ = issued_;
}

void Core::append_to_log(Entry&& entry) {
  const LogIndex index = log_.last_index().next();
  std::string record = encode_record(index, entry);
  log_.append(std::move(entry));
  if (has(Bug::ack_before_fsync)) {
    held_records_.push_back(std::move(record));
    return;
  }
  append_record(std::move(record));
  unsynced_.emplace_back(issued_, index);
}

/// Bug::ack_before_fsync: records wait in memory for the next tick, long acknowledged.
void Core::release_held_records() {
  for (std::string& record : std::exchange(held_records_, {})) append_record(std::move(record));
}

/// On disk the next entry's record does this; see storage_records.hpp. A correct cluster never
/// truncates what is committed. A node among broken ones may be told to: it goes on, so that the
/// checkers see what its users would see.
void Core::truncate_log(LogIndex from) {
  if (from > log_.last_index()) return;
  const LogIndex kept(from.value - 1);
  log_.truncate(from);
  durable_ = std::min(durable_, kept);
  for (auto& [count, index] : unsynced_) index = std::min(index, kept);
  commit_ = std::min(commit_, kept);
  applied_ = std::min(applied_, kept);
}

core::Beacon Core::beacon() const {
  const auto number = [](auto id) { return static_cast<std::int64_t>(id.value); };
  const auto node = [](NodeId id) { return id == NodeId() ? std::string() : base::to_text(id); };
  const LogPoint last = log_.last();
  return {{{"term", number(term_)},
           {"role", std::string(to_text(role_))},
           {"leader", node(leader_)},
           {"voted_for", node(voted_for_)},
           {"durable", hard_state_is_durable()},
           {"commit", number(commit_)},
           {"applied", number(applied_)},
           {"last_index", number(last.index)},
           {"last_hash", fmt::format("{:016x}", last.hash)},
           {"snapshot_index", number(snapshot_.point.index)},
           {"config", nodes_text(log_.configuration().voters)},
           {"learners", nodes_text(log_.configuration().learners)},
           {"state_hash", fmt::format("{:016x}", store_.state_hash())},
           {"malformed", static_cast<std::int64_t>(malformed_)}}};
}

}  // namespace eris::raft
