// Reconfiguration: a configuration is a decree like any other, and governs alpha slots later
// ("Paxos Made Simple", section 3). One change at a time.
#include <algorithm>
#include <utility>

#include "adapters/reference/paxos/core.hpp"
#include "adapters/reference/paxos/quorum.hpp"

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
  if (proposed || !latest_is_in_force() || proposing_->joining)
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
  const bool may_change = may_serve_reads() && latest_is_in_force();
  if (proposing_->promises.contains(joining.server) && may_change) {
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

bool Core::latest_is_in_force() const {
  return proposing_->in_force == configurations_.latest().first;
}

/// Whether nobody needs the servers of the configuration before the latest one any more.
///
/// All slots that they govern must be chosen, and a quorum of the new members must have that on its
/// disks. While only the leader knows, to find it out again takes a quorum of those who governed
/// them: a removed server that is erased by then is one of the losses that they bear, and with
/// another disk lost the cluster would stand still. A later leader has the promises of a quorum of
/// the new members; one of those tells it that all of these slots are chosen, and by which decrees.
bool Core::former_configuration_is_free() const {
  const Slot last = configurations_.latest_waits_for();
  if (chosen_ < last) return false;
  const Configuration& latest = configurations_.latest().second;
  const std::size_t recorded = count_members(latest, [&](NodeId member) {
    if (member == config_.self) return durable_chosen_ >= last;
    const auto found = proposing_->peers.find(member);
    return found != proposing_->peers.end() && found->second.recorded >= last;
  });
  return recorded >= quorum_size(latest);
}

/// Then the client is told that the latest configuration is in force, and a leader that it does not
/// contain goes. Each leader finds this out for itself: heartbeats are repeated, and their answers
/// say what is on record.
void Core::watch_window() {
  if (role_ != Role::leader || latest_is_in_force() || !former_configuration_is_free()) return;
  const Slot slot = configurations_.latest().first;
  proposing_->in_force = slot;
  if (change_asked_) {
    reply(change_asked_->request, ClientReply{.index = slot});
    change_asked_.reset();
  }
  sync_peers();
  if (!is_member()) {
    broadcast_heartbeat();
    become_follower(NodeId());
  }
}

}  // namespace eris::paxos
