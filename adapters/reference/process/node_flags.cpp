#include "adapters/reference/process/node_flags.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::reference {
namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 stopped by SIGTERM or SIGINT; 4 this machine cannot run it (port in use, data\n"
    "directory not writable, corrupted log, failing disk); 64 wrong flags; 70 a bug in Eris.";

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

std::vector<base::NodeId> Place::members() const {
  std::vector<base::NodeId> members;
  for (const auto& [id, ports] : nodes) members.push_back(id);
  return members;
}

void declare_node(CLI::App& app, NodeFlags& flags) {
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
  app.add_flag("--no-fsync", flags.no_sync,
               "Do not sync the log: survives kill -9, not a power failure.");
  app.footer(exit_codes);
}

void declare(CLI::App& app, NodeFlags& flags) {
  declare_node(app, flags);
  app.add_option("--heartbeat", flags.heartbeat, "How often a leader is heard from at least.")
      ->capture_default_str();
  app.add_option("--election-min", flags.election_min,
                 "The shortest silence after which a follower wants an election.")
      ->capture_default_str();
  app.add_option("--election-max", flags.election_max, "The longest.")->capture_default_str();
  app.add_option("--snapshot-every", flags.snapshot_every,
                 "Applied entries from one snapshot to the next.")
      ->capture_default_str();
}

void declare_bugs(CLI::App& app, NodeFlags& flags,
                  const std::vector<std::pair<std::string_view, std::string_view>>& bugs) {
  std::string help = "Plants a bug; may be repeated. One of:";
  for (const auto& [name, forgot] : bugs) help += fmt::format("\n  {}: {}", name, forgot);
  app.add_option("--bug", flags.bugs, help);
}

base::Result<Place> place_of(const NodeFlags& flags) {
  ERIS_TRY(auto nodes, parse_peers(flags.peers));
  const std::optional<base::NodeId> self = base::parse_node(flags.id);
  if (!self || !nodes.contains(*self))
    return base::usage_error(fmt::format("'{}' is not among the nodes of --peers", flags.id),
                             "--id");
  return Place{*self, std::move(nodes)};
}

node::NodeOptions options_of(const NodeFlags& flags, const Place& place, std::string program) {
  NodePorts own = place.nodes.at(place.self);
  if (!flags.listen.empty()) own.peers.host = own.clients.host = flags.listen;
  node::NodeOptions options{.program = std::move(program),
                            .peers = {.self = place.self, .listen = own.peers},
                            .clients = {.listen = own.clients},
                            .log = {.directory = flags.data, .sync = !flags.no_sync}};
  for (const auto& [id, ports] : place.nodes)
    if (id != place.self) options.peers.peers.push_back({.id = id, .endpoint = ports.peers});
  return options;
}

int run_program(CLI::App& app, int argc, char** argv, const NodeFlags& flags,
                const std::function<base::Result<void>()>& run) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  if (const base::Result<void> result = run(); !result) {
    fmt::print(stderr, "{} {}: {}\n", app.get_name(), flags.id, base::to_text(result.error()));
    return exit_code(result.error().kind);
  }
  return 0;
}

}  // namespace eris::reference
