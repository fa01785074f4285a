// The ring and its changes; data moves while clients are served.
//
// The seed of a ring, its lowest member, makes the next one. A change takes two steps. In the first
// both layouts count: operations need enough owners in each, and every node gives what it holds to
// the new owners. When all have said that they are done, the seed makes the second ring, which has
// the new layout only; what a node then holds and does not own it keeps until the owners have it.
// Nobody acts on an old ring: replicas tell coordinators that do of the newer one.
#include <algorithm>

#include "adapters/reference/quorum/core.hpp"

namespace eris::quorum {

void Core::gossip() {
  // Hints too: once it has left, nobody takes anything from it.
  const bool leaves = !std::ranges::binary_search(ring_.state().members, config_.self);
  const bool done_moving =
      ring_.state().moving() && left_to_move_.empty() && !(leaves && !hints_.empty());
  for (const NodeId node : ring_.state().everyone())
    if (node != config_.self) send(node, Gossip{}, false);
  if (!done_moving) return;
  if (is_seed())
    moved(config_.self);
  else
    send(ring_.seed(), Moved{});
}

void Core::request_membership(RequestId id, NodeId server, bool add) {
  const auto refuse = [&](const char* why) {
    answer({.request = id}, {.kind = ReplyKind::rejected, .detail = why});
  };
  const RingState& now = ring_.state();
  if (now.version == 0 || !is_seed()) return refuse("only the lowest member changes the ring");
  if (now.moving()) return refuse("the ring is changing already");
  if (server == NodeId()) return refuse("there is no server 0");
  // Asked again by one who did not hear the answer.
  if (std::ranges::binary_search(now.members, server) == add) return answer({.request = id}, {});
  if (!add && now.members.size() == 1) return refuse("it is the last member");
  RingState next{.version = now.version + 1,
                 .members = now.members,
                 .leaving = now.members,
                 .stays = now.stays};
  if (add) {
    next.members.push_back(server);
    next.stays[server] = next.version;
  } else {
    std::erase(next.members, server);
  }
  std::ranges::sort(next.members);
  adopt(std::move(next));
  // Answered when the data has moved: only then may a server that leaves forget what it has.
  change_ = PendingChange{.request = id, .moving = ring_.version()};
}

void Core::adopt(RingState ring) {
  const RingState& before = ring_.state();
  const bool was_out = !std::ranges::binary_search(before.members, config_.self);
  const bool is_new_stay = was_out || before.stay_of(config_.self) != ring.stay_of(config_.self);
  if (is_new_stay && std::ranges::binary_search(ring.members, config_.self)) forget_earlier_stay();
  ring_ = Ring(std::move(ring), config_.virtual_nodes, config_.replication);
  append(RingRecord{ring_.state()});
  for (const NodeId node : ring_.state().everyone()) heard_at_.try_emplace(node, now_);
  rebuild_trees();
  transfers_.clear();
  collections_.clear();
  moved_.clear();
  left_to_move_.clear();
  if (ring_.state().moving()) start_moving();
  for (const NodeId node : ring_.state().everyone())
    if (node != config_.self) send(node, RingUpdate{ring_.state()});
  for (auto& [id, operation] : operations_) begin_again(id, operation);
  // No later ring is made before the change is in force.
  if (change_ && ring_.version() > change_->moving)
    answer({.request = std::exchange(change_, std::nullopt)->request}, {});
}

/// What it kept from an earlier stay is old, and may even have been deleted since; so is what it
/// was about to have stored. It goes before the ring is written: after a crash in between, nothing
/// would tell that it is to go.
void Core::forget_earlier_stay() {
  while (!store_.empty()) drop(store_.begin()->first, Dropped::left);
  while (!operations_.empty()) {
    const auto& [id, operation] = *operations_.begin();
    if (!operation.answered)
      answer(operation.origin,
             {.kind = ReplyKind::unknown, .detail = "the node was not in the ring for a while"});
    remove_operation(id);
  }
}

/// An operation under way needs other replicas now, and those that have answered are asked again: a
/// server that left and came back with an empty disk has not what it had when it answered.
void Core::begin_again(OperationId id, Operation& operation) {
  if (!operation.answered && operation.kind != Kind::forward) {
    operation.replies.clear();
    operation.stored.clear();
    operation.stand_ins.clear();
  }
  schedule(id, operation, std::min(operation.deadline, now_ + config_.timeouts.gossip));
}

/// What the new owners must have before they alone are asked.
void Core::start_moving() {
  left_to_move_.clear();
  if (has(Bug::rebalancing_drops_range)) return;
  for (const auto& [place, entry] : store_) {
    const auto groups = ring_.groups(place.position);
    if (groups.size() < 2) continue;
    for (const NodeId owner : groups.back())
      if (owner != config_.self && std::ranges::find(groups.front(), owner) == groups.front().end())
        left_to_move_.insert({place, owner});
  }
}

void Core::move_cells(std::size_t& left) {
  if (!ring_.state().moving()) return;
  for (const auto& [place, to] : left_to_move_) {
    if (left == 0) return;
    const auto held = store_.find(place);
    if (held == store_.end() || !alive(to)) continue;
    send_transfer({Transfer::Why::move, place, to, NodeId(), hash(held->second.cell)},
                  held->second);
    --left;
  }
}

/// The seed counts who has nothing left to give.
void Core::moved(NodeId by) {
  moved_.insert(by);
  const RingState& now = ring_.state();
  const bool everybody =
      std::ranges::all_of(now.everyone(), [this](NodeId node) { return moved_.contains(node); });
  if (!everybody) return;
  RingState next{.version = now.version + 1, .members = now.members, .stays = now.stays};
  std::erase_if(next.stays, [&](const auto& stay) {
    return !std::ranges::binary_search(next.members, stay.first);
  });
  adopt(std::move(next));
}

void Core::handle(NodeId, const Gossip&) {}

void Core::handle(NodeId, const RingUpdate& message) {
  if (message.ring.version <= ring_.version() || message.ring.members.empty()) return;
  adopt(message.ring);
}

void Core::handle(NodeId from, const Moved&) {
  if (is_seed() && ring_.state().moving()) moved(from);
}

}  // namespace eris::quorum
