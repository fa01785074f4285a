// Clients: requests, executing what is chosen, replies.
#include <utility>

#include "adapters/reference/paxos/core.hpp"

namespace eris::paxos {

using kv::ClientReply;
using kv::ReplyKind;

void Core::request(RequestId id, std::string_view bytes) {
  if (bytes.size() > config_.limits.request_bytes_max) {
    reply(id, {.kind = ReplyKind::rejected, .detail = "the request is too large"});
    return;
  }
  const auto request = kv::decode_request(bytes);
  if (!request) {
    ++malformed_;
    reply(id, {.kind = ReplyKind::rejected, .detail = request.error().what});
    return;
  }
  if (const auto* command = std::get_if<kv::Command>(&*request))
    request_command(id, *command);
  else if (std::holds_alternative<kv::StatusRequest>(*request))
    request_status(id);
  else if (const auto* add = std::get_if<kv::AddServer>(&*request))
    request_change(id, *add);
  else if (const auto* remove = std::get_if<kv::RemoveServer>(&*request))
    request_change(id, *remove);
  else
    reply(id, {.kind = ReplyKind::rejected, .detail = "leadership is not handed over"});
}

void Core::request_command(RequestId id, const kv::Command& command) {
  if (role_ != Role::leader) {
    reply(id, not_leader());
    return;
  }
  if (command.function == kv::Function::read) {
    request_read(id, command.key);
    return;
  }
  // Bounded queues: a leader that gets nothing chosen says so instead of collecting work.
  if (waiting_.size() >= config_.limits.waiting_commands_max ||
      waiting_bytes_ >= config_.limits.waiting_bytes_max) {
    reply(id, {.kind = ReplyKind::rejected, .detail = "too many commands wait for a slot"});
    return;
  }
  wait_for_slot(id, {DecreeKind::command, kv::encode_command(command)});
}

/// The window decides when; see fill_slots.
void Core::wait_for_slot(RequestId id, Decree decree) {
  waiting_bytes_ += decree.payload.size();
  waiting_.push_back({id, std::move(decree)});
}

void Core::request_status(RequestId id) {
  const bool member = is_member();
  kv::NodeStatus status{
      .role = std::string(member || role_ != Role::follower ? to_text(role_) : "learner"),
      .term = kv::Term(promised_.round),
      .leader = leader_,
      .commit = chosen_,
      .applied = executed_,
      .last = log_.last(),
      .voters = configurations_.governing(chosen_.next()).second.members,
      .learners = {},
      .serving = role_ == Role::leader && may_serve_reads()};
  outputs_.emplace_back(core::Reply{id, kv::encode(status)});
}

/// Sends the client on to whom this node takes for the leader.
ClientReply Core::not_leader() const {
  return {.kind = ReplyKind::not_leader, .leader = leader_ == config_.self ? NodeId() : leader_};
}

void Core::execute_chosen() {
  while (executed_ < chosen_) {
    executed_ = executed_.next();
    const Log::Entry* entry = log_.find(executed_);
    if (entry != nullptr) execute(executed_, entry->decree);
  }
}

void Core::execute(Slot slot, const Decree& decree) {
  ClientReply result{.index = slot};
  if (decree.kind == DecreeKind::command) {
    if (const auto command = kv::decode_command(decree.payload)) {
      result = store_.apply(slot, *command);
    } else {
      // The same on every replica: a decree that is no command changes nothing.
      ++malformed_;
      result.kind = ReplyKind::rejected;
    }
  }
  answer(slot, decree, result);
}

/// Answers whoever asked for what was proposed in the slot. Where another decree was chosen there,
/// theirs never will be: it was proposed in no other slot.
void Core::answer(Slot slot, const Decree& decree, const ClientReply& result) {
  const auto found = asked_.find(slot);
  if (found == asked_.end()) return;
  const Asked asked = found->second;
  asked_.erase(found);
  if (hash(decree) != asked.decree_hash)
    reply(asked.request, not_leader());
  else if (decree.kind == DecreeKind::configuration)
    change_asked_ = asked;  // answered when it is in force
  else
    reply(asked.request, result);
}

/// The ballot is lost. What was proposed may yet be chosen by another leader; what was not, and
/// reads, may simply be asked elsewhere.
void Core::abandon_requests() {
  const ClientReply unknown{.kind = ReplyKind::unknown,
                            .leader = leader_,
                            .detail = "leadership was lost before the command was chosen"};
  for (const auto& [slot, asked] : asked_) reply(asked.request, unknown);
  asked_.clear();
  if (change_asked_) reply(change_asked_->request, unknown);
  change_asked_.reset();
  for (const Waiting& waiting : waiting_)
    if (waiting.request != RequestId()) reply(waiting.request, not_leader());
  waiting_.clear();
  waiting_bytes_ = 0;
  const auto send_on = [this](const PendingRead& read) { reply(read.request, not_leader()); };
  for (const PendingRead& read : proposing_->waiting_reads) send_on(read);
  for (const ReadRound& round : proposing_->read_rounds)
    for (const PendingRead& read : round.reads) send_on(read);
  if (proposing_->joining) reply(proposing_->joining->request, not_leader());
}

}  // namespace eris::paxos
