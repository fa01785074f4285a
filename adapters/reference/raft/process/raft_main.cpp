// eris-raft: one node of the reference Raft cluster as a process.
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/reference/node/node.hpp"
#include "adapters/reference/raft/bugs.hpp"
#include "adapters/reference/raft/config.hpp"
#include "adapters/reference/raft/core.hpp"
#include "adapters/reference/raft/process/ports.hpp"
#include "harness/base/text.hpp"
#include "harness/base/time.hpp"

namespace {

using namespace eris;  // NOLINT(google-build-using-namespace): a program, not a header

constexpr const char* description =
    "One node of Eris' reference Raft cluster: a replicated key-value store.\n"
    "\n"
    "Three nodes on one machine, each in a terminal of its own:\n"
    "  P=n1=127.0.0.1:7101:7201,n2=127.0.0.1:7102:7202,n3=127.0.0.1:7103:7203\n"
    "  mkdir -p /tmp/n1 && eris-raft --id n1 --peers $P --data /tmp/n1\n"
    "  mkdir -p /tmp/n2 && eris-raft --id n2 --peers $P --data /tmp/n2\n"
    "  mkdir -p /tmp/n3 && eris-raft --id n3 --peers $P --data /tmp/n3\n"
    "\n"
    "stdout carries one line of JSON for each change of state, {\"beacon\":{\"term\":1,...}};\n"
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
  std::string heartbeat;
  std::string election_min;
  std::string election_max;
  std::uint64_t snapshot_every = 0;
  bool lease = false;
  bool no_sync = false;
  bool no_pre_vote = false;
  bool no_check_quorum = false;
};

std::string bug_help() {
  std::string help = "Plants a bug; may be repeated. One of:";
  for (const raft::BugInfo& bug : raft::all_bugs())
    help += fmt::format("\n  {}: {}", bug.name, bug.forgot);
  return help;
}

void declare(CLI::App& app, Flags& flags) {
  const raft::Config defaults;
  flags.heartbeat = base::to_text(defaults.timeouts.heartbeat);
  flags.election_min = base::to_text(defaults.timeouts.election_min);
  flags.election_max = base::to_text(defaults.timeouts.election_max);
  flags.snapshot_every = defaults.snapshot_after_entries;
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
  app.add_option("--seed", flags.seed, "Of this node's random choices (election timeouts).")
      ->capture_default_str();
  app.add_option("--heartbeat", flags.heartbeat, "How often a leader is heard from at least.")
      ->capture_default_str();
  app.add_option("--election-min", flags.election_min,
                 "The shortest silence after which a follower wants an election.")
      ->capture_default_str();
  app.add_option("--election-max", flags.election_max, "The longest.")->capture_default_str();
  app.add_option("--snapshot-every", flags.snapshot_every,
                 "Applied entries from one snapshot to the next.")
      ->capture_default_str();
  app.add_flag("--lease", flags.lease,
               "Serve reads under a leader lease instead of a round of heartbeats: faster, and\n"
               "wrong when clocks misbehave.");
  app.add_flag("--no-pre-vote", flags.no_pre_vote, "Candidates do not ask before they stand.");
  app.add_flag("--no-check-quorum", flags.no_check_quorum,
               "A leader that hears from no majority goes on leading.");
  app.add_flag("--no-fsync", flags.no_sync,
               "Do not sync the log: survives kill -9, not a power failure.");
  app.add_option("--bug", flags.bugs, bug_help());
}

base::Result<raft::Config> config_from(const Flags& flags, base::NodeId self,
                                       const std::map<base::NodeId, raft::NodePorts>& nodes) {
  raft::Config config{.self = self, .seed = flags.seed};
  for (const auto& [id, ports] : nodes) config.voters.push_back(id);
  ERIS_TRY(config.timeouts.heartbeat, base::parse_duration(flags.heartbeat));
  ERIS_TRY(config.timeouts.election_min, base::parse_duration(flags.election_min));
  ERIS_TRY(config.timeouts.election_max, base::parse_duration(flags.election_max));
  config.snapshot_after_entries = flags.snapshot_every;
  config.lease_reads = flags.lease;
  config.pre_vote = !flags.no_pre_vote;
  config.check_quorum = !flags.no_check_quorum;
  for (const std::string& name : flags.bugs) {
    ERIS_TRY(const raft::Bug bug, raft::find_bug(name));
    config.bugs.add(bug);
  }
  ERIS_CHECK_OK(raft::validate(config));
  return config;
}

node::NodeOptions node_options(const Flags& flags, base::NodeId self,
                               const std::map<base::NodeId, raft::NodePorts>& nodes) {
  raft::NodePorts own = nodes.at(self);
  if (!flags.listen.empty()) own.peers.host = own.clients.host = flags.listen;
  node::NodeOptions options{.program = "eris-raft",
                            .peers = {.self = self, .listen = own.peers},
                            .clients = {.listen = own.clients},
                            .log = {.directory = flags.data, .sync = !flags.no_sync}};
  for (const auto& [id, ports] : nodes)
    if (id != self) options.peers.peers.push_back({.id = id, .endpoint = ports.peers});
  return options;
}

base::Result<void> run(const Flags& flags) {
  ERIS_TRY(const auto nodes, raft::parse_peers(flags.peers));
  const std::optional<base::NodeId> self = base::parse_node(flags.id);
  if (!self || !nodes.contains(*self))
    return base::usage_error(fmt::format("'{}' is not among the nodes of --peers", flags.id),
                             "--id");
  ERIS_TRY(const raft::Config config, config_from(flags, *self, nodes));
  return node::run_node(
      node_options(flags, *self, nodes),
      [&](const core::Recovered& recovered) -> base::Result<std::unique_ptr<node::AnyCore>> {
        ERIS_TRY(raft::Core core, raft::Core::make(config, recovered));
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
  CLI::App app(description, "eris-raft");
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
    fmt::print(stderr, "eris-raft {}: {}\n", flags.id, base::to_text(result.error()));
    return exit_code(result.error().kind);
  }
  return 0;
}
