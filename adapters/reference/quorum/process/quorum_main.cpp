// eris-quorum: one node of the reference quorum-KV cluster as a process.
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/reference/node/node.hpp"
#include "adapters/reference/process/ports.hpp"
#include "adapters/reference/quorum/bugs.hpp"
#include "adapters/reference/quorum/config.hpp"
#include "adapters/reference/quorum/core.hpp"
#include "harness/base/text.hpp"
#include "harness/base/time.hpp"

namespace {

using namespace eris;  // NOLINT(google-build-using-namespace): a program, not a header

constexpr const char* description =
    "One node of Eris' reference quorum-KV cluster: a key-value store without a leader.\n"
    "\n"
    "Three nodes on one machine, each in a terminal of its own:\n"
    "  P=n1=127.0.0.1:7101:7201,n2=127.0.0.1:7102:7202,n3=127.0.0.1:7103:7203\n"
    "  mkdir -p /tmp/n1 && eris-quorum --id n1 --peers $P --data /tmp/n1\n"
    "  mkdir -p /tmp/n2 && eris-quorum --id n2 --peers $P --data /tmp/n2\n"
    "  mkdir -p /tmp/n3 && eris-quorum --id n3 --peers $P --data /tmp/n3\n"
    "\n"
    "stdout carries one line of JSON for each change of state, {\"beacon\":{\"ring\":1,...}};\n"
    "stderr says what went on. SIGTERM ends the node cleanly.";

constexpr const char* exit_codes =
    "Exit codes: 0 stopped by SIGTERM or SIGINT; 4 this machine cannot run it (port in use, data\n"
    "directory not writable, corrupted log, failing disk); 64 wrong flags; 70 a bug in Eris.";

struct Flags {
  std::string id;
  std::string peers;
  std::string listen;
  std::string data;
  std::uint64_t seed = 0;
  std::vector<std::string> bugs;
  std::string mode = "dynamo";
  std::string conflict = "lww";
  std::string read_level = "quorum";
  std::string write_level = "quorum";
  std::string tombstone_grace;
  std::size_t replication = 0;
  std::size_t virtual_nodes = 0;
  bool strict = false;
  bool no_anti_entropy = false;
  bool no_sync = false;
};

std::string bug_help() {
  std::string help = "Plants a bug; may be repeated. One of:";
  for (const quorum::BugInfo& bug : quorum::all_bugs())
    help += fmt::format("\n  {}: {}", bug.name, bug.forgot);
  return help;
}

void declare(CLI::App& app, Flags& flags) {
  const quorum::Config defaults;
  flags.tombstone_grace = base::to_text(defaults.timeouts.tombstone_grace);
  flags.replication = defaults.replication;
  flags.virtual_nodes = defaults.virtual_nodes;
  app.add_option("--id", flags.id, "This node: n1, n2, ...")->required();
  app.add_option("--peers", flags.peers,
                 "All nodes, this one included, separated by commas: ID=ADDRESS, or\n"
                 "ID=ADDRESS:NODE-PORT:CLIENT-PORT. Ports are 7001 and 7000 where not given.\n"
                 "An IPv6 address stands in brackets.")
      ->required();
  app.add_option("--data", flags.data,
                 "Directory of the log; it must exist. The node goes on from what it finds there.")
      ->required();
  app.add_option("--listen", flags.listen,
                 "Address to listen at, where it is not the one in --peers (0.0.0.0 for all).");
  app.add_option("--seed", flags.seed, "Of this node's random choices.")->capture_default_str();
  app.add_option("--mode", flags.mode, "dynamo or abd (an atomic register).")
      ->capture_default_str();
  app.add_option("--conflict", flags.conflict, "lww (the later stamp wins) or siblings.")
      ->capture_default_str();
  app.add_option("--replication", flags.replication, "N: how many nodes hold each key.")
      ->capture_default_str();
  app.add_option("--read-level", flags.read_level, "R: one, quorum or all.")->capture_default_str();
  app.add_option("--write-level", flags.write_level, "W: one, quorum or all.")
      ->capture_default_str();
  app.add_option("--virtual-nodes", flags.virtual_nodes, "Places of each node on the ring.")
      ->capture_default_str();
  app.add_option("--tombstone-grace", flags.tombstone_grace,
                 "How long a deletion is remembered at least.")
      ->capture_default_str();
  app.add_flag("--strict", flags.strict, "Nobody stands in for replicas that are away.");
  app.add_flag("--no-anti-entropy", flags.no_anti_entropy,
               "Replicas do not compare their hash trees.");
  app.add_flag("--no-fsync", flags.no_sync,
               "Do not sync the log: survives kill -9, not a power failure.");
  app.add_option("--bug", flags.bugs, bug_help());
}

base::Result<quorum::Config> config_from(
    const Flags& flags, base::NodeId self,
    const std::map<base::NodeId, reference::NodePorts>& nodes) {
  quorum::Config config{.self = self, .seed = flags.seed};
  for (const auto& [id, ports] : nodes) config.members.push_back(id);
  ERIS_TRY(config.mode, quorum::parse_mode(flags.mode));
  ERIS_TRY(config.conflict, quorum::parse_conflict(flags.conflict));
  ERIS_TRY(config.read_level, quorum::parse_level(flags.read_level));
  ERIS_TRY(config.write_level, quorum::parse_level(flags.write_level));
  ERIS_TRY(config.timeouts.tombstone_grace, base::parse_duration(flags.tombstone_grace));
  config.replication = flags.replication;
  config.virtual_nodes = flags.virtual_nodes;
  config.sloppy = !flags.strict;
  config.anti_entropy = !flags.no_anti_entropy;
  for (const std::string& name : flags.bugs) {
    ERIS_TRY(const quorum::Bug bug, quorum::find_bug(name));
    config.bugs.add(bug);
  }
  ERIS_CHECK_OK(quorum::validate(config));
  return config;
}

node::NodeOptions node_options(const Flags& flags, base::NodeId self,
                               const std::map<base::NodeId, reference::NodePorts>& nodes) {
  reference::NodePorts own = nodes.at(self);
  if (!flags.listen.empty()) own.peers.host = own.clients.host = flags.listen;
  node::NodeOptions options{.program = "eris-quorum",
                            .peers = {.self = self, .listen = own.peers},
                            .clients = {.listen = own.clients},
                            .log = {.directory = flags.data, .sync = !flags.no_sync}};
  for (const auto& [id, ports] : nodes)
    if (id != self) options.peers.peers.push_back({.id = id, .endpoint = ports.peers});
  return options;
}

base::Result<void> run(const Flags& flags) {
  ERIS_TRY(const auto nodes, reference::parse_peers(flags.peers));
  const std::optional<base::NodeId> self = base::parse_node(flags.id);
  if (!self || !nodes.contains(*self))
    return base::usage_error(fmt::format("'{}' is not among the nodes of --peers", flags.id),
                             "--id");
  ERIS_TRY(const quorum::Config config, config_from(flags, *self, nodes));
  return node::run_node(
      node_options(flags, *self, nodes),
      [&](const core::Recovered& recovered) -> base::Result<std::unique_ptr<node::AnyCore>> {
        ERIS_TRY(quorum::Core core, quorum::Core::make(config, recovered));
        return node::host(std::move(core));
      });
}

int exit_code(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::usage:
      return 64;
    case base::ErrorKind::environment:
      return 4;
    case base::ErrorKind::internal:
      return 70;
  }
  return 70;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(description, "eris-quorum");
  app.set_version_flag("--version", ERIS_VERSION);
  app.footer(exit_codes);
  Flags flags;
  declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  if (const base::Result<void> result = run(flags); !result) {
    fmt::print(stderr, "eris-quorum {}: {}\n", flags.id, base::to_text(result.error()));
    return exit_code(result.error().kind);
  }
  return 0;
}
