// Phase 1: ballots, promises, and what a new leader must adopt ("Paxos Made Simple", section 2.2;
// for all slots at once, section 3).
#include <algorithm>
#include <utility>

#include "adapters/reference/paxos/core.hpp"
#include "adapters/reference/paxos/quorum.hpp"
#include "harness/base/assert.hpp"

namespace eris::paxos {

// ---- the acceptor's end

/// Whoever hears a leader makes no promise to another: a server that was cut off, or was removed,
/// does not depose a leader that works, and a lease can count on it.
bool Core::holds_on_to_leader(NodeId against) const {
  if (role_ == Role::leader) return true;
  return against != leader_ && leader_heard_at_ &&
         now_ - *leader_heard_at_ < config_.timeouts.election_min;
}

void Core::handle(NodeId from, const Prepare& message) {
  round_seen_ = std::max(round_seen_, message.ballot.round);
  if (speaks_from_ == Slot() && message.joins) {
    speaks_from_ = message.from;
    append_record(JoinedRecord{speaks_from_});
  }
  if (speaks_from_ == Slot() || holds_on_to_leader(from)) return;
  if (message.ballot < promised_) {
    send(from, Refused{message.ballot, promised_});
    return;
  }
  if (message.ballot > promised_) {
    if (role_ != Role::follower) become_follower(NodeId());
    leader_ = NodeId();
    promised_ = message.ballot;
    persist_promise();
  }
  reset_election_deadline();
  send(from, make_promise(message.ballot, message.from));
}

/// Slots that are chosen are not reported: the proposer learns them, from here or elsewhere.
Promise Core::make_promise(Ballot ballot, Slot from) const {
  Promise promise{ballot, std::max(from, speaks_from_), chosen_, {}};
  const Slot below = std::max(chosen_, from == Slot() ? from : Slot(from.value - 1));
  for (auto it = log_.after(below); it != log_.entries().end(); ++it)
    promise.accepted.emplace_back(it->first, AcceptedDecree{it->second.ballot, it->second.decree});
  return promise;
}

// ---- the proposer's end

/// Random, so that two proposers seldom collide twice.
void Core::reset_election_deadline() {
  election_deadline_ =
      now_ + rng_.duration(config_.timeouts.election_min, config_.timeouts.election_max);
}

/// Whether this server is among those who govern what is still to be chosen.
bool Core::is_member() const {
  return configurations_.members_from(chosen_.next()).contains(config_.self);
}

/// A ballot higher than any that was seen; on disk before it is spoken of, so never used again.
void Core::begin_ballot() {
  role_ = Role::candidate;
  leader_ = NodeId();
  round_seen_ = std::max(round_seen_, promised_.round) + 1;
  ballot_ = {round_seen_, has(Bug::shared_ballots) ? NodeId() : config_.self};
  promised_ = ballot_;
  persist_promise();
  reset_election_deadline();

  Proposing fresh{.from = chosen_.next(), .next = chosen_.next()};
  if (has(Bug::gap_filled_without_phase_1)) {
    fresh.reported_up_to = log_.last();
    fresh.from = std::max(chosen_, log_.last()).next();
  }
  if (proposing_) {  // a leader that had to raise its ballot: its reads wait on
    fresh.waiting_reads = std::move(proposing_->waiting_reads);
    for (ReadRound& round : proposing_->read_rounds)
      std::move(round.reads.begin(), round.reads.end(), std::back_inserter(fresh.waiting_reads));
    fresh.joining = std::move(proposing_->joining);
    if (has(Bug::accepts_across_ballots)) fresh.in_flight = std::move(proposing_->in_flight);
  }
  proposing_ = std::move(fresh);
  sync_peers();
  ask_for_promises();
  promise_to_self();
}

/// Also asks whoever has not promised yet, or is new to the configuration.
void Core::ask_for_promises() {
  for (auto& [node, peer] : proposing_->peers) {
    if (proposing_->promises.contains(node)) continue;
    if (peer.prepared_at != Instant{} && now_ - peer.prepared_at < config_.timeouts.retransmit)
      continue;
    peer.prepared_at = now_;
    const Slot from = role_ == Role::leader ? chosen_.next() : proposing_->from;
    const bool joins = proposing_->joining && proposing_->joining->server == node;
    send(node, Prepare{ballot_, from, joins});
  }
}

void Core::promise_to_self() {
  if (!proposing_ || proposing_->promises.contains(config_.self) || !promise_is_durable()) return;
  take_promise(config_.self, make_promise(ballot_, proposing_->from));
}

void Core::handle(NodeId from, const Promise& message) {
  if (!proposing_ || message.ballot != ballot_ || proposing_->promises.contains(from)) return;
  take_promise(from, message);
  if (message.chosen > chosen_) catch_up(from, message.chosen);
  proceed();
}

void Core::take_promise(NodeId from, const Promise& promise) {
  Report& report = proposing_->promises[from];
  report = {promise.from, promise.chosen, {}};
  report.accepted.insert(promise.accepted.begin(), promise.accepted.end());
  if (!report.accepted.empty())
    proposing_->reported_up_to =
        std::max(proposing_->reported_up_to, report.accepted.rbegin()->first);
}

/// Someone has promised a higher ballot: one that came to nothing, as long as a quorum still
/// follows this leader. It goes above that ballot; else it waits for its turn.
void Core::handle(NodeId from, const Refused& message) {
  round_seen_ = std::max(round_seen_, message.promised.round);
  if (role_ != Role::leader || message.ballot != ballot_ || message.promised <= ballot_) return;
  if (proposing_->peers.contains(from)) begin_ballot();
}

/// Goes on as far as promises, and what is known to be chosen, allow.
void Core::proceed() {
  if (role_ == Role::candidate) {
    if (!is_member()) {
      become_follower(NodeId());
      return;
    }
    if (has_promises_for(std::max(chosen_.next(), proposing_->from))) become_leader();
  }
  if (role_ == Role::leader) fill_slots();
}

void Core::become_leader() {
  role_ = Role::leader;
  leader_ = config_.self;
  proposing_->recovered_at = proposing_->reported_up_to;
  proposing_->quorum_heard_at = now_;
  broadcast_heartbeat();
}

void Core::become_follower(NodeId leader) {
  role_ = Role::follower;
  leader_ = leader;
  if (proposing_) {
    abandon_requests();
    proposing_.reset();
  }
  reset_election_deadline();
}

/// A quorum of those who govern the slot has promised, and spoken of this slot. One that knows it
/// to be chosen has not.
bool Core::has_promises_for(Slot slot) const {
  if (slot < proposing_->from) return has(Bug::gap_filled_without_phase_1);
  const Configuration& configuration = configurations_.governing(slot).second;
  const std::size_t promised = count_members(configuration, [&](NodeId member) {
    const auto found = proposing_->promises.find(member);
    return found != proposing_->promises.end() && found->second.from <= slot &&
           found->second.chosen < slot;
  });
  return promised >= quorum_size(configuration);
}

/// The window: who governs slot i is known when slot i − alpha is chosen.
bool Core::may_propose(Slot slot) const {
  return slot.value - chosen_.value <= config_.alpha && has_promises_for(slot);
}

/// The decree with the highest ballot among those reported, for it may be chosen; a no-op where
/// nothing was (section 2.2, rule P2c).
Decree Core::adopted(Slot slot) {
  const Log::Entry* own = log_.find(slot);
  if (slot < proposing_->from) return own == nullptr ? Decree{} : own->decree;
  const Configuration& configuration = configurations_.governing(slot).second;
  const AcceptedDecree* highest = nullptr;
  for (const auto& [node, report] : proposing_->promises) {
    const auto found = report.accepted.find(slot);
    if (found == report.accepted.end() || !configuration.contains(node)) continue;
    if (highest != nullptr && has(Bug::adopts_first_value)) continue;
    if (highest == nullptr || found->second.ballot > highest->ballot) highest = &found->second;
  }
  if (highest != nullptr) return highest->decree;
  if (has(Bug::adoption_skips_slots)) proposing_->reported_up_to = slot;
  return {};
}

/// First what may be chosen already, and the gaps between; then what brings a new configuration
/// into force; then clients.
void Core::fill_slots() {
  Proposing& proposing = *proposing_;
  proposing.next = std::max(proposing.next, chosen_.next());
  while (proposing.next <= proposing.reported_up_to && may_propose(proposing.next))
    propose(adopted(proposing.next));
  if (proposing.next <= proposing.reported_up_to) return;
  while (proposing.next < configurations_.latest_governs_from() && may_propose(proposing.next))
    propose({});
  while (!waiting_.empty() && may_propose(proposing.next)) {
    Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= waiting.decree.payload.size();
    if (waiting.request != RequestId())
      asked_[proposing.next] = {waiting.request, hash(waiting.decree)};
    propose(std::move(waiting.decree));
  }
}

}  // namespace eris::paxos
