// Coordinating clients' operations: quorums, stand-ins, read repair, write-back.
#include <algorithm>

#include <fmt/format.h>

#include "adapters/reference/quorum/core.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {
namespace {

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::ranges::find(nodes, node) != nodes.end();
}

ClientReply reply_with(const Cell& cell) {
  ClientReply reply{.context = cell.clock, .stamp = latest(cell)};
  for (const Version& version : cell.versions)
    if (!version.deleted) reply.values.push_back(version.value);
  return reply;
}

ClientReply refusal(ReplyKind kind, std::string detail) {
  return {.kind = kind, .detail = std::move(detail)};
}

}  // namespace

void Core::request(RequestId id, std::string_view bytes) {
  const Origin origin{.request = id};
  if (bytes.size() > config_.limits.request_bytes_max) {
    answer(origin, refusal(ReplyKind::rejected, "the request is too large"));
    return;
  }
  auto request = decode_request(bytes);
  if (!request) {
    ++malformed_;
    answer(origin, refusal(ReplyKind::rejected, request.error().what));
  } else if (std::holds_alternative<StatusRequest>(*request)) {
    outputs_.emplace_back(core::Reply{id, encode(status())});
  } else if (const auto* add = std::get_if<AddServer>(&*request)) {
    request_membership(id, add->server, true);
  } else if (const auto* remove = std::get_if<RemoveServer>(&*request)) {
    request_membership(id, remove->server, false);
  } else {
    coordinate(origin, *std::move(request));
  }
}

void Core::coordinate(const Origin& origin, ClientRequest request) {
  if (!is_member(config_.self)) {
    answer(origin, refusal(ReplyKind::rejected, "this node is not in the ring"));
    return;
  }
  if (operations_.size() >= config_.limits.operations_max) {
    answer(origin, refusal(ReplyKind::rejected, "too many operations under way"));
    return;
  }
  if (auto* read = std::get_if<ReadRequest>(&request))
    begin_read(origin, std::move(*read));
  else if (auto* write = std::get_if<WriteRequest>(&request))
    begin_write(origin, std::move(*write));
}

void Core::begin_read(const Origin& origin, ReadRequest request) {
  clock_.observe(request.seen);
  StoredKey place = stored_key(request.key);
  if (!can_reach(place, Kind::read, request.level)) {
    answer(origin, refusal(ReplyKind::unavailable, "too few replicas can be reached"));
    return;
  }
  const OperationId id = add_operation({.kind = Kind::read,
                                        .origin = origin,
                                        .place = std::move(place),
                                        .key = std::move(request.key),
                                        .level = request.level});
  ask(id, operations_.at(id));
  progress(id);
}

void Core::begin_write(const Origin& origin, WriteRequest request) {
  // The bug: a writer's clock that does not go on from what its writer has seen.
  if (!has(Bug::client_clock_timestamps)) clock_.observe(request.seen);
  StoredKey place = stored_key(request.key);
  if (!can_reach(place, Kind::write, request.level)) {
    answer(origin, refusal(ReplyKind::unavailable, "too few replicas can be reached"));
    return;
  }
  // A sibling is numbered by a node that holds all that it numbered before (Dynamo, section 4.3).
  // While data moves, that is an owner of before.
  const bool numbers_siblings = config_.conflict == Conflict::siblings;
  if (numbers_siblings && !contains(ring_.groups(place.position).front(), config_.self) &&
      !has(Bug::clock_bumped_by_non_coordinator)) {
    forward(origin, request, place);
    return;
  }
  const OperationId id =
      add_operation({.kind = Kind::write,
                     .origin = origin,
                     .place = std::move(place),
                     .key = std::move(request.key),
                     .level = request.level,
                     .version = {.deleted = request.deleted,
                                 .value = request.deleted ? Value() : std::move(request.value)}});
  Operation& operation = operations_.at(id);
  // A register with many writers first asks for the latest stamp; Dynamo trusts its clock.
  if (config_.mode == Mode::dynamo) choose_version(operation, request.context);
  ask(id, operation);
  progress(id);
}

/// To one owner and once: sent twice, the write would be two.
void Core::forward(const Origin& origin, const WriteRequest& request, const StoredKey& place) {
  const std::vector<NodeId> owners = ring_.groups(place.position).front();
  const auto owner = std::ranges::find_if(owners, [this](NodeId node) { return alive(node); });
  if (owner == owners.end()) {
    answer(origin, refusal(ReplyKind::unavailable, "no replica of the key can be reached"));
    return;
  }
  if (origin.forwarder != NodeId()) {
    answer(origin, refusal(ReplyKind::rejected, "sent on to a node that does not hold the key"));
    return;
  }
  const OperationId id =
      add_operation({.kind = Kind::forward, .origin = origin, .place = place, .key = request.key});
  schedule(id, operations_.at(id), operations_.at(id).deadline);
  send(*owner, Forward{id, encode(ClientRequest(request))});
}

OperationId Core::add_operation(Operation operation) {
  const OperationId id = fresh_time();
  operation.deadline = now_ + config_.timeouts.request;
  Operation& added = operations_.emplace(id, std::move(operation)).first->second;
  schedule(id, added, now_ + config_.timeouts.resend);
  return id;
}

void Core::choose_version(Operation& operation, const VersionVector& context) {
  operation.phase = Phase::storing;
  const bool bare_clock =
      has(Bug::client_clock_timestamps) && config_.conflict == Conflict::last_write_wins;
  const HybridTime time = bare_clock ? to_hybrid(now_) + 1 : fresh_time();
  operation.version.stamp = {time, config_.self, ring_.state().stay_of(config_.self)};
  operation.cell = {};
  if (config_.conflict == Conflict::siblings) {
    // The whole cell travels: what this node numbered before goes with what it numbers now.
    const auto held = store_.find(operation.place);
    if (held != store_.end()) operation.cell = held->second.cell;
  }
  write(operation.cell, operation.version, context, rule());
}

/// Asks whoever of the owners has not answered yet, or others in their stead. This node comes
/// first, so that with siblings nobody has a version that its coordinator may forget in a crash.
void Core::ask(OperationId id, Operation& operation) {
  if (ring_.owns(config_.self, operation.place.position))
    ask_node(id, operation, config_.self, NodeId());
  for (const std::vector<NodeId>& owners : ring_.groups(operation.place.position))
    for (const NodeId owner : owners) {
      const bool done = operation.phase == Phase::storing ? operation.stored.contains(owner)
                                                          : operation.replies.contains(owner);
      if (done || owner == config_.self) continue;
      ask_node(id, operation, owner, NodeId());
      if (!alive(owner)) engage_stand_in(id, operation, owner);
    }
}

void Core::ask_node(OperationId id, Operation& operation, NodeId node, NodeId hint_for) {
  if (operation.phase != Phase::storing) {
    if (node == config_.self)
      note_reply(operation, node, known_here(operation.place));
    else
      send(node, Get{id, operation.key}, !reservation_is_durable());
    return;
  }
  if (node != config_.self) {
    // Nothing is promised of what this node has stored, except with siblings: there it must come
    // back knowing all that it numbered.
    const bool waits = config_.conflict == Conflict::siblings || !reservation_is_durable();
    send(node, Put{id, operation.key, operation.cell, hint_for, operation.kind == Kind::read},
         waits);
    return;
  }
  if (hint_for == NodeId())
    store(operation.key, operation.place, operation.cell);
  else
    keep_hint(hint_for, operation.key, operation.place, operation.cell);
  // The reply waits until this is durable.
  operation.stored.insert(node);
}

/// The next node along the ring that is there and does nothing for this operation yet.
void Core::engage_stand_in(OperationId id, Operation& operation, NodeId owner) {
  if (!uses_stand_ins(operation.kind)) return;
  for (const auto& [node, absent] : operation.stand_ins)
    if (absent == owner) {
      const bool done = operation.phase == Phase::storing ? operation.stored.contains(node)
                                                          : operation.replies.contains(node);
      if (!done) ask_node(id, operation, node, owner);
      return;
    }
  for (const NodeId node : ring_.stand_ins(operation.place.position)) {
    if (!alive(node) || operation.stand_ins.contains(node)) continue;
    operation.stand_ins.emplace(node, owner);
    ask_node(id, operation, node, owner);
    return;
  }
}

void Core::progress(OperationId id) {
  const auto found = operations_.find(id);
  if (found == operations_.end()) return;
  Operation& operation = found->second;
  if (operation.kind == Kind::forward) return;
  if (operation.phase == Phase::asking && enough(operation, Phase::asking, operation.replies)) {
    if (operation.kind == Kind::write) {
      for (const auto& [node, cell] : operation.replies) clock_.observe(latest(cell).time);
      choose_version(operation, {});
      ask(id, operation);
    } else {
      read_answered(id, operation);
    }
  }
  if (operation.phase == Phase::storing && !operation.answered &&
      (enough(operation, Phase::storing, operation.stored) ||
       (has(Bug::ack_before_w) && operation.kind == Kind::write)))
    finish_storing(operation);
  if (operation.answered) {
    const std::size_t heard =
        operation.phase == Phase::storing ? operation.stored.size() : operation.replies.size();
    std::set<NodeId> owners;
    for (const auto& group : ring_.groups(operation.place.position))
      owners.insert(group.begin(), group.end());
    if (heard >= owners.size() + operation.stand_ins.size()) {
      if (operation.phase == Phase::repairing) background_repair(operation);
      remove_operation(id);
    }
  }
}

/// Enough replicas told what they have. Where quorums meet, what is answered must first be where
/// the next read cannot miss it (Attiya, Bar-Noy and Dolev 1995). So it must while data moves: part
/// of a write may be at nobody but a server that is leaving, which gives away only what it had when
/// the change began. Elsewhere the others are repaired later.
void Core::read_answered(OperationId id, Operation& operation) {
  operation.cell = {};
  for (const auto& [node, cell] : operation.replies) join(operation.cell, cell, rule());
  const bool writes_back = quorums_meet(config_) || ring_.state().moving();
  if (!writes_back || has(Bug::no_write_back)) {
    answer(operation.origin, reply_with(operation.cell));
    operation.answered = true;
    operation.phase = Phase::repairing;
    return;
  }
  operation.phase = Phase::storing;
  for (const auto& [node, cell] : operation.replies)
    if (cell == operation.cell) operation.stored.insert(node);
  if (!enough(operation, Phase::storing, operation.stored)) ask(id, operation);
}

void Core::finish_storing(Operation& operation) {
  operation.answered = true;
  ClientReply reply = reply_with(operation.cell);
  if (operation.kind == Kind::write) {
    reply.values.clear();
    reply.stamp = operation.version.stamp;
  }
  answer(operation.origin, reply);
}

/// Read repair (Dynamo, section 5): whoever lacks something of what was found is sent it.
void Core::background_repair(const Operation& operation) {
  if (has(Bug::no_write_back)) return;
  Cell found;
  for (const auto& [node, cell] : operation.replies) join(found, cell, rule());
  if (found.empty()) return;
  for (const auto& [node, cell] : operation.replies) {
    if (cell == found || operation.stand_ins.contains(node)) continue;
    if (node == config_.self)
      store(operation.key, operation.place, found, has(Bug::read_repair_writes_older));
    else
      send(node, Put{.key = operation.key, .cell = found, .repair = true});
  }
}

void Core::operation_due(OperationId id) {
  Operation& operation = operations_.at(id);
  if (now_ >= operation.deadline) {
    operation_expired(operation);
    remove_operation(id);
    return;
  }
  schedule(id, operation, std::min(operation.deadline, now_ + config_.timeouts.resend));
  if (operation.phase == Phase::repairing) return;
  ask(id, operation);
  for (const auto& owners : ring_.groups(operation.place.position))
    for (const NodeId owner : owners)
      if (operation.phase == Phase::storing && !operation.stored.contains(owner))
        engage_stand_in(id, operation, owner);
  progress(id);
}

void Core::operation_expired(const Operation& operation) {
  if (operation.phase == Phase::repairing) background_repair(operation);
  if (operation.answered) return;
  if (operation.kind == Kind::write && operation.phase == Phase::asking) {
    answer(operation.origin,
           refusal(ReplyKind::unavailable, "too few replicas told their latest stamp"));
    return;
  }
  const bool is_write = operation.kind == Kind::write;
  ClientReply reply = refusal(
      is_write && has(Bug::partial_write_reported_failed) ? ReplyKind::unavailable
                                                          : ReplyKind::unknown,
      operation.kind == Kind::forward
          ? "the replica that was to coordinate did not answer in time"
          : fmt::format("{} answered in time", base::count_of(is_write ? operation.stored.size()
                                                                       : operation.replies.size(),
                                                              "replica")));
  if (is_write) reply.stamp = operation.version.stamp;
  answer(operation.origin, reply);
}

void Core::schedule(OperationId id, Operation& operation, Instant due) {
  operation_timers_.erase({operation.due, id});
  operation.due = due;
  operation_timers_.insert({due, id});
}

void Core::remove_operation(OperationId id) {
  const auto found = operations_.find(id);
  operation_timers_.erase({found->second.due, id});
  operations_.erase(found);
}

void Core::answer(const Origin& origin, const ClientReply& reply) {
  if (origin.forwarder != NodeId())
    send(origin.forwarder, ForwardReply{origin.forwarded, encode(reply)});
  else
    outputs_.emplace_back(core::Reply{origin.request, encode(reply)});
}

bool Core::uses_stand_ins(Kind kind) const {
  // Where quorums meet nobody can stand in: the two quorums would not.
  if (has(Bug::hint_counts_reads_ignore)) return kind == Kind::write;
  return config_.mode == Mode::dynamo && config_.sloppy;
}

/// Refuses at once what cannot succeed, so that the client knows that nothing was done.
bool Core::can_reach(const StoredKey& place, Kind kind, Level level) const {
  const auto count = [this](const std::vector<NodeId>& nodes) {
    return static_cast<std::size_t>(
        std::ranges::count_if(nodes, [this](NodeId node) { return alive(node); }));
  };
  const std::size_t others = uses_stand_ins(kind) ? count(ring_.stand_ins(place.position)) : 0;
  return std::ranges::all_of(ring_.groups(place.position), [&](const auto& owners) {
    return count(owners) + others >= level_count(level, kind, owners.size());
  });
}

std::size_t Core::level_count(Level level, Kind kind, std::size_t replicas) const {
  if (config_.mode == Mode::abd) level = Level::quorum;
  if (level == Level::usual) level = kind == Kind::read ? config_.read_level : config_.write_level;
  if (level == Level::quorum && has(Bug::r_plus_w_too_small))
    return std::max<std::size_t>(replicas / 2, 1);
  return count_of(level, replicas);
}

/// A read writes back to as many as the smallest read must meet.
std::size_t Core::needed(const Operation& operation, Phase phase, std::size_t replicas) const {
  if (config_.mode == Mode::abd) return level_count(Level::quorum, operation.kind, replicas);
  if (operation.kind == Kind::read && phase == Phase::storing)
    return replicas - level_count(Level::usual, Kind::read, replicas) + 1;
  return level_count(operation.level, operation.kind, replicas);
}

/// In each group of owners as many as needed; a stand-in counts for an owner that is not there.
template <typename Nodes>
bool Core::enough(const Operation& operation, Phase phase, const Nodes& nodes) const {
  return std::ranges::all_of(ring_.groups(operation.place.position), [&](const auto& owners) {
    std::size_t count = 0;
    for (const NodeId owner : owners)
      if (nodes.contains(owner)) ++count;
    for (const auto& [node, absent] : operation.stand_ins)
      if (nodes.contains(node) && contains(owners, absent) && !nodes.contains(absent)) ++count;
    return count >= needed(operation, phase, owners.size());
  });
}

/// A stand-in that keeps no hint of the key says nothing about it: the replica that it stands in
/// for may have been taken to be away by mistake.
void Core::note_reply(Operation& operation, NodeId from, const Cell& cell) {
  if (cell.empty() && operation.stand_ins.contains(from)) return;
  operation.replies.insert_or_assign(from, cell);
}

void Core::handle(NodeId from, const GetReply& message) {
  const auto found = operations_.find(message.operation);
  if (found == operations_.end() || found->second.phase == Phase::storing) return;
  note_reply(found->second, from, message.cell);
  progress(message.operation);
}

void Core::handle(NodeId from, const PutReply& message) {
  if (const auto sent = transfers_.find(message.operation); sent != transfers_.end()) {
    const Transfer transfer = sent->second;
    if (transfer.to != from) return;
    transfers_.erase(sent);
    transferred(transfer);
    return;
  }
  const auto found = operations_.find(message.operation);
  if (found == operations_.end() || found->second.phase != Phase::storing) return;
  found->second.stored.insert(from);
  progress(message.operation);
}

void Core::handle(NodeId from, const Forward& message) {
  const Origin origin{.forwarder = from, .forwarded = message.operation};
  auto request = decode_request(message.request);
  if (!request || !std::holds_alternative<WriteRequest>(*request)) {
    ++malformed_;
    return;
  }
  coordinate(origin, *std::move(request));
}

void Core::handle(NodeId, const ForwardReply& message) {
  const auto found = operations_.find(message.operation);
  if (found == operations_.end() || found->second.kind != Kind::forward) return;
  const auto reply = decode_reply(message.reply);
  if (!reply) {
    ++malformed_;
    return;
  }
  answer(found->second.origin, *reply);
  remove_operation(message.operation);
}

}  // namespace eris::quorum
