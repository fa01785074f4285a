// Phase 2: accepting, and what is chosen ("Paxos Made Simple", sections 2.2 and 3).
#include <algorithm>
#include <utility>

#include "adapters/reference/paxos/core.hpp"
#include "adapters/reference/paxos/quorum.hpp"
#include "harness/base/assert.hpp"

namespace eris::paxos {

std::size_t Core::quorum_size(const Configuration& configuration) const {
  const std::size_t members = configuration.members.size();
  if (has(Bug::even_split_quorum)) return std::max<std::size_t>((members + 1) / 2, 1);
  return majority_of(members);
}

// ---- the acceptor's end

/// Accepts a decree, here and on this node's disk.
void Core::accept(Slot slot, Ballot ballot, Decree decree) {
  if (!has(Bug::accepted_not_persisted)) append_record(AcceptedRecord{slot, {ballot, decree}});
  log_.put(slot, {ballot, std::move(decree), false});
}

void Core::handle(NodeId from, const Accept& message) {
  if (message.ballot >= promised_ || !has(Bug::accept_ignores_promise)) {
    if (refuses(from, message.ballot)) return;
    follow(from, message.ballot);
  }
  Slot slot = message.first;
  for (const Decree& decree : message.decrees) {
    const Log::Entry* present = log_.find(slot);
    const bool accepted_before =
        present != nullptr && present->ballot == message.ballot && !present->learned;
    // What a snapshot covers is chosen: there is nothing left to accept.
    if (slot > log_.base() && !accepted_before) accept(slot, message.ballot, decree);
    slot = slot.next();
  }
  follow_chosen(from, message.ballot, message.chosen);
  if (!message.decrees.empty())
    send(from, Accepted{message.ballot, message.first, Slot(slot.value - 1)});
}

// ---- the proposer's end

void Core::propose(Decree decree) {
  ERIS_ASSERT(role_ == Role::leader, "only a leader proposes");
  const Slot slot = proposing_->next;
  proposing_->next = slot.next();
  InFlight& in_flight = proposing_->in_flight[slot];
  in_flight.sent_at = now_;
  accept(slot, ballot_, std::move(decree));
  if (persisted_ >= issued_)
    count_accepted(config_.self, slot);
  else
    unsynced_.push_back({issued_, slot, ballot_});
}

/// Leaves before this node's own disk has the decrees: it promises nothing about that disk, and the
/// leader counts itself only when they are there.
void Core::send_proposals() {
  for (auto& [node, peer] : proposing_->peers) {
    send_run(node, peer.next, proposing_->next);
    peer.next = proposing_->next;
  }
}

/// What was proposed in this ballot in the slots from `first` on, before `end`.
void Core::send_run(NodeId to, Slot first, Slot end) {
  Accept message{ballot_, chosen_, first, {}};
  std::size_t bytes = 0;
  const auto flush = [&] {
    if (!message.decrees.empty()) send(to, message, false);
    message.decrees.clear();
    bytes = 0;
  };
  for (Slot slot = first; slot < end; slot = slot.next()) {
    const Log::Entry* entry = log_.find(slot);
    if (entry == nullptr || entry->ballot != ballot_) {
      flush();
      continue;
    }
    bytes += entry->decree.payload.size() + decree_bytes_min;
    if (bytes > config_.limits.message_bytes_max) flush();
    if (message.decrees.empty()) message.first = slot;
    message.decrees.push_back(entry->decree);
  }
  flush();
}

/// Messages are lost: whoever has not accepted what was sent a while ago is sent it again.
void Core::retransmit() {
  std::map<NodeId, std::vector<Slot>> missing;
  for (auto& [slot, in_flight] : proposing_->in_flight) {
    if (in_flight.chosen || now_ - in_flight.sent_at < config_.timeouts.retransmit) continue;
    in_flight.sent_at = now_;
    for (const auto& [node, peer] : proposing_->peers) {
      const auto& by = in_flight.accepted_by;
      const bool accepted = std::find(by.begin(), by.end(), node) != by.end();
      // Who only counts does not know whom to spare.
      if (!accepted || has(Bug::duplicate_accept_counted)) missing[node].push_back(slot);
    }
    const Log::Entry* entry = log_.find(slot);
    if (has(Bug::command_proposed_twice) && entry != nullptr &&
        entry->decree.kind == DecreeKind::command)
      wait_for_slot(RequestId(), entry->decree);
  }
  for (const auto& [node, slots] : missing)
    for (std::size_t begin = 0, end = 0; begin < slots.size(); begin = end) {
      for (end = begin + 1; end < slots.size() && slots[end] == slots[end - 1].next();) ++end;
      send_run(node, slots[begin], slots[end - 1].next());
    }
}

void Core::handle(NodeId from, const Accepted& message) {
  if (role_ != Role::leader) return;
  if (message.ballot != ballot_ && !has(Bug::accepts_across_ballots)) return;
  const auto& in_flight = proposing_->in_flight;
  for (auto it = in_flight.lower_bound(message.first);
       it != in_flight.end() && it->first <= message.last; ++it)
    count_accepted(from, it->first);
  advance_chosen();
}

/// A decree is chosen when a quorum of those who govern its slot has accepted it in one ballot.
void Core::count_accepted(NodeId node, Slot slot) {
  const auto found = proposing_->in_flight.find(slot);
  if (found == proposing_->in_flight.end()) return;
  std::vector<NodeId>& by = found->second.accepted_by;
  const bool counted = std::find(by.begin(), by.end(), node) != by.end();
  if (counted && !has(Bug::duplicate_accept_counted)) return;
  by.push_back(node);
  const Configuration& configuration = configurations_.governing(slot).second;
  const auto accepted = static_cast<std::size_t>(std::count_if(
      by.begin(), by.end(), [&](NodeId member) { return configuration.contains(member); }));
  if (!configuration.members.empty() && accepted >= quorum_size(configuration))
    found->second.chosen = true;
}

/// Slots are executed in order: one that is chosen waits for those before it.
void Core::advance_chosen() {
  auto& in_flight = proposing_->in_flight;
  while (!in_flight.empty()) {
    const auto first = in_flight.begin();
    if (first->first > chosen_) {
      if (first->first != chosen_.next() || !first->second.chosen) return;
      slot_chosen(first->first);
    }
    in_flight.erase(first);
  }
}

/// This slot too is known to be chosen, by what the log holds there.
void Core::slot_chosen(Slot slot) {
  chosen_ = slot;
  const Log::Entry* entry = log_.find(slot);
  if (entry == nullptr || entry->decree.kind != DecreeKind::configuration) return;
  configurations_.add(slot, configuration_in(entry->decree));
  if (proposing_) sync_peers();
}

}  // namespace eris::paxos
