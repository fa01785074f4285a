// Membership, one server at a time (chapter 4), and leadership transfer (section 3.10).
#include <algorithm>
#include <utility>

#include "adapters/reference/raft/core.hpp"
#include "harness/base/assert.hpp"

namespace eris::raft {
namespace {

using kv::ClientReply;
using kv::ReplyKind;

/// A new server gets this many rounds to catch up (section 4.2.1).
constexpr unsigned catch_up_rounds_max = 10;

void insert_sorted(std::vector<NodeId>& nodes, NodeId node) {
  nodes.insert(std::lower_bound(nodes.begin(), nodes.end(), node), node);
}

}  // namespace

std::optional<ClientReply> Core::refuse_membership_change() const {
  if (role_ != Role::leader) return not_leader();
  const auto rejected = [](const char* why) {
    return ClientReply{.kind = ReplyKind::rejected, .detail = why};
  };
  // The flaw found in 2015 in the rule for single-server changes: without this, two leaders may
  // each change the same old configuration, into two that do not overlap.
  if (commit_ < leading_->first_index && !has(Bug::membership_before_own_term))
    return rejected("the leader has committed no entry of its own term yet");
  const bool changing = log_.configuration_index() > commit_ || leading_->promotion;
  if (changing && !has(Bug::overlapping_membership_changes))
    return rejected("another membership change is in progress");
  if (leading_->transfer) return rejected("leadership is being transferred");
  return std::nullopt;
}

void Core::request_membership(RequestId id, const kv::AddServer& request) {
  if (const auto refused = refuse_membership_change()) {
    reply(id, *refused);
    return;
  }
  Configuration configuration = log_.configuration();
  if (configuration.votes(request.server)) {
    reply(id, ClientReply{.index = log_.configuration_index()});
    return;
  }
  if (request.server == NodeId()) {
    reply(id, ClientReply{.kind = ReplyKind::rejected, .detail = "there is no server 0"});
    return;
  }
  leading_->promotion = Promotion{.server = request.server,
                                  .rounds = 0,
                                  .round_target = log_.last_index().next(),
                                  .round_started = now_,
                                  .request = id};
  if (configuration.learns(request.server)) {
    leading_->promotion->round_target = log_.last_index();
    watch_promotion();
    return;
  }
  insert_sorted(configuration.learners, request.server);
  propose_configuration(std::move(configuration));
}

void Core::request_membership(RequestId id, const kv::RemoveServer& request) {
  if (const auto refused = refuse_membership_change()) {
    reply(id, *refused);
    return;
  }
  Configuration configuration = log_.configuration();
  if (!configuration.contains(request.server)) {
    reply(id, ClientReply{.index = log_.configuration_index()});
    return;
  }
  std::erase(configuration.voters, request.server);
  std::erase(configuration.learners, request.server);
  if (configuration.voters.empty()) {
    reply(id, ClientReply{.kind = ReplyKind::rejected, .detail = "the last voter cannot go"});
    return;
  }
  propose_configuration(std::move(configuration));
  leading_->proposals.emplace(log_.last_index(), id);
}

/// In force from the moment it is in the log (section 4.1).
void Core::propose_configuration(Configuration configuration) {
  propose(configuration_entry(term_, configuration));
  sync_followers();
}

void Core::sync_followers() {
  const Configuration& configuration = log_.configuration();
  std::erase_if(leading_->followers, [&](const auto& follower) {
    if (configuration.contains(follower.first)) return false;
    if (has(Bug::next_index_kept_after_log_loss))
      remembered_.insert_or_assign(follower.first, follower.second);
    return true;
  });
  const auto add = [this](NodeId node) {
    if (node != config_.self) leading_->followers.try_emplace(node, first_progress(node));
  };
  for (const NodeId node : configuration.voters) add(node);
  for (const NodeId node : configuration.learners) add(node);
}

/// A leader knows nothing of a follower's log but what the follower says in this term (figure 3.1).
Core::Progress Core::first_progress(NodeId follower) const {
  Progress progress{.next = log_.last_index().next(), .answered_at = now_};
  const auto known = remembered_.find(follower);
  if (known == remembered_.end()) return progress;
  progress.match = known->second.match;
  progress.next = std::min(known->second.next, progress.next);
  return progress;
}

/// Catching up goes by rounds: each brings the learner to where the log ended when the round began.
/// When a round is shorter than an election timeout, so will be the wait once it votes (4.2.1).
void Core::watch_promotion() {
  if (!leading_->promotion) return;
  Promotion& promotion = *leading_->promotion;
  const auto found = leading_->followers.find(promotion.server);
  if (found == leading_->followers.end() || found->second.match < promotion.round_target) return;
  const bool quick = now_ - promotion.round_started < config_.timeouts.election_min;
  if (!quick && ++promotion.rounds >= catch_up_rounds_max) {
    if (promotion.request)
      reply(*promotion.request,
            ClientReply{.kind = ReplyKind::rejected, .detail = "the new server does not catch up"});
    leading_->promotion.reset();
    return;
  }
  if (!quick) {
    promotion.round_target = log_.last_index();
    promotion.round_started = now_;
    return;
  }
  if (log_.configuration_index() > commit_) return;
  Configuration configuration = log_.configuration();
  std::erase(configuration.learners, promotion.server);
  insert_sorted(configuration.voters, promotion.server);
  const std::optional<RequestId> request = promotion.request;
  leading_->promotion.reset();
  propose_configuration(std::move(configuration));
  if (request) leading_->proposals.emplace(log_.last_index(), *request);
}

/// A leader that has removed itself leads until then, and steps down now (section 4.2.2).
void Core::configuration_committed() {
  if (!log_.configuration().votes(config_.self))
    become_follower(term_, NodeId());
  else
    watch_promotion();
}

// ---- leadership transfer

void Core::request_transfer(RequestId id, const kv::TransferLeadership& request) {
  if (role_ != Role::leader) {
    reply(id, not_leader());
    return;
  }
  if (request.to == config_.self) {
    reply(id, ClientReply{.leader = config_.self});
    return;
  }
  if (!log_.configuration().votes(request.to) || leading_->transfer) {
    reply(id, ClientReply{.kind = ReplyKind::rejected,
                          .detail = leading_->transfer ? "a transfer is in progress already"
                                                       : "only a voter can become leader"});
    return;
  }
  leading_->transfer = LeadershipTransfer{.to = request.to,
                                          .give_up_at = now_ + config_.timeouts.election_max,
                                          .sent = false,
                                          .request = id};
  watch_transfer();
}

/// Once the target has the whole log, it is told to start an election at once; if nothing comes of
/// it within an election timeout, the leader goes on (section 3.10).
void Core::watch_transfer() {
  if (!leading_->transfer) return;
  LeadershipTransfer& transfer = *leading_->transfer;
  if (now_ >= transfer.give_up_at) {
    reply(transfer.request, ClientReply{.kind = ReplyKind::unknown,
                                        .leader = config_.self,
                                        .detail = "the target did not take over in time"});
    leading_->transfer.reset();
    return;
  }
  const auto found = leading_->followers.find(transfer.to);
  if (transfer.sent || found == leading_->followers.end()) return;
  if (found->second.match != log_.last_index()) return;
  transfer.sent = true;
  leading_->lease_forfeited = true;
  send(transfer.to, TimeoutNow{term_});
}

}  // namespace eris::raft
