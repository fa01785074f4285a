// Reads that take no slot, heartbeats, and leases.
//
// Each broadcast of heartbeats has a number, the round. When a quorum of those who govern the first
// slot that was not chosen at its sending has answered round r, none of them had promised a higher
// ballot: no other leader had got anything chosen in that slot or after it. That one fact serves
// three ends: reads that came before r may be answered from what is executed by then; the leader
// knows when a quorum last listened; and, with leases, it may answer reads for one election timeout
// from the sending of r, because none of them promises anyone else anything for as long.
#include <algorithm>
#include <utility>

#include "adapters/reference/paxos/core.hpp"
#include "adapters/reference/paxos/quorum.hpp"

namespace eris::paxos {
namespace {

/// Enough to keep rounds flowing while answers are on their way, few enough that reads gather.
constexpr std::size_t read_rounds_max = 4;
/// Only what was sent during the last election timeout matters; far fewer rounds than this.
constexpr std::size_t rounds_sent_max = 4096;

}  // namespace

void Core::broadcast_heartbeat() {
  Proposing& proposing = *proposing_;
  proposing.heartbeat_due = now_ + config_.timeouts.heartbeat;
  proposing.rounds_sent.push_back({++proposing.round, now_, chosen_.next()});
  if (proposing.rounds_sent.size() > rounds_sent_max) proposing.rounds_sent.pop_front();
  for (const auto& [node, peer] : proposing.peers)
    send(node, Heartbeat{ballot_, chosen_, proposing.round}, false);
  confirm_rounds();
}

void Core::handle(NodeId from, const HeartbeatReply& message) {
  if (role_ != Role::leader || message.ballot != ballot_) return;
  const auto found = proposing_->peers.find(from);
  if (found == proposing_->peers.end()) return;
  std::uint64_t& round = found->second.round;
  round = std::max(round, std::min(message.round, proposing_->round));
  Slot& recorded = found->second.recorded;
  recorded = std::max(recorded, message.recorded);
  confirm_rounds();
}

bool Core::is_confirmed(const RoundSent& sent) const {
  const Configuration& configuration = configurations_.governing(sent.slot).second;
  const std::size_t answered = count_members(configuration, [&](NodeId member) {
    if (member == config_.self) return true;
    const auto found = proposing_->peers.find(member);
    return found != proposing_->peers.end() && found->second.round >= sent.round;
  });
  return answered >= quorum_size(configuration);
}

/// The latest round that is confirmed confirms those before it: what was executed when it was sent
/// includes all that was visible to anyone then.
void Core::confirm_rounds() {
  auto& sent = proposing_->rounds_sent;
  const auto latest = std::find_if(sent.rbegin(), sent.rend(),
                                   [this](const RoundSent& round) { return is_confirmed(round); });
  if (latest == sent.rend()) return;
  proposing_->confirmed_round = latest->round;
  proposing_->quorum_heard_at = latest->at;
  extend_lease(*latest);
  sent.erase(sent.begin(), latest.base());
}

/// Those who answered promise nobody else anything for an election timeout from when they got the
/// heartbeat, hence from when it was sent, less what the clocks may drift.
void Core::extend_lease(const RoundSent& sent) {
  const Duration safe =
      config_.timeouts.election_min * (100 - config_.timeouts.clock_drift_percent) / 100;
  proposing_->lease = {sent.at + safe, configurations_.governing(sent.slot).first};
}

/// A lease is worth what those who granted it are: under another configuration it is void.
bool Core::lease_holds() const {
  return config_.read_mode == ReadMode::lease && now_ < proposing_->lease.until &&
         configurations_.governing(chosen_.next()).first == proposing_->lease.configuration;
}

/// What earlier leaders may have got chosen is chosen again by this one, and executed.
bool Core::may_serve_reads() const {
  return chosen_ >= proposing_->recovered_at;
}

void Core::request_read(RequestId id, kv::Value key) {
  PendingRead read{id, std::move(key)};
  if (has(Bug::leader_reads_unconfirmed)) {
    serve_read(read);
    return;
  }
  if (proposing_->waiting_reads.size() >= config_.limits.waiting_reads_max) {
    reply(id, {.kind = kv::ReplyKind::rejected, .detail = "too many reads are waiting"});
    return;
  }
  proposing_->waiting_reads.push_back(std::move(read));
}

/// The reads that have gathered share one round.
void Core::start_read_round() {
  Proposing& proposing = *proposing_;
  if (proposing.waiting_reads.empty() || !may_serve_reads()) return;
  if (proposing.read_rounds.size() >= read_rounds_max) return;
  ReadRound round{0, chosen_, std::exchange(proposing.waiting_reads, {})};
  const bool confirmed = lease_holds();
  if (!confirmed) round.round = proposing.round + 1;
  proposing.read_rounds.push_back(std::move(round));
  if (!confirmed) broadcast_heartbeat();
}

void Core::serve_confirmed_reads() {
  std::deque<ReadRound>& rounds = proposing_->read_rounds;
  while (!rounds.empty() && rounds.front().round <= proposing_->confirmed_round &&
         rounds.front().read_slot <= executed_) {
    for (const PendingRead& read : rounds.front().reads) serve_read(read);
    rounds.pop_front();
  }
}

void Core::serve_read(const PendingRead& read) {
  reply(read.request, store_.read(read.key, executed_));
}

}  // namespace eris::paxos
