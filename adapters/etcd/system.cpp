#include "adapters/etcd/system.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "adapters/etcd/client.hpp"
#include "adapters/etcd/installed_version.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::adapters::etcd {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint16_t client_port = 2379;
constexpr std::uint16_t peer_port = 2380;

std::string url(const std::string& host, std::uint16_t port) {
  return "http://" + to_text(Endpoint{.address = host, .port = port});
}

std::string initial_cluster(const std::vector<NodeAddress>& nodes) {
  std::string text;
  for (const NodeAddress& node : nodes)
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", base::to_text(node.id),
                        url(node.host, peer_port));
  return text;
}

std::string milliseconds(base::Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

EtcdSystem::EtcdSystem(Settings settings) : settings_(std::move(settings)) {}

base::Result<model::Fields> EtcdSystem::versions() const {
  if (!settings_.external.empty()) return external_versions();
  ERIS_TRY(std::string version, installed_version(settings_.program));
  return model::Fields{{"etcd", model::Value(version)}};
}

base::Result<model::Fields> EtcdSystem::external_versions() const {
  std::vector<std::string> asked;
  for (const Endpoint& endpoint : settings_.external) {
    asked.push_back(to_text(endpoint));
    HttpConnection connection(endpoint);
    const auto answer =
        connection.exchange({.method = "GET", .target = "/version"}, Clock::now() + 2s);
    const auto version = answer ? decode_version(*answer) : std::nullopt;
    if (version) return model::Fields{{"etcd", model::Value(*version)}};
  }
  return base::environment_error("no etcd answers at " + base::join_words(asked),
                                 "option endpoints", "is it running, and reachable from here?");
}

Launch EtcdSystem::launch(const NodeSetup& setup) const {
  ERIS_ASSERT(settings_.external.empty(), "nodes that someone else runs are not started");
  const std::string client_url = url(setup.self.host, client_port);
  const std::string peer_url = url(setup.self.host, peer_port);
  Launch launch;
  const auto program = find_program(settings_.program);
  // Missing since versions() found it: starting the bare name then says so in the usual way.
  launch.program = program ? program->string() : program_name;
  launch.arguments = {
      "--name", base::to_text(setup.self.id),
      // A folder below, since etcd wants to make it itself with the permissions it likes.
      "--data-dir", (setup.data_directory / "etcd").string(), "--listen-client-urls", client_url,
      "--advertise-client-urls", client_url, "--listen-peer-urls", peer_url,
      "--initial-advertise-peer-urls", peer_url,
      // Ignored by a node that finds its data, so that a restart takes the same arguments.
      "--initial-cluster", initial_cluster(setup.all), "--initial-cluster-state", "new",
      "--initial-cluster-token", "eris", "--snapshot-count",
      std::to_string(settings_.snapshot_count), "--heartbeat-interval",
      milliseconds(settings_.heartbeat_interval), "--election-timeout",
      milliseconds(settings_.election_timeout), "--logger", "zap", "--log-level", "warn"};
  return launch;
}

NodeStatus EtcdSystem::probe(const NodeAddress& node, base::Duration timeout) const {
  const Deadline deadline = Clock::now() + timeout;
  HttpConnection connection(endpoint_of(node));
  NodeStatus seen;
  const auto answer =
      connection.exchange({.target = "/v3/maintenance/status", .body = "{}"}, deadline);
  const auto status = answer ? decode_status(*answer) : std::nullopt;
  if (!status) return seen;
  seen.term = status->term;
  if (!status->leader) return seen;
  seen.leader = leader_of(*status, node.id, connection, deadline);

  const model::Op read{.process = {}, .function = model::function::read, .key = {}, .argument = {}};
  const auto request = encode(read, settings_.key_prefix + "probe/", ReadMode::linearizable);
  ERIS_ASSERT(request.has_value(), "a read of nil can be written down");
  const auto value = connection.exchange(*request, deadline);
  seen.serving = value && decode(read, *value);
  return seen;
}

/// Member ids are hashes, so that only the list of members tells which node has which.
std::optional<base::NodeId> EtcdSystem::leader_of(const MemberStatus& status, base::NodeId asked,
                                                  HttpConnection& connection,
                                                  Deadline deadline) const {
  if (status.leader == status.member) return asked;
  const auto answer =
      connection.exchange({.target = "/v3/cluster/member/list", .body = "{}"}, deadline);
  if (!answer) return std::nullopt;
  for (const Member& member : decode_members(*answer))
    if (member.id == status.leader) return node_of(member);
  return std::nullopt;
}

std::optional<base::NodeId> EtcdSystem::node_of(const Member& member) const {
  if (settings_.external.empty()) return base::parse_node(member.name);
  for (const NodeAddress& node : external_nodes())
    for (const char* scheme : {"http://", "https://"})
      if (std::ranges::find(member.client_urls, scheme + to_text(endpoint_of(node))) !=
          member.client_urls.end())
        return node.id;
  return std::nullopt;
}

Endpoint EtcdSystem::endpoint_of(const NodeAddress& node) const {
  if (settings_.external.empty()) return {.address = node.host, .port = client_port};
  ERIS_ASSERT(node.id.value >= 1 && node.id.value <= settings_.external.size(),
              "external nodes are numbered as external_nodes() gave them");
  return settings_.external[node.id.value - 1];
}

std::unique_ptr<Client> EtcdSystem::connect(const std::vector<NodeAddress>& nodes,
                                            base::ProcessId process) const {
  ERIS_ASSERT(!nodes.empty(), "a client needs a node to talk to");
  ClientSettings client;
  for (const NodeAddress& node : nodes) client.endpoints.push_back(endpoint_of(node));
  client.first = static_cast<std::size_t>(process.value % nodes.size());
  client.key_prefix = settings_.key_prefix;
  client.read_mode = settings_.read_mode;
  return std::make_unique<EtcdClient>(std::move(client));
}

std::string EtcdSystem::promised_consistency() const {
  return settings_.read_mode == ReadMode::linearizable ? "linearizable" : "convergent";
}

std::vector<model::Function> EtcdSystem::functions() const {
  return {model::function::read, model::function::write, model::function::cas,
          model::function::remove};
}

std::vector<NodeAddress> EtcdSystem::external_nodes() const {
  std::vector<NodeAddress> nodes;
  for (const Endpoint& endpoint : settings_.external)
    nodes.push_back({.id = base::NodeId(static_cast<std::uint32_t>(nodes.size() + 1)),
                     .host = endpoint.address});
  return nodes;
}

}  // namespace eris::adapters::etcd
