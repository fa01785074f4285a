// Following a leader, and learning what was missed.
//
// A follower learns what is chosen from the leader's word that all slots up to some slot are, where
// it has accepted that leader's own proposal: one ballot has one decree a slot. Whatever else it
// lacks it asks for. What is chosen stays so, hence anyone may answer, in any ballot.
#include <algorithm>
#include <utility>

#include "adapters/reference/paxos/core.hpp"

namespace eris::paxos {

/// A ballot below the promise is refused; who was not taken in yet has no say.
bool Core::refuses(NodeId from, Ballot ballot) {
  round_seen_ = std::max(round_seen_, ballot.round);
  if (speaks_from_ == Slot()) return true;
  const bool own = role_ == Role::leader && ballot == ballot_;
  if (ballot >= promised_ && !own) return false;
  send(from, Refused{ballot, promised_});
  return true;
}

void Core::follow(NodeId leader, Ballot ballot) {
  if (role_ != Role::follower || leader_ != leader) become_follower(leader);
  if (ballot > promised_) {
    promised_ = ballot;
    persist_promise();
  }
  leader_heard_at_ = now_;
  reset_election_deadline();
}

/// The answer speaks for the promise and says nothing about the log, so it waits for the promise to
/// be on disk, and not for decrees: reads do not queue behind this node's fsync.
void Core::handle(NodeId from, const Heartbeat& message) {
  if (refuses(from, message.ballot)) return;
  follow(from, message.ballot);
  follow_chosen(from, message.ballot, message.chosen);
  send(from, HeartbeatReply{message.ballot, message.round, durable_chosen_}, !promise_is_durable());
}

void Core::follow_chosen(NodeId from, Ballot ballot, Slot chosen) {
  while (chosen_ < chosen) {
    const Log::Entry* entry = log_.find(chosen_.next());
    const bool known = entry != nullptr && entry->ballot == ballot;
    if (!known && !has(Bug::execution_skips_gaps)) break;
    slot_chosen(chosen_.next());
  }
  if (chosen_ < chosen) catch_up(from, chosen);
}

/// One question at a time; it is repeated when no answer comes.
void Core::catch_up(NodeId from, Slot target) {
  const bool asking = catching_up_ && catching_up_->from == from &&
                      now_ - catching_up_->asked_at < config_.timeouts.retransmit;
  if (!catching_up_ || catching_up_->from != from) catching_up_ = CatchUp{.from = from};
  catching_up_->target = std::max(catching_up_->target, target);
  if (!asking) ask_to_learn();
}

/// A follower asks again when its leader next says how much is chosen. A leader learned that from a
/// promise, once, and must ask again by itself when question or answer were lost.
void Core::go_on_catching_up() {
  if (!catching_up_) return;
  if (chosen_ >= catching_up_->target)
    catching_up_.reset();
  else if (now_ - catching_up_->asked_at >= config_.timeouts.retransmit)
    ask_to_learn();
}

void Core::ask_to_learn() {
  catching_up_->asked_at = now_;
  send(catching_up_->from,
       LearnRequest{chosen_.next(), catching_up_->snapshot, catching_up_->bytes.size()});
}

void Core::handle(NodeId from, const LearnRequest& message) {
  Learn answer{message.from, {}};
  const bool is_gone = message.from <= log_.base() && snapshot_.bytes != nullptr;
  if (is_gone) {
    if (!has(Bug::truncated_without_transfer)) {
      send_chunk(from, message);
      return;
    }
    answer.first = log_.base().next();
  }
  std::size_t bytes = 0;
  for (Slot slot = answer.first; slot <= chosen_; slot = slot.next()) {
    const Log::Entry* entry = log_.find(slot);
    if (entry == nullptr) break;
    bytes += entry->decree.payload.size() + decree_bytes_min;
    if (bytes > config_.limits.message_bytes_max && !answer.decrees.empty()) break;
    answer.decrees.push_back({entry->ballot, entry->decree});
  }
  if (!answer.decrees.empty()) send(from, answer);
}

void Core::handle(NodeId from, const Learn& message) {
  Slot slot = message.first;
  const Slot before = chosen_;
  for (const AcceptedDecree& decree : message.decrees) {
    const bool continues =
        slot == chosen_.next() || (slot > chosen_ && has(Bug::truncated_without_transfer));
    if (continues) learn(slot, decree);
    slot = slot.next();
  }
  if (!catching_up_ || catching_up_->from != from || chosen_ == before) return;
  if (chosen_ >= catching_up_->target)
    catching_up_.reset();
  else
    ask_to_learn();
}

void Core::learn(Slot slot, const AcceptedDecree& decree) {
  const Log::Entry* present = log_.find(slot);
  if (present == nullptr || present->decree != decree.decree) {
    append_record(LearnedRecord{slot, decree});
    log_.put(slot, {decree.ballot, decree.decree, true});
  }
  slot_chosen(slot);
}

}  // namespace eris::paxos
