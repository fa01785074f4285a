// What the nodes told of themselves: roles and terms from beacons, starts and exits.
#include <algorithm>
#include <map>

#include "reports/summary.hpp"

namespace eris::reports {

namespace {

using NodeEvent = model::Timed<model::NodeEvent>;

std::optional<std::uint64_t> term_of(const model::Fields& fields) {
  const model::Value* term = find(fields, "term");
  if (term == nullptr || !term->is_integer() || term->integer() < 0) return std::nullopt;
  return static_cast<std::uint64_t>(term->integer());
}

std::string role_of(const model::Fields& fields) {
  const model::Value* role = find(fields, "role");
  return role != nullptr && role->is_text() ? std::string(role->text()) : std::string("unknown");
}

/// Ends the role that is open, if any, and begins another unless it is the same one.
void enter_role(NodeSummary& node, std::string role, std::optional<std::uint64_t> term, Instant at,
                Instant end) {
  if (!node.roles.empty()) {
    RoleSpan& last = node.roles.back();
    if (last.role == role && last.term == term) return;
    last.span.to = at;
  }
  node.roles.push_back({std::move(role), term, {at, end}});
}

void take_event(NodeSummary& node, const NodeEvent& event, Instant end) {
  if (event.event.what == "beacon") {
    ++node.beacons;
    node.last_beacon = event.event.fields;
    enter_role(node, role_of(event.event.fields), term_of(event.event.fields), event.time, end);
  } else if (event.event.what == "exited") {
    ++node.exits;
    enter_role(node, "down", std::nullopt, event.time, end);
  } else if (event.event.what == "started") {
    ++node.starts;
    if (!node.roles.empty()) enter_role(node, "starting", std::nullopt, event.time, end);
  }
}

std::vector<LeaderSpan> leaders_of(const std::vector<NodeSummary>& nodes) {
  std::vector<LeaderSpan> leaders;
  for (const NodeSummary& node : nodes)
    for (const RoleSpan& role : node.roles)
      if (role.role == "leader") leaders.push_back({node.node, role.term, role.span});
  std::ranges::stable_sort(leaders, {}, [](const LeaderSpan& leader) { return leader.span.from; });
  return leaders;
}

}  // namespace

void summarize_nodes(const model::History& history, Summary& summary) {
  std::map<base::NodeId, NodeSummary> by_id;
  // Nodes that never said a word belong in the table too.
  for (unsigned id = 1; id <= history.header.plan.nodes; ++id)
    by_id[base::NodeId(id)].node = base::NodeId(id);
  for (const NodeEvent& event : history.nodes) {
    NodeSummary& node = by_id[event.event.node];
    node.node = event.event.node;
    take_event(node, event, summary.end);
    if (event.event.what != "beacon")
      summary.incidents.push_back(
          {event.time, event.event.node, event.event.what, event.event.fields});
  }
  for (auto& [id, node] : by_id) {
    for (const RoleSpan& role : node.roles)
      if (role.role == "leader") node.led += role.span.to - role.span.from;
    summary.nodes.push_back(std::move(node));
  }
  summary.leaders = leaders_of(summary.nodes);
}

}  // namespace eris::reports
