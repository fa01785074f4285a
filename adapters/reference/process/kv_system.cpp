#include "adapters/reference/process/kv_system.hpp"

#include <map>
#include <system_error>

#include <fmt/format.h>

#include "adapters/program.hpp"
#include "adapters/reference/client/network/blocking_client.hpp"
#include "adapters/reference/client/network/node_connection.hpp"
#include "adapters/reference/client/session.hpp"
#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/process/ports.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::reference {
namespace {

/// Beside the running program first, so that a build or an installation uses its own nodes.
std::filesystem::path usual_program(const std::string& name) {
  std::error_code failed;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) {
    const std::filesystem::path folder = self.parent_path();
    for (const auto& place : {folder, folder.parent_path() / "libexec" / "eris"})
      if (adapters::is_program(place / name)) return place / name;
  }
  return adapters::program_in_path(name);
}

model::OptionSchema port_option(const char* name, std::uint16_t port, const char* whom) {
  return {.name = name,
          .kind = model::OptionKind::integer,
          .default_value = std::int64_t{port},
          .help = fmt::format("TCP port at which each node listens for {}", whom),
          .minimum = 1,
          .maximum = 65535};
}

}  // namespace

model::OptionSchema bug_option(std::vector<std::string> names) {
  return {.name = "bug",
          .kind = model::OptionKind::text_list,
          .default_value = std::vector<std::string>{},
          .help = "Bugs to plant; none by default",
          .choices = std::move(names)};
}

std::vector<model::OptionSchema> node_options(const char* program_name,
                                              const NodeSettings& defaults) {
  using enum model::OptionKind;
  return {
      adapters::program_option(
          fmt::format("{} beside eris, in ../libexec/eris from there, or in PATH", program_name)),
      {.name = "heartbeat",
       .kind = duration,
       .default_value = defaults.heartbeat,
       .help = "How often a leader is heard from at least",
       .minimum = 0.001,
       .maximum = 60},
      {.name = "election-min",
       .kind = duration,
       .default_value = defaults.election_min,
       .help = "The shortest silence after which a follower wants an election",
       .minimum = 0.01,
       .maximum = 60},
      {.name = "election-max",
       .kind = duration,
       .default_value = defaults.election_max,
       .help = "The longest such silence; each node draws its own each time",
       .minimum = 0.01,
       .maximum = 60},
      {.name = "snapshot-every",
       .kind = integer,
       .default_value = defaults.snapshot_every,
       .help = "Applied entries from one snapshot to the next",
       .minimum = 1},
      {.name = "fsync",
       .kind = boolean,
       .default_value = true,
       .help = "Whether the log is synced to the disk; without, only kill -9 is survived"},
      port_option("peer-port", default_peer_port, "the others"),
      port_option("client-port", default_client_port, "clients"),
  };
}

base::Result<NodeSettings> read_settings(const model::Options& options) {
  NodeSettings settings{.program = options.text("program"),
                        .bugs = options.text_list("bug"),
                        .fsync = options.boolean("fsync"),
                        .heartbeat = options.duration("heartbeat"),
                        .election_min = options.duration("election-min"),
                        .election_max = options.duration("election-max"),
                        .snapshot_every = options.integer("snapshot-every"),
                        .peer_port = static_cast<std::uint16_t>(options.integer("peer-port")),
                        .client_port = static_cast<std::uint16_t>(options.integer("client-port"))};
  if (settings.peer_port == settings.client_port)
    return base::usage_error("peer-port and client-port are the same", {}, "give them two ports");
  return settings;
}

base::Result<std::filesystem::path> find_program(const std::string& usual,
                                                 const std::string& named) {
  if (!named.empty()) return adapters::find_named_program(named);
  if (auto found = usual_program(usual); !found.empty()) return found;
  return base::environment_error(
      fmt::format("cannot find {}", usual), "beside this program, in ../libexec/eris, in PATH",
      fmt::format("build the target {} or install Eris (cmake --install)", usual));
}

base::Result<model::Fields> KvSystem::versions() const {
  ERIS_TRY(const std::filesystem::path program, find_program(program_name_, settings_.program));
  // Another build does not tell its version; its place is what is known of it.
  return model::Fields{
      {program_name_, model::Value(settings_.program.empty() ? ERIS_VERSION : program.string())}};
}

adapters::Launch KvSystem::launch(const adapters::NodeSetup& setup) const {
  std::map<base::NodeId, NodePorts> nodes;
  for (const adapters::NodeAddress& node : setup.all)
    nodes[node.id] = {.peers = {node.host, settings_.peer_port},
                      .clients = {node.host, settings_.client_port}};
  const auto program = find_program(program_name_, settings_.program);
  adapters::Launch launch{
      // Missing since versions() found it: starting the bare name then says so in the usual way.
      .program = program ? program->string() : program_name_,
      .arguments = {"--id", base::to_text(setup.self.id), "--peers", peers_to_text(nodes), "--data",
                    setup.data_directory.string(), "--seed", std::to_string(setup.seed),
                    "--heartbeat", base::to_text(settings_.heartbeat), "--election-min",
                    base::to_text(settings_.election_min), "--election-max",
                    base::to_text(settings_.election_max), "--snapshot-every",
                    std::to_string(settings_.snapshot_every)}};
  if (!settings_.fsync) launch.arguments.emplace_back("--no-fsync");
  for (std::string& argument : own_arguments()) launch.arguments.push_back(std::move(argument));
  for (const std::string& bug : settings_.bugs)
    launch.arguments.insert(launch.arguments.end(), {"--bug", bug});
  return launch;
}

adapters::NodeStatus KvSystem::probe(const adapters::NodeAddress& node,
                                     base::Duration timeout) const {
  client::NodeConnection connection({node.host, settings_.client_port});
  const auto answer = connection.exchange(kv::encode(kv::ClientRequest(kv::StatusRequest{})),
                                          std::chrono::steady_clock::now() + timeout);
  if (!answer) return {};
  const auto status = kv::decode_status(*answer);
  if (!status) return {};
  adapters::NodeStatus seen{.term = status->term};
  if (status->leader != base::NodeId()) seen.leader = status->leader;
  const bool follows = seen.leader && *seen.leader != node.id;
  seen.serving = status->serving || follows;
  return seen;
}

std::unique_ptr<adapters::Client> KvSystem::connect(const std::vector<adapters::NodeAddress>& nodes,
                                                    base::ProcessId process) const {
  ERIS_ASSERT(!nodes.empty(), "a client needs a node to talk to");
  std::vector<base::NodeId> ids;
  std::vector<client::ClientNode> endpoints;
  for (const adapters::NodeAddress& node : nodes) {
    ids.push_back(node.id);
    endpoints.push_back({.id = node.id, .endpoint = {node.host, settings_.client_port}});
  }
  const auto first = static_cast<std::size_t>(process.value % nodes.size());
  return std::make_unique<client::BlockingClient>(
      std::make_unique<client::Session>(std::move(ids), first), std::move(endpoints));
}

std::vector<model::Function> KvSystem::functions() const {
  return {model::function::read,   model::function::write,  model::function::cas,
          model::function::append, model::function::remove, model::function::increment};
}

}  // namespace eris::reference
