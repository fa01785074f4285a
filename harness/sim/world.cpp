#include "harness/sim/world.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::sim {

using base::NodeId;
using namespace std::chrono_literals;

namespace {

/// Whose answers go to the administrator; no process of a workload gets that far.
constexpr base::ProcessId administrator_process{~std::uint64_t{0}};
/// Two clocks that nobody looks after differ by seconds a day; one in a thousand is a bad one.
constexpr std::int64_t drift_ppm_max = 50'000;

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
      system_(options_.system),
      rng_(options_.seed),
      chance_(rng_.stream("chance")),
      network_(rng_.stream("network"), options_.quirks),
      clients_(*system_, first_nodes(options_.nodes), options_.operation_timeout, *this),
      administrator_(*system_, *this) {
  if (options_.quirks.tuned)
    if (std::shared_ptr<const adapters::SimulatedSystem> tuned =
            system_->tuned(rng_.stream("system")))
      system_ = std::move(tuned);
  tolerance_ = system_->tolerance();
  watcher_ = system_->watch();
  for (const NodeId id : first_nodes(options_.nodes)) add_member(id);
}

void World::add_member(NodeId id) {
  ERIS_ASSERT(id.value == members_.size() + 1,
              "nodes are numbered in the order in which they come");
  base::Rng rng = rng_.stream(base::to_text(id));
  // Half of what two clocks may differ by, and no more than clocks do that nobody looks after.
  const std::int64_t drift_max =
      std::min(tolerance_.clock_drift_ppm / 2, drift_ppm_max) * options_.quirks.drift_percent / 100;
  members_.push_back({});
  members_.back().node = std::make_unique<Node>(
      Node::Parts{.setup = {.self = id, .all = first_nodes(options_.nodes), .seed = rng.next()},
                  .system = *system_,
                  .watcher = *watcher_,
                  .world = *this,
                  .quirks = options_.quirks,
                  .clock = NodeClock(rng.between(-drift_max, drift_max)),
                  .rng = std::move(rng)});
}

base::Result<void> World::start() {
  for (Member& each : members_) {
    ERIS_CHECK_OK(each.node->load());
    say(each.node->id(), "started");
    each.node->begin();
  }
  while (!all_serve() && now_ < options_.ready_timeout) happen_next();
  if (!all_serve())
    return base::environment_error(
        fmt::format("the simulated nodes did not serve within {} of virtual time",
                    base::to_text(options_.ready_timeout)),
        {}, "raise ready-timeout, or look at the system's options");
  for (const Member& each : members_) say(each.node->id(), "ready");
  return {};
}

bool World::all_serve() const {
  return std::ranges::all_of(
      members_, [](const Member& each) { return each.status && each.status->serving; });
}

model::ClusterView World::view() const {
  model::ClusterView view{.tolerance = tolerance_};
  for (const Member& each : members_) {
    const NodeId id = each.node->id();
    view.nodes.push_back({.id = id,
                          .state = each.node->state(),
                          .member = !administrator_.has_left(id),
                          .joined = id.value > options_.nodes,
                          .disk_lost = each.disk_lost});
    if (!each.status || !each.status->leads) continue;
    if (view.leader && each.status->term < *view.leader_term) continue;
    view.leader = id;
    view.leader_term = each.status->term;
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
  if (!awkward_ends_.empty()) look_for_awkward_moments();
  tell_violations();
}

void World::pass(base::Duration duration, const std::function<bool()>& done) {
  const base::Instant until = now_ + duration;
  while (!done || !done()) {
    const auto due = agenda_.due();
    if (!due || *due > until) {
      now_ = until;
      return;
    }
    happen_next();
  }
}

// ---- what happens

void World::operator()(MessageArrives& arrival) {
  if (!network_.is_open({.from = arrival.from, .to = arrival.to}, arrival.connection)) return;
  member(arrival.to).node->take(core::Received{arrival.from, std::move(arrival.message)});
}

void World::operator()(SyncEnds& sync) {
  member(sync.node).node->sync_ended(sync.incarnation, sync.count);
}

void World::operator()(TimerDue& timer) {
  member(timer.node).node->timer_due(timer.setting);
}

void World::operator()(RequestArrives& arrival) {
  Member& target = member(arrival.node);
  const auto refuse = [&](adapters::NoAnswer why) {
    happens(now_ + network_.client_delay(), NoAnswerComes{.to = arrival.from, .why = why});
  };
  if (target.node->state() == model::NodeState::dead)
    return refuse(adapters::NoAnswer::connect_refused);
  if (options_.quirks.lost_requests.strike(chance_))
    return refuse(adapters::NoAnswer::connection_lost);
  const core::RequestId id = std::exchange(next_request_, next_request_.next());
  target.open.push_back({.id = id, .from = arrival.from});
  watcher_->requested(id, arrival.request);
  target.node->take(core::Requested{id, std::move(arrival.request)});
}

void World::operator()(AnswerArrives& answer) {
  if (answer.to.process == administrator_process)
    administrator_.answered(answer.to.number, answer.answer);
  else
    clients_.answered(answer);
}

// ---- what nodes and clients do

void World::send(NodeId from, core::Send&& send) {
  watcher_->sent(from, send.to, send.message);
  if (exists(send.to)) transmit({.from = from, .to = send.to}, std::move(send.message));
}

void World::transmit(model::Link link, std::string&& message) {
  const Arrivals arrivals = network_.carry(now_, link, message);
  const auto arrive = [&](base::Instant at, std::string&& copy) {
    happens(at, MessageArrives{.from = link.from,
                               .to = link.to,
                               .message = std::move(copy),
                               .connection = arrivals.connection});
  };
  if (arrivals.count > 1) arrive(arrivals.at[1], std::string(message));
  if (arrivals.count > 0) arrive(arrivals.at[0], std::move(message));
}

void World::reply(NodeId from, core::Reply&& reply) {
  std::vector<OpenRequest>& open = member(from).open;
  const auto found = std::ranges::find(open, reply.to, &OpenRequest::id);
  if (found == open.end()) return;
  const Try to = found->from;
  open.erase(found);
  watcher_->replied(reply.to, reply.reply);
  const base::Instant at = now_ + network_.client_delay();
  if (options_.quirks.lost_answers.strike(chance_))
    happens(at, NoAnswerComes{.to = to, .why = adapters::NoAnswer::connection_lost});
  else
    happens(at, AnswerArrives{.to = to, .answer = std::move(reply.reply)});
}

void World::stepped(NodeId id, const core::AnyCore& core) {
  std::optional<adapters::CoreStatus>& known = member(id).status;
  const adapters::CoreStatus status = system_->status(core);
  if (known == status) return;
  known = status;
  say(id, "beacon", to_fields(core.beacon()));
}

void World::gives_up(NodeId id, const base::Error& why) {
  end_quietly(member(id), &Node::kill);
  say(id, "exited",
      {{"how", model::Value("gave up")},
       {"why", model::Value(std::string_view(base::to_text(why)))}});
}

void World::break_connections(Member& ended) {
  for (const OpenRequest& open : std::exchange(ended.open, {}))
    happens(now_ + network_.client_delay(),
            NoAnswerComes{.to = open.from, .why = adapters::NoAnswer::connection_lost});
}

void World::ask(Try from, NodeId node, std::string request) {
  happens(now_ + network_.client_delay(),
          RequestArrives{.from = from, .node = node, .request = std::move(request)});
}

void World::ask_as_administrator(std::uint64_t number, NodeId node, std::string request) {
  ask({.process = administrator_process, .number = number}, node, std::move(request));
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
