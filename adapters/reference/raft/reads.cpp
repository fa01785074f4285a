// Linearizable reads without writing to the log (section 6.4), heartbeats, and leases (6.4.1).
//
// Each broadcast of heartbeats has a number, the round. A quorum that answers round r, all still in
// this term, proves that no newer leader had been elected when r was sent. That one fact serves
// three ends: reads that came before r may be answered from the state at that moment's commit
// index; the leader knows when a quorum last listened (section 6.2); and, with leases, it may
// answer reads for one election timeout from the sending of r.
#include <algorithm>
#include <utility>

#include "adapters/reference/raft/core.hpp"
#include "adapters/reference/raft/quorum.hpp"

namespace eris::raft {
namespace {

/// Enough to keep rounds flowing while answers are on their way, few enough that reads gather.
constexpr std::size_t read_rounds_max = 4;
/// Only what was sent during the last election timeout matters; far fewer rounds than this.
constexpr std::size_t rounds_sent_max = 4096;

}  // namespace

// ---- the follower's end

/// The answer speaks for this term and says nothing about the log, so it waits for the term to be
/// on disk, and not for entries: reads do not queue behind this node's fsync.
void Core::handle(NodeId from, const Heartbeat& message) {
  if (message.term < term_ || role_ == Role::leader) {
    send(from, HeartbeatReply{term_, message.round});
    return;
  }
  follow(from);
  release_held_records();
  set_commit(std::min(message.commit, log_.last_index()));
  send(from, HeartbeatReply{term_, message.round}, !hard_state_is_durable());
}

// ---- the leader's end

void Core::broadcast_heartbeat() {
  leading_->heartbeat_due = now_ + config_.timeouts.heartbeat;
  leading_->rounds_sent.push_back({++leading_->round, now_});
  if (leading_->rounds_sent.size() > rounds_sent_max) leading_->rounds_sent.pop_front();
  for (const auto& [node, progress] : leading_->followers) {
    const LogIndex commit =
        has(Bug::unbounded_commit) ? commit_ : std::min(commit_, progress.match);
    send(node, Heartbeat{term_, commit, leading_->round}, false);
  }
  confirm_rounds();
}

void Core::handle(NodeId from, const HeartbeatReply& reply) {
  if (role_ != Role::leader) return;
  const auto found = leading_->followers.find(from);
  if (found == leading_->followers.end()) return;
  found->second.round = std::max(found->second.round, std::min(reply.round, leading_->round));
  confirm_rounds();
}

void Core::confirm_rounds() {
  Leadership& leading = *leading_;
  const std::uint64_t confirmed = reached_by_quorum<std::uint64_t>(
      governing(), quorum_size(), config_.self, leading.round, [&leading](NodeId node) {
        const auto found = leading.followers.find(node);
        return found == leading.followers.end() ? 0 : found->second.round;
      });
  leading.confirmed_round = std::max(leading.confirmed_round, confirmed);
  while (!leading.rounds_sent.empty() &&
         leading.rounds_sent.front().round <= leading.confirmed_round) {
    leading.quorum_heard_at = leading.rounds_sent.front().at;
    leading.rounds_sent.pop_front();
    extend_lease();
  }
}

/// A quorum will elect nobody until an election timeout after it got the heartbeat, hence until an
/// election timeout after that was sent, less what the clocks may drift (section 6.4.1).
void Core::extend_lease() {
  const Duration safe =
      config_.timeouts.election_min * (100 - config_.timeouts.clock_drift_percent) / 100;
  leading_->lease_until = leading_->quorum_heard_at + safe;
  if (has(Bug::lease_clock_skew)) leading_->lease_until = now_ + 2 * config_.timeouts.election_max;
}

bool Core::lease_holds() const {
  const bool uses_lease = config_.lease_reads || has(Bug::lease_clock_skew);
  return uses_lease && now_ < leading_->lease_until && !leading_->lease_forfeited;
}

/// A new leader has every committed entry, but does not know which they are until one of its own
/// term is committed (section 6.4, step 1).
bool Core::may_serve_reads() const {
  return commit_ >= leading_->first_index || has(Bug::read_before_own_term_commit);
}

void Core::request_read(RequestId id, kv::Value key) {
  PendingRead read{id, std::move(key)};
  if (has(Bug::stale_read)) {
    serve_read(read);
    return;
  }
  if (leading_->waiting_reads.size() >= config_.limits.waiting_reads_max) {
    reply(id, {.kind = kv::ReplyKind::rejected, .detail = "too many reads are waiting"});
    return;
  }
  leading_->waiting_reads.push_back(std::move(read));
}

/// Section 6.4, steps 2 and 3: the reads that have gathered share one read index and one round.
void Core::start_read_round() {
  Leadership& leading = *leading_;
  if (leading.waiting_reads.empty() || !may_serve_reads()) return;
  if (leading.read_rounds.size() >= read_rounds_max) return;
  ReadRound round{0, commit_, std::exchange(leading.waiting_reads, {})};
  const bool confirmed = lease_holds() || has(Bug::read_index_without_heartbeat);
  if (!confirmed) round.round = leading.round + 1;
  leading.read_rounds.push_back(std::move(round));
  if (!confirmed) broadcast_heartbeat();
}

/// Section 6.4, steps 4 and 5.
void Core::serve_confirmed_reads() {
  std::deque<ReadRound>& rounds = leading_->read_rounds;
  while (!rounds.empty() && rounds.front().round <= leading_->confirmed_round &&
         rounds.front().read_index <= applied_) {
    for (const PendingRead& read : rounds.front().reads) serve_read(read);
    rounds.pop_front();
  }
}

void Core::serve_read(const PendingRead& read) {
  reply(read.request, store_.read(read.key, applied_));
}

}  // namespace eris::raft
