#include "adapters/reference/quorum/process/adapter.hpp"

#include <map>
#include <utility>

#include "adapters/program.hpp"
#include "adapters/reference/client/network/blocking_client.hpp"
#include "adapters/reference/client/network/node_connection.hpp"
#include "adapters/reference/process/kv_system.hpp"
#include "adapters/reference/process/ports.hpp"
#include "adapters/reference/quorum/bugs.hpp"
#include "adapters/reference/quorum/client/session.hpp"
#include "adapters/reference/quorum/requests.hpp"
#include "adapters/reference/quorum/simulated/system.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {
namespace {

using reference::default_client_port;
using reference::default_peer_port;
using reference::NodePorts;

constexpr const char* program_name = "eris-quorum";

constexpr const char* explanation =
    R"(Eris' own key-value store without a leader, in the manner of Dynamo (DeCandia et al. 2007):
every node coordinates, each key is held by N nodes (option replication), a read asks R of them and
a write W (options read-level, write-level: one, quorum, all). It exists so that Eris itself can be
tested, and to show what such systems do not promise.

What it promises depends on its options, and the check follows:
- mode abd: linearizable. A write first asks for the latest stamp, a read writes back what it found
  (Attiya, Bar-Noy and Dolev 1995).
- mode dynamo with sloppy off and R + W > N, conflict lww: causal-convergent, not linearizable. Two
  clients that know nothing of each other are ordered by their coordinators' clocks, so that an
  acknowledged write may lose to one that was finished before it began.
- mode dynamo otherwise, conflict lww: convergent. Sloppy quorums need not meet; replicas agree when
  faults have ended.
- conflict siblings: lossless, of sets (workload set). Concurrent versions are all kept until a
  client unites them, so nothing that was acknowledged is lost. A node that left the ring and comes
  back numbers its writes under another name than before.

There is nothing to compare and set with: give the workload register the weight cas = 0.

Bugs are planted with the option bug, one name or several; `eris list bugs` names them, and
`eris explain quorum/no-write-back` says what was forgotten, what a user sees, and with which
options.)";

std::vector<model::OptionSchema> consistency_options() {
  using enum model::OptionKind;
  return {
      reference::bug_option(bugs::names(all_bugs())),
      {.name = "mode",
       .kind = choice,
       .default_value = std::string("dynamo"),
       .help = "dynamo (available, reconciled later) or abd (an atomic register: linearizable)",
       .choices = {"dynamo", "abd"}},
      {.name = "conflict",
       .kind = choice,
       .default_value = std::string("lww"),
       .help = "What becomes of concurrent writes: lww (the later stamp wins) or siblings (all are "
               "kept for a client to unite; values are sets)",
       .choices = {"lww", "siblings"}},
      {.name = "replication",
       .kind = integer,
       .default_value = std::int64_t{3},
       .help = "N: how many nodes hold each key, or all of them where there are fewer",
       .minimum = 1,
       .maximum = 100},
      {.name = "read-level",
       .kind = choice,
       .default_value = std::string("quorum"),
       .help = "R: how many replicas answer a read; mode abd always asks a quorum",
       .choices = {"one", "quorum", "all"}},
      {.name = "write-level",
       .kind = choice,
       .default_value = std::string("quorum"),
       .help = "W: how many replicas store a write before it is acknowledged",
       .choices = {"one", "quorum", "all"}},
      {.name = "sloppy",
       .kind = boolean,
       .default_value = true,
       .help = "Whether other nodes stand in for replicas that are away (mode dynamo)"},
  };
}

std::vector<model::OptionSchema> running_options() {
  using enum model::OptionKind;
  const Config defaults;
  return {
      adapters::program_option(
          "eris-quorum beside eris, in ../libexec/eris from there, or in PATH"),
      {.name = "anti-entropy",
       .kind = boolean,
       .default_value = true,
       .help = "Whether replicas compare their hash trees"},
      {.name = "virtual-nodes",
       .kind = integer,
       .default_value = static_cast<std::int64_t>(defaults.virtual_nodes),
       .help = "Places of each node on the ring",
       .minimum = 1,
       .maximum = 1024},
      {.name = "tombstone-grace",
       .kind = duration,
       .default_value = defaults.timeouts.tombstone_grace,
       .help = "How long a deletion is remembered at least",
       .minimum = 0.1,
       .maximum = 1e6},
      {.name = "fsync",
       .kind = boolean,
       .default_value = true,
       .help = "Whether the log is synced to the disk; without, only kill -9 is survived"},
      {.name = "peer-port",
       .kind = integer,
       .default_value = std::int64_t{default_peer_port},
       .help = "TCP port at which each node listens for the others",
       .minimum = 1,
       .maximum = 65535},
      {.name = "client-port",
       .kind = integer,
       .default_value = std::int64_t{default_client_port},
       .help = "TCP port at which each node listens for clients",
       .minimum = 1,
       .maximum = 65535},
  };
}

std::vector<model::OptionSchema> options() {
  std::vector<model::OptionSchema> all = consistency_options();
  for (model::OptionSchema& option : running_options()) all.push_back(std::move(option));
  return all;
}

base::Result<Config> config_from(const model::Options& options, unsigned nodes) {
  Config config{.self = NodeId(1)};
  for (unsigned node = 1; node <= nodes; ++node) config.members.emplace_back(node);
  ERIS_TRY(config.mode, parse_mode(options.text("mode")));
  ERIS_TRY(config.conflict, parse_conflict(options.text("conflict")));
  config.replication = static_cast<std::size_t>(options.integer("replication"));
  ERIS_TRY(config.read_level, parse_level(options.text("read-level")));
  ERIS_TRY(config.write_level, parse_level(options.text("write-level")));
  config.sloppy = options.boolean("sloppy");
  config.anti_entropy = options.boolean("anti-entropy");
  config.virtual_nodes = static_cast<std::size_t>(options.integer("virtual-nodes"));
  config.timeouts.tombstone_grace = options.duration("tombstone-grace");
  ERIS_TRY(config.bugs, bugs::find_all(all_bugs(), options.text_list("bug")));
  // Fewer nodes than replicas: each holds everything.
  config.replication = std::min<std::size_t>(config.replication, nodes);
  ERIS_CHECK_OK(validate(config));
  return config;
}

/// What Config says, as flags of the program.
std::vector<std::string> arguments_from(const model::Options& options, const Config& config) {
  std::vector<std::string> arguments{"--mode",
                                     options.text("mode"),
                                     "--conflict",
                                     options.text("conflict"),
                                     "--replication",
                                     std::to_string(config.replication),
                                     "--read-level",
                                     options.text("read-level"),
                                     "--write-level",
                                     options.text("write-level"),
                                     "--virtual-nodes",
                                     std::to_string(config.virtual_nodes),
                                     "--tombstone-grace",
                                     base::to_text(config.timeouts.tombstone_grace)};
  if (!config.sloppy) arguments.emplace_back("--strict");
  if (!config.anti_entropy) arguments.emplace_back("--no-anti-entropy");
  if (!options.boolean("fsync")) arguments.emplace_back("--no-fsync");
  for (const std::string& bug : options.text_list("bug"))
    arguments.insert(arguments.end(), {"--bug", bug});
  return arguments;
}

base::Result<std::unique_ptr<adapters::System>> make(const model::Options& options,
                                                     unsigned nodes) {
  ERIS_TRY(Config config, config_from(options, nodes));
  Settings settings{.program = options.text("program"),
                    .arguments = arguments_from(options, config),
                    .peer_port = static_cast<std::uint16_t>(options.integer("peer-port")),
                    .client_port = static_cast<std::uint16_t>(options.integer("client-port"))};
  if (settings.peer_port == settings.client_port)
    return base::usage_error("peer-port and client-port are the same", {}, "give them two ports");
  return std::make_unique<System>(std::move(settings), std::move(config));
}

}  // namespace

adapters::SystemType system_type() {
  return {.schema = {.name = "quorum",
                     .summary = "Eris' own quorum key-value store, Dynamo's or ABD's, correct or "
                                "with planted bugs",
                     .explanation = explanation,
                     .options = options(),
                     .parts = reference::bug_entries(all_bugs())},
          .make = &make};
}

base::Result<model::Fields> System::versions() const {
  ERIS_TRY(const std::filesystem::path program,
           reference::find_program(program_name, settings_.program));
  // Another build does not tell its version; its place is what is known of it.
  return model::Fields{
      {program_name, model::Value(settings_.program.empty() ? ERIS_VERSION : program.string())}};
}

adapters::Launch System::launch(const adapters::NodeSetup& setup) const {
  std::map<NodeId, NodePorts> nodes;
  for (const adapters::NodeAddress& node : setup.all)
    nodes[node.id] = {.peers = {node.host, settings_.peer_port},
                      .clients = {node.host, settings_.client_port}};
  const auto program = reference::find_program(program_name, settings_.program);
  adapters::Launch launch{
      // Missing since versions() found it: starting the bare name then says so in the usual way.
      .program = program ? program->string() : program_name,
      .arguments = {"--id", base::to_text(setup.self.id), "--peers",
                    reference::peers_to_text(nodes), "--data", setup.data_directory.string(),
                    "--seed", std::to_string(setup.seed)}};
  launch.arguments.insert(launch.arguments.end(), settings_.arguments.begin(),
                          settings_.arguments.end());
  return launch;
}

adapters::NodeStatus System::probe(const adapters::NodeAddress& node,
                                   base::Duration timeout) const {
  client::NodeConnection connection({node.host, settings_.client_port});
  const auto answer = connection.exchange(encode(ClientRequest(StatusRequest{})),
                                          std::chrono::steady_clock::now() + timeout);
  if (!answer) return {};
  const auto status = decode_status(*answer);
  return {.serving = status && status->serving};
}

std::unique_ptr<adapters::Client> System::connect(const std::vector<adapters::NodeAddress>& nodes,
                                                  base::ProcessId process) const {
  ERIS_ASSERT(!nodes.empty(), "a client needs a node to talk to");
  std::vector<NodeId> ids;
  std::vector<client::ClientNode> endpoints;
  for (const adapters::NodeAddress& node : nodes) {
    ids.push_back(node.id);
    endpoints.push_back({.id = node.id, .endpoint = {node.host, settings_.client_port}});
  }
  const auto first = static_cast<std::size_t>(process.value % nodes.size());
  return std::make_unique<client::BlockingClient>(
      std::make_unique<Session>(std::move(ids), first, config_.conflict == Conflict::siblings),
      std::move(endpoints));
}

std::string System::promised_consistency() const {
  return std::string(quorum::promised_consistency(config_));
}

std::vector<model::Function> System::functions() const {
  if (config_.conflict == Conflict::siblings) return {model::function::read, model::function::add};
  return {model::function::read, model::function::write, model::function::remove};
}

std::unique_ptr<adapters::SimulatedSystem> System::simulated() const {
  return simulate(config_);
}

}  // namespace eris::quorum
