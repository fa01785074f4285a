#include "harness/sim/world.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::sim {

using base::NodeId;
using namespace std::chrono_literals;

namespace {

std::vector<NodeId> first_nodes(unsigned count) {
  std::vector<NodeId> nodes;
  for (std::uint32_t number = 1; number <= count; ++number) nodes.emplace_back(number);
  return nodes;
}

model::Fields to_fields(const core::Beacon& beacon) {
  model::Fields fields;
  for (const auto& [name, value] : beacon.fields)
    fields.emplace_back(
        name, std::visit(
                  [](const auto& known) -> model::Value {
                    if constexpr (std::is_same_v<std::decay_t<decltype(known)>, std::string>)
                      return model::Value(std::string_view(known));
                    else
                      return model::Value(known);
                  },
                  value));
  return fields;
}

}  // namespace

World::World(ClusterOptions options)
    : options_(std::move(options)),
      rng_(options_.seed),
      network_(rng_.stream("network")),
      watcher_(options_.system->watch()),
      clients_(*options_.system, first_nodes(options_.nodes), options_.operation_timeout, *this) {
  const std::vector<NodeId> all = first_nodes(options_.nodes);
  for (const NodeId id : all) {
    base::Rng rng = rng_.stream(base::to_text(id));
    const adapters::SimulatedNode setup{.self = id, .all = all, .seed = rng.next()};
    nodes_.emplace(
        id, std::make_unique<Node>(setup, *options_.system, *watcher_, *this, rng.stream("disk")));
  }
}

base::Result<void> World::start() {
  for (auto& [id, node] : nodes_) {
    ERIS_CHECK_OK(node->start());
    say(id, "started");
  }
  while (!all_serve() && now_ < options_.ready_timeout) happen_next();
  if (!all_serve())
    return base::environment_error(
        fmt::format("the simulated nodes did not serve within {} of virtual time",
                    base::to_text(options_.ready_timeout)),
        {}, "raise ready-timeout, or look at the system's options");
  for (const auto& [id, node] : nodes_) say(id, "ready");
  return {};
}

bool World::all_serve() const {
  return std::ranges::all_of(nodes_, [&](const auto& entry) {
    const auto status = statuses_.find(entry.first);
    return status != statuses_.end() && status->second.serving;
  });
}

model::ClusterView World::view() const {
  model::ClusterView view;
  for (const auto& [id, node] : nodes_) {
    view.nodes.push_back({.id = id, .state = node->state()});
    const auto status = statuses_.find(id);
    if (node->state() == model::NodeState::dead || status == statuses_.end()) continue;
    if (!status->second.leads || (view.leader && status->second.term < *view.leader_term)) continue;
    view.leader = id;
    view.leader_term = status->second.term;
  }
  return view;
}

std::optional<run::ClusterEvent> World::next(base::Instant deadline) {
  while (events_.empty()) {
    const auto due = agenda_.due();
    if (!due || *due > deadline) {
      now_ = std::max(now_, deadline);
      return std::nullopt;
    }
    happen_next();
  }
  run::ClusterEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void World::stop() {
  clients_.stop();
}

void World::happen_next() {
  const auto due = agenda_.due();
  if (!due) {
    now_ = options_.ready_timeout;  // Nothing will ever happen again.
    return;
  }
  now_ = std::max(now_, *due);
  Happening what = agenda_.take();
  std::visit([this](auto& known) { (*this)(known); }, what);
  tell_violations();
}

// ---- what happens

void World::operator()(MessageArrives& arrival) {
  node(arrival.to).take(core::Received{arrival.from, std::move(arrival.message)});
}

void World::operator()(SyncEnds& sync) {
  node(sync.node).sync_ended(sync.incarnation, sync.count);
}

void World::operator()(TimerDue& timer) {
  node(timer.node).timer_due(timer.setting);
}

void World::operator()(RequestArrives& arrival) {
  Node& target = node(arrival.node);
  if (target.state() == model::NodeState::dead) {
    happens(now_ + network_.client_delay(),
            NoAnswerComes{.to = arrival.from, .why = adapters::NoAnswer::connect_refused});
    return;
  }
  const core::RequestId id = std::exchange(next_request_, next_request_.next());
  open_requests_.emplace(id, OpenRequest{.from = arrival.from, .node = arrival.node});
  watcher_->requested(id, arrival.request);
  target.take(core::Requested{id, std::move(arrival.request)});
}

// ---- what nodes and clients do

void World::send(NodeId from, core::Send send) {
  watcher_->sent(from, send.to, send.message);
  if (!nodes_.contains(send.to)) return;
  if (const auto takes = network_.carry({.from = from, .to = send.to}))
    happens(now_ + *takes,
            MessageArrives{.from = from, .to = send.to, .message = std::move(send.message)});
}

void World::reply(NodeId, core::Reply reply) {
  const auto open = open_requests_.find(reply.to);
  if (open == open_requests_.end()) return;
  watcher_->replied(reply.to, reply.reply);
  happens(now_ + network_.client_delay(),
          AnswerArrives{.to = open->second.from, .answer = std::move(reply.reply)});
  open_requests_.erase(open);
}

void World::stepped(NodeId id, const core::AnyCore& core) {
  const adapters::CoreStatus status = options_.system->status(core);
  const auto [known, fresh] = statuses_.try_emplace(id, status);
  if (!fresh && known->second == status) return;
  known->second = status;
  say(id, "beacon", to_fields(core.beacon()));
}

void World::ask(Try from, NodeId node, std::string request) {
  happens(now_ + network_.client_delay(),
          RequestArrives{.from = from, .node = node, .request = std::move(request)});
}

void World::finished(run::Completion completion) {
  events_.emplace_back(std::move(completion));
}

void World::say(NodeId node, std::string_view what, model::Fields fields) {
  events_.emplace_back(
      model::NodeEvent{.node = node, .what = std::string(what), .fields = std::move(fields)});
}

void World::tell_violations() {
  for (; violations_told_ < watcher_->violation_count(); ++violations_told_) {
    const adapters::Violation found = watcher_->violation(violations_told_);
    model::Value::List nodes;
    for (const NodeId id : found.nodes) nodes.emplace_back(std::string_view(base::to_text(id)));
    const NodeId first = found.nodes.empty() ? NodeId(1) : found.nodes.front();
    say(first, "invariant",
        {{"rule", model::Value(std::string_view(found.rule))},
         {"what", model::Value(std::string_view(found.what))},
         {"nodes", model::Value(std::move(nodes))},
         {"step", model::Value(static_cast<std::int64_t>(agenda_.taken()))}});
  }
}

}  // namespace eris::sim
