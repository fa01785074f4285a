#include "adapters/reference/quorum/testing/commands.hpp"

#include <algorithm>
#include <string_view>

namespace eris::quorum::commands {

using std::chrono::milliseconds;

void showValue(const Setup& setup, std::ostream& out) {
  static constexpr std::string_view levels[] = {"usual", "one", "quorum", "all"};
  const Config& config = setup.config;
  out << fmt::format(
      "cluster {} replicas={} virtual={} checkpoint={} r={} w={}{}{}{}", setup.members,
      config.replication, config.virtual_nodes, config.limits.checkpoint_after_records,
      levels[static_cast<std::size_t>(config.read_level)],
      levels[static_cast<std::size_t>(config.write_level)], config.mode == Mode::abd ? " abd" : "",
      config.conflict == Conflict::siblings ? " siblings" : "", config.sloppy ? "" : " strict");
  if (setup.spares > 0) out << ", and " << base::count_of(setup.spares, "node") << " to be added";
}

System::System(const Setup& setup)
    : setup_(setup), cluster_(setup.members, setup.config), promises_(setup.config) {
  for (unsigned spare = 1; spare <= setup.spares; ++spare)
    cluster_.add_node(NodeId(setup.members + spare));
}

void System::ask(NodeId node, const ClientRequest& request, Place place) {
  const RequestId id = cluster_.request(node, request);
  promises_.asked(id, request);
  waiting_[id] = std::move(place);
}

/// Clients tell what they have seen, as real ones do.
void System::read(NodeId node, const Value& key, Level level, int client) {
  ask(node, ReadRequest{.key = key, .level = level, .seen = seen_[client]},
      {client, kv::to_text(key)});
}

void System::write(NodeId node, const Value& key, bool deleted, Level level, int client) {
  const Place place{client, kv::to_text(key)};
  WriteRequest write{.key = key, .deleted = deleted, .level = level, .seen = seen_[client]};
  if (!deleted) write.value = Value(++last_value_);
  if (setup_.config.conflict == Conflict::siblings) write.context = contexts_[place];
  ask(node, write, place);
}

/// As an administrator does it: asks the seed, and leaves as many members as there are replicas.
void System::change_ring(NodeId server, bool add) {
  for (const NodeId node : cluster_.nodes()) {
    if (!cluster_.is_up(node) || !cluster_.core(node).is_seed()) continue;
    const bool enough =
        cluster_.core(node).ring().state().members.size() > setup_.config.replication;
    if (add)
      cluster_.request(node, AddServer{server});
    else if (enough)
      cluster_.request(node, RemoveServer{server});
    return;
  }
}

void System::listen() {
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    const auto reply = cluster_.reply(waiting->first);
    if (!reply) {
      ++waiting;
      continue;
    }
    const auto& [client, key] = waiting->second;
    seen_[client] = std::max(seen_[client], reply->stamp.time);
    if (!reply->values.empty()) contexts_[waiting->second] = reply->context;
    promises_.answered(waiting->first, *reply);
    waiting = waiting_.erase(waiting);
  }
}

std::vector<ClientReply> System::read_everywhere(const Value& key) {
  std::vector<ClientReply> replies;
  for (const NodeId node : cluster_.nodes()) {
    const auto& members = cluster_.core(node).ring().state().members;
    if (std::ranges::find(members, node) == members.end()) continue;
    // What the node itself holds, where one replica is enough for an answer.
    const RequestId id = cluster_.request(node, ReadRequest{.key = key, .level = Level::one});
    cluster_.run_for(milliseconds(200));
    const auto reply = cluster_.reply(id);
    replies.push_back(reply.value_or(ClientReply{.kind = ReplyKind::unknown}));
  }
  return replies;
}

void System::come_to_rest() {
  listen();
  cluster_.heal();
  for (const NodeId node : cluster_.nodes()) cluster_.restart(node);
  cluster_.run_for(milliseconds(6000));
  listen();
  for (const Value& key : setup_.keys()) promises_.at_rest(key, read_everywhere(key));
  if (const auto broken = promises_.broken()) RC_FAIL(*broken);
}

}  // namespace eris::quorum::commands
