#include "harness/run/testing/fake_cluster.hpp"

#include <algorithm>
#include <utility>

#include "harness/base/assert.hpp"

namespace eris::run::testing {

namespace {

constexpr base::Duration start_time = std::chrono::milliseconds(300);

}  // namespace

FakeCluster::FakeCluster(FakeSettings settings)
    : settings_(std::move(settings)), rng_(settings_.seed) {
  for (std::uint32_t id = 1; id <= settings_.nodes; ++id)
    nodes_[base::NodeId(id)] = model::NodeState::running;
}

void FakeCluster::plan_event(base::Instant time, model::NodeEvent event) {
  schedule(time, std::move(event));
}

base::Result<void> FakeCluster::start() {
  now_ += start_time;
  for (const auto& [node, state] : nodes_) say(node, "started");
  if (settings_.start_error) return std::unexpected(*settings_.start_error);
  return {};
}

model::ClusterView FakeCluster::view() const {
  model::ClusterView view;
  for (const auto& [node, state] : nodes_) {
    view.nodes.push_back({node, state});
    if (settings_.has_leader && !view.leader && state == model::NodeState::running)
      view.leader = node;
  }
  view.leader_term = base::Term(elections_);
  return view;
}

void FakeCluster::invoke(const model::Op& op) {
  ERIS_ASSERT(!stopped_, "nothing is invoked on a stopped cluster");
  ERIS_ASSERT(busy_.insert(op.process).second, "a process has one operation open at a time");
  if (settings_.on_invoke) settings_.on_invoke(op);
  invoked_.push_back(op);
  const bool answered =
      settings_.serves && has_majority() && !rng_.chance(settings_.info_probability);
  if (!answered) {
    if (rng_.chance(0.5)) (void)execute(op);
    const auto when =
        settings_.forgets_operations ? base::Instant::max() : now_ + settings_.operation_timeout;
    return schedule(when, Completion{op, {model::Status::info, {}, "timeout"}});
  }
  const auto when = now_ + rng_.duration(settings_.latency_min, settings_.latency_max);
  if (rng_.chance(settings_.fail_probability))
    return schedule(when, Completion{op, {model::Status::fail, {}, "refused"}});
  schedule(when, Completion{op, execute(op)});
}

base::Result<model::Evidence> FakeCluster::apply(const model::FaultAction& action) {
  if (settings_.on_apply) settings_.on_apply(action);
  applied_.push_back(action);
  now_ += settings_.apply_time;
  if (settings_.apply_error)
    if (auto error = settings_.apply_error(action)) return std::unexpected(*std::move(error));
  if (const auto* kill = std::get_if<model::Kill>(&action)) {
    set_state(kill->nodes, model::NodeState::dead);
    for (const base::NodeId node : kill->nodes) say(node, "exited");
    ++elections_;
  } else if (const auto* restart = std::get_if<model::Restart>(&action)) {
    set_state(restart->nodes, model::NodeState::running);
    for (const base::NodeId node : restart->nodes) say(node, "started");
  } else if (const auto* pause = std::get_if<model::Pause>(&action)) {
    set_state(pause->nodes, model::NodeState::paused);
  } else if (const auto* resume = std::get_if<model::Resume>(&action)) {
    set_state(resume->nodes, model::NodeState::running);
  }
  return model::Evidence{.took_effect = settings_.shows_evidence, .facts = {}};
}

std::optional<ClusterEvent> FakeCluster::next(base::Instant deadline) {
  if (queue_.empty() || (queue_.top().time > deadline && !stopped_)) {
    now_ = std::max(now_, deadline);
    return std::nullopt;
  }
  if (!stopped_) now_ = std::max(now_, queue_.top().time);
  ClusterEvent event = queue_.top().event;
  queue_.pop();
  if (const auto* completion = std::get_if<Completion>(&event)) busy_.erase(completion->op.process);
  return event;
}

base::Result<void> FakeCluster::stop() {
  stopped_ = true;
  for (const auto& [node, state] : nodes_)
    if (state != model::NodeState::dead) say(node, "exited");
  if (settings_.stop_error) return std::unexpected(*settings_.stop_error);
  return {};
}

void FakeCluster::schedule(base::Instant time, ClusterEvent event) {
  queue_.push({time, order_++, std::move(event)});
}

void FakeCluster::say(base::NodeId node, std::string what) {
  schedule(now_, model::NodeEvent{node, std::move(what), {}});
}

void FakeCluster::set_state(const std::vector<base::NodeId>& nodes, model::NodeState state) {
  const auto before = state == model::NodeState::running ? std::optional<model::NodeState>()
                                                         : model::NodeState::running;
  for (const base::NodeId node : nodes) {
    ERIS_ASSERT(!before || nodes_.at(node) == *before, "only a running node can be struck");
    nodes_.at(node) = state;
  }
}

bool FakeCluster::has_majority() const {
  const auto running = std::ranges::count_if(
      nodes_, [](const auto& node) { return node.second == model::NodeState::running; });
  return 2 * static_cast<std::size_t>(running) > nodes_.size();
}

model::Outcome FakeCluster::execute(const model::Op& op) {
  namespace function = model::function;
  model::Value& held = store_[op.key];
  if (op.function == function::read) return {model::Status::ok, held, {}};
  if (op.function == function::cas) {
    if (held != op.argument.list()[0]) return {model::Status::fail, held, "differs"};
    held = op.argument.list()[1];
  } else {
    ERIS_ASSERT(op.function == function::write, "the fake store knows registers only");
    held = op.argument;
  }
  return {model::Status::ok, {}, {}};
}

}  // namespace eris::run::testing
