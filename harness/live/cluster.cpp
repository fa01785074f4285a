#include "harness/live/cluster.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/live/client_pool.hpp"
#include "harness/live/event_queue.hpp"
#include "harness/live/network.hpp"
#include "harness/live/node_set.hpp"
#include "harness/live/prober.hpp"
#include "harness/live/readiness.hpp"

namespace eris::live {

namespace {

using Clock = std::chrono::steady_clock;
using model::Evidence;

/// How long nodes may take to end in an orderly manner before they are killed.
constexpr auto shutdown_grace = std::chrono::seconds(5);

std::string name_of(const model::Link& link) {
  return fmt::format("{}→{}", base::to_text(link.from), base::to_text(link.to));
}

/// The sum first, then each link that dropped something.
Evidence to_evidence(const std::vector<LinkEvidence>& links, bool cutting) {
  Evidence evidence;
  std::uint64_t dropped = 0;
  std::int64_t cut = 0;
  for (const LinkEvidence& seen : links) {
    dropped += seen.packets_dropped;
    cut += seen.cut ? 1 : 0;
  }
  evidence.took_effect = dropped > 0;
  evidence.facts.emplace_back(cutting ? "links cut" : "links still cut", model::Value(cut));
  evidence.facts.emplace_back("packets dropped", model::Value(static_cast<std::int64_t>(dropped)));
  for (const LinkEvidence& seen : links)
    if (seen.packets_dropped > 0)
      evidence.facts.emplace_back(name_of(seen.link) + " packets dropped",
                                  model::Value(static_cast<std::int64_t>(seen.packets_dropped)));
  return evidence;
}

/// What the kernel shows must be what was asked for.
base::Result<Evidence> checked(base::Result<std::vector<LinkEvidence>> links, bool cut) {
  if (!links) return std::unexpected(std::move(links).error());
  for (const LinkEvidence& seen : *links)
    if (cut && !seen.cut)
      return base::environment_error(
          fmt::format("the kernel does not show the cut of {}", name_of(seen.link)),
          "neighbour entries", "something else changes the virtual network; report this");
  return to_evidence(*links, cut);
}

/// A user namespace in which an ordinary user appears as root maps one user id only.
bool is_real_root() {
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0, outside = 0, count = 0;
  map >> inside >> outside >> count;
  return ::geteuid() == 0 && outside == 0 && count > 1;
}

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

}  // namespace

struct Cluster::State {
  ClusterOptions options;
  Clock::time_point began = Clock::now();
  bool external = false;
  std::vector<adapters::NodeAddress> addresses;
  model::Fields versions;

  // In the order of dependency: each uses only what stands above it.
  std::shared_ptr<EventQueue> queue = std::make_shared<EventQueue>();
  std::optional<VirtualNetwork> network;
  std::unique_ptr<NodeSet> nodes;
  std::unique_ptr<Prober> prober;
  std::unique_ptr<ClientPool> clients;

  base::Result<void> make_nodes();
  base::Result<void> wait_until_ready();
  void say_ready(base::NodeId node, std::string_view how_long, Clock::time_point since);
  int clients_namespace() const { return network ? network->clients_namespace() : -1; }
};

base::Result<void> Cluster::State::make_nodes() {
  const auto log_directory = options.run_directory / "nodes";
  std::error_code code;
  std::filesystem::create_directories(log_directory, code);
  if (code)
    return base::system_error("cannot make the directory for the nodes' logs", code.value(),
                              log_directory, "is the disk full?");
  ERIS_TRY(network, VirtualNetwork::create(options.nodes));
  NodeSetOptions set{.system = options.system,
                     .log_directory = std::filesystem::absolute(log_directory),
                     .data_directory = std::filesystem::absolute(options.data_directory),
                     .seed = options.seed};
  for (std::uint32_t number = 1; number <= options.nodes; ++number) {
    const base::NodeId id(number);
    addresses.push_back({.id = id, .host = VirtualNetwork::address_of(id)});
    set.network_namespaces[id] = network->node_namespace(id);
  }
  set.addresses = addresses;
  nodes = std::make_unique<NodeSet>(
      std::move(set), [events = queue](model::NodeEvent event) { events->push(std::move(event)); });
  for (const auto& address : addresses) ERIS_CHECK_OK(nodes->launch(address.id));
  return {};
}

void Cluster::State::say_ready(base::NodeId node, std::string_view how_long,
                               Clock::time_point since) {
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since).count();
  queue->push(model::NodeEvent{
      .node = node,
      .what = "ready",
      .fields = {{std::string(how_long), model::Value(std::int64_t{milliseconds})}}});
}

base::Result<void> Cluster::State::wait_until_ready() {
  const auto since = Clock::now();
  return wait_until_all_serve({.system = options.system,
                               .network_namespace = clients_namespace(),
                               .timeout = options.ready_timeout},
                              addresses, nodes.get(), [this, since](base::NodeId node) {
                                say_ready(node, "milliseconds to serve", since);
                              });
}

Cluster::Cluster(ClusterOptions options) : state_(std::make_unique<State>()) {
  ERIS_ASSERT(options.system != nullptr, "a cluster needs a system");
  state_->options = std::move(options);
  state_->addresses = state_->options.system->external_nodes();
  state_->external = !state_->addresses.empty();
}

Cluster::~Cluster() {
  static_cast<void>(stop());
}

base::Result<void> Cluster::start() {
  State& state = *state_;
  ERIS_TRY(state.versions, state.options.system->versions());
  if (!state.external) ERIS_CHECK_OK(state.make_nodes());
  ERIS_CHECK_OK(state.wait_until_ready());
  if (!state.external)
    state.prober =
        std::make_unique<Prober>(ProberOptions{.system = state.options.system,
                                               .addresses = state.addresses,
                                               .network_namespace = state.clients_namespace()},
                                 *state.nodes, [&state](base::NodeId node) {
                                   state.say_ready(node, "milliseconds into the run", state.began);
                                 });
  state.clients = std::make_unique<ClientPool>(
      ClientPoolOptions{.system = state.options.system,
                        .addresses = state.addresses,
                        .network_namespace = state.clients_namespace(),
                        .concurrency = state.options.concurrency,
                        .operation_timeout = state.options.operation_timeout},
      state.queue);
  return {};
}

base::Instant Cluster::now() const {
  return Clock::now() - state_->began;
}

model::ClusterView Cluster::view() const {
  if (state_->nodes) return state_->nodes->view();
  model::ClusterView view;
  for (const auto& address : state_->addresses) view.nodes.push_back({.id = address.id});
  return view;
}

void Cluster::invoke(const model::Op& op) {
  ERIS_ASSERT(state_->clients != nullptr, "operations come between start and stop");
  state_->clients->invoke(op);
}

base::Result<Evidence> Cluster::apply(const model::FaultAction& action) {
  if (!state_->nodes || !state_->network)
    return base::environment_error("faults need nodes that Eris starts itself",
                                   model::to_text(action),
                                   "run without faults, or without endpoints of your own");
  NodeSet& nodes = *state_->nodes;
  VirtualNetwork& network = *state_->network;
  return std::visit(
      Overloaded{[&](const model::Cut& cut) { return checked(network.cut(cut.links), true); },
                 [&](const model::Heal& heal) { return checked(network.heal(heal.links), false); },
                 [&](const model::Kill& kill) { return nodes.kill(kill.nodes); },
                 [&](const model::Restart& restart) {
                   auto evidence = nodes.restart(restart.nodes);
                   for (const base::NodeId node : restart.nodes)
                     state_->prober->ask_when_serving(node);
                   return evidence;
                 },
                 [&](const model::Pause& pause) { return nodes.pause(pause.nodes); },
                 [&](const model::Resume& resume) { return nodes.resume(resume.nodes); },
                 [&](const auto&) -> base::Result<Evidence> {
                   // Plans that ask for one are refused; see EntrySchema::engines.
                   return base::environment_error("processes cannot be made to suffer this yet",
                                                  model::to_text(action), "use --engine sim");
                 }},
      action);
}

std::optional<run::ClusterEvent> Cluster::next(base::Instant deadline) {
  const auto until = state_->began + deadline;
  for (;;) {
    auto wake = until;
    if (state_->clients) {
      state_->clients->give_up_hanging();
      if (const auto hang = state_->clients->next_hang_deadline()) wake = std::min(wake, *hang);
    }
    if (auto event = state_->queue->pop(wake)) return event;
    if (Clock::now() >= until) return std::nullopt;
  }
}

model::Fields Cluster::versions() const {
  return state_->versions;
}

model::Fields Cluster::environment() const {
  utsname system{};
  ::uname(&system);
  return {
      {"kernel", model::Value(fmt::format("{} {}", system.sysname, system.release))},
      {"machine", model::Value(static_cast<const char*>(system.machine))},
      {"processors", model::Value(static_cast<std::int64_t>(std::thread::hardware_concurrency()))},
      {"user", model::Value(is_real_root() ? "root" : "rootless")},
      {"network", model::Value(state_->external ? "host" : "namespaces")}};
}

base::Result<void> Cluster::stop() {
  if (state_->clients) state_->clients->stop();
  state_->clients.reset();
  state_->prober.reset();
  if (state_->nodes) state_->nodes->shut_down(shutdown_grace);
  return {};
}

}  // namespace eris::live
