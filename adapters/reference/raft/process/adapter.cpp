#include "adapters/reference/raft/process/adapter.hpp"

#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "adapters/program.hpp"
#include "adapters/reference/client/network/blocking_client.hpp"
#include "adapters/reference/client/network/node_connection.hpp"
#include "adapters/reference/client/session.hpp"
#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/raft/bugs.hpp"
#include "adapters/reference/raft/config.hpp"
#include "adapters/reference/raft/process/ports.hpp"
#include "adapters/reference/raft/simulated/system.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::raft {
namespace {

constexpr const char* program_name = "eris-raft";

constexpr const char* explanation =
    R"(Eris' own Raft (Ongaro and Ousterhout 2014; Ongaro's dissertation), a replicated key-value
store with read, write, cas, append, delete and increment. It exists so that Eris itself can be
tested: as it stands it must pass every plan, and with a planted bug it must be caught.

What it promises: every operation is linearizable. Reads are confirmed with a round of heartbeats
(read-mode read-index), or served under a leader lease (read-mode lease), which is as good as the
nodes' clocks. Clients number their operations within a session, so one that is tried again at
another node still happens once; a client stays with its node while that answers, then follows the
leader that nodes name.

Each node prints its protocol state, so faults aimed at the leader know at once who leads.

Bugs are planted with the option bug, one name or several; `eris list bugs` names them, and
`eris explain raft/stale-read` says what was forgotten and what a user sees.)";

/// Each planted bug, so that it can be listed and explained by its own name.
std::vector<model::EntrySchema> bug_entries() {
  std::vector<model::EntrySchema> entries;
  for (const BugInfo& bug : all_bugs())
    entries.push_back(
        {.name = std::string(bug.name),
         .summary = std::string(bug.forgot),
         .explanation = fmt::format(
             "{} {}", bug.seen,
             bug.shown_live ? "A run with real processes can show it."
                            : "It takes a power loss or a message schedule that real processes do "
                              "not give on demand; the protocol's own tests show it.")});
  return entries;
}

/// Beside the running program first, so that a build or an installation uses its own nodes.
std::filesystem::path usual_program() {
  std::error_code failed;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) {
    const std::filesystem::path folder = self.parent_path();
    for (const auto& place : {folder, folder.parent_path() / "libexec" / "eris"})
      if (adapters::is_program(place / program_name)) return place / program_name;
  }
  return adapters::program_in_path(program_name);
}

std::vector<std::string> bug_names() {
  std::vector<std::string> names;
  for (const BugInfo& bug : all_bugs()) names.emplace_back(bug.name);
  return names;
}

std::vector<model::OptionSchema> consistency_options() {
  using enum model::OptionKind;
  return {
      {.name = "bug",
       .kind = text_list,
       .default_value = std::vector<std::string>{},
       .help = "Bugs to plant; none by default",
       .choices = bug_names()},
      {.name = "read-mode",
       .kind = choice,
       .default_value = std::string("read-index"),
       .help = "How reads are made sure of: read-index (a round of heartbeats), or lease (the "
               "leader's lease, which trusts the clocks)",
       .choices = {"read-index", "lease"}},
      {.name = "pre-vote",
       .kind = boolean,
       .default_value = true,
       .help = "Whether a candidate first asks if it could win, so that a node which comes back "
               "does not depose the leader"},
      {.name = "check-quorum",
       .kind = boolean,
       .default_value = true,
       .help = "Whether a leader that hears from no majority steps down"},
  };
}

std::vector<model::OptionSchema> running_options() {
  using enum model::OptionKind;
  const Config defaults;
  return {
      adapters::program_option("eris-raft beside eris, in ../libexec/eris from there, or in PATH"),
      {.name = "heartbeat",
       .kind = duration,
       .default_value = defaults.timeouts.heartbeat,
       .help = "How often a leader is heard from at least",
       .minimum = 0.001,
       .maximum = 60},
      {.name = "election-min",
       .kind = duration,
       .default_value = defaults.timeouts.election_min,
       .help = "The shortest silence after which a follower wants an election",
       .minimum = 0.01,
       .maximum = 60},
      {.name = "election-max",
       .kind = duration,
       .default_value = defaults.timeouts.election_max,
       .help = "The longest such silence; each node draws its own each time",
       .minimum = 0.01,
       .maximum = 60},
      {.name = "snapshot-every",
       .kind = integer,
       .default_value = static_cast<std::int64_t>(defaults.snapshot_after_entries),
       .help = "Applied entries from one snapshot to the next",
       .minimum = 1},
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

base::Result<std::unique_ptr<adapters::System>> make(const model::Options& options,
                                                     unsigned nodes) {
  Settings settings{.program = options.text("program"),
                    .bugs = options.text_list("bug"),
                    .lease_reads = options.text("read-mode") == "lease",
                    .fsync = options.boolean("fsync"),
                    .pre_vote = options.boolean("pre-vote"),
                    .check_quorum = options.boolean("check-quorum"),
                    .heartbeat = options.duration("heartbeat"),
                    .election_min = options.duration("election-min"),
                    .election_max = options.duration("election-max"),
                    .snapshot_every = options.integer("snapshot-every"),
                    .peer_port = static_cast<std::uint16_t>(options.integer("peer-port")),
                    .client_port = static_cast<std::uint16_t>(options.integer("client-port"))};
  if (settings.peer_port == settings.client_port)
    return base::usage_error("peer-port and client-port are the same", {}, "give them two ports");
  Config config{.self = NodeId(1)};
  for (unsigned node = 1; node <= nodes; ++node) config.voters.emplace_back(node);
  config.timeouts.heartbeat = settings.heartbeat;
  config.timeouts.election_min = settings.election_min;
  config.timeouts.election_max = settings.election_max;
  config.lease_reads = settings.lease_reads;
  config.check_quorum = settings.check_quorum;
  config.pre_vote = settings.pre_vote;
  config.snapshot_after_entries = static_cast<std::uint64_t>(settings.snapshot_every);
  for (const std::string& name : settings.bugs) {
    ERIS_TRY(const Bug bug, find_bug(name));
    config.bugs.add(bug);
  }
  ERIS_CHECK_OK(validate(config));
  return std::make_unique<System>(std::move(settings), std::move(config));
}

}  // namespace

adapters::SystemType system_type() {
  return {.schema = {.name = "raft",
                     .summary = "Eris' own Raft, correct or with planted bugs",
                     .explanation = explanation,
                     .options = options(),
                     .parts = bug_entries()},
          .make = &make};
}

base::Result<std::filesystem::path> find_program(const std::string& named) {
  if (!named.empty()) return adapters::find_named_program(named);
  if (auto usual = usual_program(); !usual.empty()) return usual;
  return base::environment_error(
      fmt::format("cannot find {}", program_name),
      "beside this program, in ../libexec/eris, in PATH",
      fmt::format("build the target {} or install Eris (cmake --install)", program_name));
}

base::Result<model::Fields> System::versions() const {
  ERIS_TRY(const std::filesystem::path program, find_program(settings_.program));
  // Another build does not tell its version; its place is what is known of it.
  return model::Fields{
      {program_name, model::Value(settings_.program.empty() ? ERIS_VERSION : program.string())}};
}

adapters::Launch System::launch(const adapters::NodeSetup& setup) const {
  std::map<NodeId, NodePorts> nodes;
  for (const adapters::NodeAddress& node : setup.all)
    nodes[node.id] = {.peers = {node.host, settings_.peer_port},
                      .clients = {node.host, settings_.client_port}};
  const auto program = find_program(settings_.program);
  adapters::Launch launch{
      // Missing since versions() found it: starting the bare name then says so in the usual way.
      .program = program ? program->string() : program_name,
      .arguments = {"--id", base::to_text(setup.self.id), "--peers", peers_to_text(nodes), "--data",
                    setup.data_directory.string(), "--seed", std::to_string(setup.seed),
                    "--heartbeat", base::to_text(settings_.heartbeat), "--election-min",
                    base::to_text(settings_.election_min), "--election-max",
                    base::to_text(settings_.election_max), "--snapshot-every",
                    std::to_string(settings_.snapshot_every)}};
  const auto add = [&](bool wanted, const char* flag) {
    if (wanted) launch.arguments.emplace_back(flag);
  };
  add(settings_.lease_reads, "--lease");
  add(!settings_.fsync, "--no-fsync");
  add(!settings_.pre_vote, "--no-pre-vote");
  add(!settings_.check_quorum, "--no-check-quorum");
  for (const std::string& bug : settings_.bugs)
    launch.arguments.insert(launch.arguments.end(), {"--bug", bug});
  return launch;
}

adapters::NodeStatus System::probe(const adapters::NodeAddress& node,
                                   base::Duration timeout) const {
  client::NodeConnection connection({node.host, settings_.client_port});
  const auto answer = connection.exchange(kv::encode(kv::ClientRequest(kv::StatusRequest{})),
                                          std::chrono::steady_clock::now() + timeout);
  if (!answer) return {};
  const auto status = kv::decode_status(*answer);
  if (!status) return {};
  adapters::NodeStatus seen{.term = status->term};
  if (status->leader != NodeId()) seen.leader = status->leader;
  const bool follows = seen.leader && *seen.leader != node.id;
  seen.serving = status->serving || follows;
  return seen;
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
      std::make_unique<client::Session>(std::move(ids), first), std::move(endpoints));
}

std::unique_ptr<adapters::SimulatedSystem> System::simulated() const {
  return simulate(config_);
}

std::vector<model::Function> System::functions() const {
  return {model::function::read,   model::function::write,  model::function::cas,
          model::function::append, model::function::remove, model::function::increment};
}

}  // namespace eris::raft
