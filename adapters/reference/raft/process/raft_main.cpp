// eris-raft: one node of the reference Raft cluster as a process.
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "adapters/reference/node/node.hpp"
#include "adapters/reference/process/node_flags.hpp"
#include "adapters/reference/raft/bugs.hpp"
#include "adapters/reference/raft/config.hpp"
#include "adapters/reference/raft/core.hpp"

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

struct Flags {
  reference::NodeFlags node;
  bool lease = false;
  bool no_pre_vote = false;
  bool no_check_quorum = false;
};

void declare(CLI::App& app, Flags& flags) {
  const raft::Config defaults;
  flags.node.heartbeat = base::to_text(defaults.timeouts.heartbeat);
  flags.node.election_min = base::to_text(defaults.timeouts.election_min);
  flags.node.election_max = base::to_text(defaults.timeouts.election_max);
  flags.node.snapshot_every = defaults.snapshot_after_entries;
  reference::declare(app, flags.node);
  app.add_flag("--lease", flags.lease,
               "Serve reads under a leader lease instead of a round of heartbeats: faster, and\n"
               "wrong when clocks misbehave.");
  app.add_flag("--no-pre-vote", flags.no_pre_vote, "Candidates do not ask before they stand.");
  app.add_flag("--no-check-quorum", flags.no_check_quorum,
               "A leader that hears from no majority goes on leading.");
  reference::declare_bugs(app, flags.node, bugs::summaries(raft::all_bugs()));
}

base::Result<raft::Config> config_from(const Flags& flags, const reference::Place& place) {
  raft::Config config{.self = place.self, .voters = place.members(), .seed = flags.node.seed};
  ERIS_TRY(config.timeouts.heartbeat, base::parse_duration(flags.node.heartbeat));
  ERIS_TRY(config.timeouts.election_min, base::parse_duration(flags.node.election_min));
  ERIS_TRY(config.timeouts.election_max, base::parse_duration(flags.node.election_max));
  raft::snapshot_every(config, flags.node.snapshot_every);
  config.lease_reads = flags.lease;
  config.pre_vote = !flags.no_pre_vote;
  config.check_quorum = !flags.no_check_quorum;
  ERIS_TRY(config.bugs, bugs::find_all(raft::all_bugs(), flags.node.bugs));
  ERIS_CHECK_OK(raft::validate(config));
  return config;
}

base::Result<void> run(const Flags& flags) {
  ERIS_TRY(const reference::Place place, reference::place_of(flags.node));
  ERIS_TRY(const raft::Config config, config_from(flags, place));
  return node::run_node(
      reference::options_of(flags.node, place, "eris-raft"),
      [&](const core::Recovered& recovered) -> base::Result<std::unique_ptr<node::AnyCore>> {
        ERIS_TRY(raft::Core core, raft::Core::make(config, recovered));
        return node::host(std::move(core));
      });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(description, "eris-raft");
  app.set_version_flag("--version", ERIS_VERSION);
  Flags flags;
  declare(app, flags);
  return reference::run_program(app, argc, argv, flags.node, [&] { return run(flags); });
}
