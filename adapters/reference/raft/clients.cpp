// Clients (chapter 6): requests, applying what is committed, replies.
#include <utility>

#include <fmt/format.h>

#include "adapters/reference/raft/core.hpp"
#include "harness/base/assert.hpp"

namespace eris::raft {

using kv::ClientReply;
using kv::ReplyKind;

void Core::request(RequestId id, std::string_view bytes) {
  if (bytes.size() > config_.limits.request_bytes_max) {
    reply(id, {.kind = ReplyKind::rejected, .detail = "the request is too large"});
    return;
  }
  auto request = kv::decode_request(bytes);
  if (!request) {
    ++malformed_;
    reply(id, {.kind = ReplyKind::rejected, .detail = request.error().what});
    return;
  }
  if (auto* command = std::get_if<kv::Command>(&*request))
    request_command(id, std::move(*command));
  else if (std::holds_alternative<kv::StatusRequest>(*request))
    request_status(id);
  else if (const auto* add = std::get_if<kv::AddServer>(&*request))
    request_membership(id, *add);
  else if (const auto* remove = std::get_if<kv::RemoveServer>(&*request))
    request_membership(id, *remove);
  else
    request_transfer(id, std::get<kv::TransferLeadership>(*request));
}

void Core::request_command(RequestId id, kv::Command command) {
  if (role_ != Role::leader) {
    reply(id, not_leader());
    return;
  }
  if (command.function == kv::Function::read) {
    request_read(id, std::move(command.key));
    return;
  }
  if (leading_->transfer) {
    reply(id, {.kind = ReplyKind::rejected, .detail = "leadership is being transferred"});
    return;
  }
  if (overloaded()) {
    reply(id, {.kind = ReplyKind::rejected, .detail = "too many uncommitted entries"});
    return;
  }
  propose({term_, EntryKind::command, kv::encode_command(command)});
  leading_->proposals.emplace(log_.last_index(), id);
}

void Core::request_status(RequestId id) {
  const Configuration& configuration = log_.configuration();
  const bool learner = !configuration.votes(config_.self);
  kv::NodeStatus status{
      .role = std::string(learner && role_ == Role::follower ? "learner" : to_text(role_)),
      .term = term_,
      .leader = leader_,
      .commit = commit_,
      .applied = applied_,
      .last = log_.last_index(),
      .voters = configuration.voters,
      .learners = configuration.learners,
      .serving = role_ == Role::leader && may_serve_reads()};
  put_out(core::Reply{id, kv::encode(status)});
}

/// Bounded queues: a leader that cannot commit says so instead of collecting work.
bool Core::overloaded() const {
  const std::uint64_t entries = log_.last_index().value - commit_.value;
  return entries >= config_.limits.uncommitted_entries_max ||
         log_.payload_bytes_after(commit_) >= config_.limits.uncommitted_bytes_max;
}

/// Section 6.2: sends the client on to whom this node takes for the leader.
ClientReply Core::not_leader() const {
  return {.kind = ReplyKind::not_leader, .leader = leader_ == config_.self ? NodeId() : leader_};
}

void Core::apply_committed() {
  const bool at_once = role_ == Role::leader && has(Bug::apply_before_commit);
  const LogIndex limit = at_once ? log_.last_index() : commit_;
  while (applied_ < limit && log_.holds(applied_.next())) apply_entry(applied_.next());
}

void Core::apply_entry(LogIndex index) {
  const Entry& entry = log_.at(index);
  applied_ = index;
  ClientReply answer{.index = index};
  if (entry.kind == EntryKind::command) {
    if (const auto command = kv::decode_command(entry.payload)) {
      answer = store_.apply(index, *command);
    } else {
      // The same on every replica: an entry that is no command changes nothing.
      ++malformed_;
      answer.kind = ReplyKind::rejected;
    }
  }
  if (role_ != Role::leader) return;
  answer_proposal(index, answer);
  if (entry.kind == EntryKind::configuration) configuration_committed();
}

void Core::answer_proposal(LogIndex index, const ClientReply& answer) {
  const auto found = leading_->proposals.find(index);
  if (found == leading_->proposals.end()) return;
  reply(found->second, answer);
  leading_->proposals.erase(found);
}

/// Leadership is lost. Entries appended here may yet be committed by another leader, even where
/// this node's own log loses them; reads have no effect and may simply be asked elsewhere.
void Core::abandon_requests() {
  const ClientReply unknown{.kind = ReplyKind::unknown,
                            .leader = leader_,
                            .detail = "leadership was lost before the entry was committed"};
  for (const auto& [index, id] : leading_->proposals) reply(id, unknown);
  const auto send_on = [this](const PendingRead& read) { reply(read.request, not_leader()); };
  for (const PendingRead& read : leading_->waiting_reads) send_on(read);
  for (const ReadRound& round : leading_->read_rounds)
    for (const PendingRead& read : round.reads) send_on(read);
  if (leading_->promotion && leading_->promotion->request)
    reply(*leading_->promotion->request, unknown);
  if (leading_->transfer)
    reply(
        leading_->transfer->request,
        {.kind = leading_->transfer->sent ? ReplyKind::ok : ReplyKind::unknown, .leader = leader_});
}

}  // namespace eris::raft
