// Reconfiguration: a configuration is a decree like any other, and governs alpha slots later
// ("Paxos Made Simple", section 3). One change at a time.
#include <algorithm>
#include <utility>

#include "adapters/reference/paxos/core.hpp"

namespace eris::paxos {

using kv::ClientReply;
using kv::ReplyKind;

std::optional<ClientReply> Core::refuse_change() const {
  if (role_ != Role::leader) return not_leader();
  const auto rejected = [](const char* why) {
    return ClientReply{.kind = ReplyKind::rejected, .detail = why};
  };
  if (!may_serve_reads()) return rejected("the leader has not finished its recovery yet");
  const bool proposed =
      std::any_of(waiting_.begin(), waiting_.end(),
                  [](const Waiting& w) { return w.decree.kind == DecreeKind::configuration; }) ||
      std::any_of(log_.after(chosen_), log_.entries().end(), [](const auto& entry) {
        return entry.second.decree.kind == DecreeKind::configuration;
      });
  const bool not_in_force_yet = configurations_.latest_governs_from() > chosen_.next();
  if (proposed || not_in_force_yet || proposing_->joining)
    return rejected("another change of the configuration is in progress");
  return std::nullopt;
}

/// The server first shows that it is there, by a promise: one that is not would only make the
/// quorum larger. It need not catch up before it accepts.
void Core::request_change(RequestId id, const kv::AddServer& request) {
  if (const auto refused = refuse_change()) {
    reply(id, *refused);
    return;
  }
  const auto& [slot, configuration] = configurations_.latest();
  if (configuration.contains(request.server)) {
    reply(id, ClientReply{.index = slot});
    return;
  }
  if (request.server == NodeId()) {
    reply(id, ClientReply{.kind = ReplyKind::rejected, .detail = "there is no server 0"});
    return;
  }
  proposing_->joining = Joining{request.server, id, now_ + config_.timeouts.election_max};
  sync_peers();
  ask_for_promises();
}

void Core::request_change(RequestId id, const kv::RemoveServer& request) {
  if (const auto refused = refuse_change()) {
    reply(id, *refused);
    return;
  }
  auto [slot, configuration] = configurations_.latest();
  if (!configuration.contains(request.server)) {
    reply(id, ClientReply{.index = slot});
    return;
  }
  std::erase(configuration.members, request.server);
  if (configuration.members.empty()) {
    reply(id, ClientReply{.kind = ReplyKind::rejected, .detail = "the last member cannot go"});
    return;
  }
  wait_for_slot(id, configuration_decree(configuration));
}

/// Everyone who governs a slot that is not chosen yet, as far as that is known.
void Core::sync_peers() {
  std::set<NodeId> wanted = configurations_.members_from(chosen_.next());
  if (proposing_->joining) wanted.insert(proposing_->joining->server);
  wanted.erase(config_.self);
  std::erase_if(proposing_->peers, [&](const auto& peer) { return !wanted.contains(peer.first); });
  // Who comes back later promises anew: it may have lost its disk in between.
  std::erase_if(proposing_->promises, [&](const auto& promise) {
    return promise.first != config_.self && !wanted.contains(promise.first);
  });
  for (const NodeId node : wanted)
    proposing_->peers.try_emplace(node, Peer{.next = chosen_.next()});
}

/// The question outlives a ballot. So another leader may have changed the configuration since, and
/// what it left behind is known only when the recovery is done.
void Core::watch_joining() {
  if (!proposing_->joining) return;
  const Joining joining = *proposing_->joining;
  std::optional<ClientReply> answer;
  if (proposing_->promises.contains(joining.server) && may_serve_reads()) {
    proposing_->joining.reset();
    auto [slot, configuration] = configurations_.latest();
    answer = refuse_change();
    if (!answer && configuration.contains(joining.server)) answer = ClientReply{.index = slot};
    if (!answer) {
      auto& members = configuration.members;
      members.insert(std::lower_bound(members.begin(), members.end(), joining.server),
                     joining.server);
      wait_for_slot(joining.request, configuration_decree(configuration));
    }
  } else if (now_ >= joining.give_up_at) {
    proposing_->joining.reset();
    answer = ClientReply{.kind = ReplyKind::rejected, .detail = "the new server does not answer"};
  }
  if (!answer) return;
  sync_peers();
  reply(joining.request, *answer);
}

/// A configuration is in force when all slots before the first that it governs are chosen. Then its
/// client is told, and a leader that it does not contain goes.
///
/// Known limit: only this leader may know by then that they are chosen, and to find it out again
/// takes a quorum of those who governed them. A client that erases the removed server at once has
/// spent its disk as one of the losses that the old configuration bears: with another disk lost,
/// the cluster stands still (1 of 2,086 runs with every fault at once). What would mend it is to
/// wait until a quorum of the new members has recorded what is chosen.
void Core::watch_window() {
  const Slot slot = configurations_.latest().first;
  if (!proposing_ || proposing_->in_force == slot) return;
  if (configurations_.latest_governs_from() > chosen_.next()) return;
  proposing_->in_force = slot;
  if (change_asked_) {
    reply(change_asked_->request, ClientReply{.index = slot});
    change_asked_.reset();
  }
  sync_peers();
  if (role_ == Role::leader && !is_member()) {
    broadcast_heartbeat();
    become_follower(NodeId());
  }
}

}  // namespace eris::paxos
