// eris-paxos: one node of the reference Multi-Paxos cluster as a process.
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "adapters/reference/node/node.hpp"
#include "adapters/reference/paxos/bugs.hpp"
#include "adapters/reference/paxos/config.hpp"
#include "adapters/reference/paxos/core.hpp"
#include "adapters/reference/process/node_flags.hpp"

namespace {

using namespace eris;  // NOLINT(google-build-using-namespace): a program, not a header

constexpr const char* description =
    "One node of Eris' reference Multi-Paxos cluster: a replicated key-value store.\n"
    "\n"
    "Three nodes on one machine, each in a terminal of its own:\n"
    "  P=n1=127.0.0.1:7101:7201,n2=127.0.0.1:7102:7202,n3=127.0.0.1:7103:7203\n"
    "  mkdir -p /tmp/n1 && eris-paxos --id n1 --peers $P --data /tmp/n1\n"
    "  mkdir -p /tmp/n2 && eris-paxos --id n2 --peers $P --data /tmp/n2\n"
    "  mkdir -p /tmp/n3 && eris-paxos --id n3 --peers $P --data /tmp/n3\n"
    "\n"
    "stdout carries one line of JSON for each change of state, {\"beacon\":{\"term\":1,...}};\n"
    "stderr says what went on. SIGTERM ends the node cleanly.";

struct Flags {
  reference::NodeFlags node;
  std::uint64_t alpha = 0;
  bool lease = false;
};

void declare(CLI::App& app, Flags& flags) {
  const paxos::Config defaults;
  flags.node.heartbeat = base::to_text(defaults.timeouts.heartbeat);
  flags.node.election_min = base::to_text(defaults.timeouts.election_min);
  flags.node.election_max = base::to_text(defaults.timeouts.election_max);
  flags.node.snapshot_every = defaults.snapshot_after_slots;
  flags.alpha = defaults.alpha;
  reference::declare(app, flags.node);
  app.add_option("--alpha", flags.alpha,
                 "The window: slots that may be under way at a time, and how many later a new\n"
                 "configuration governs. Equal on all nodes.")
      ->capture_default_str();
  app.add_flag("--lease", flags.lease,
               "Serve reads under a leader lease instead of a round of heartbeats: faster, and\n"
               "wrong when clocks misbehave.");
  reference::declare_bugs(app, flags.node, bugs::summaries(paxos::all_bugs()));
}

base::Result<paxos::Config> config_from(const Flags& flags, const reference::Place& place) {
  paxos::Config config{.self = place.self, .members = place.members(), .seed = flags.node.seed};
  ERIS_TRY(config.timeouts.heartbeat, base::parse_duration(flags.node.heartbeat));
  ERIS_TRY(config.timeouts.election_min, base::parse_duration(flags.node.election_min));
  ERIS_TRY(config.timeouts.election_max, base::parse_duration(flags.node.election_max));
  paxos::snapshot_every(config, flags.node.snapshot_every);
  config.alpha = flags.alpha;
  if (flags.lease) config.read_mode = paxos::ReadMode::lease;
  ERIS_TRY(config.bugs, bugs::find_all(paxos::all_bugs(), flags.node.bugs));
  ERIS_CHECK_OK(paxos::validate(config));
  return config;
}

base::Result<void> run(const Flags& flags) {
  ERIS_TRY(const reference::Place place, reference::place_of(flags.node));
  ERIS_TRY(const paxos::Config config, config_from(flags, place));
  return node::run_node(
      reference::options_of(flags.node, place, "eris-paxos"),
      [&](const core::Recovered& recovered) -> base::Result<std::unique_ptr<node::AnyCore>> {
        ERIS_TRY(paxos::Core core, paxos::Core::make(config, recovered));
        return node::host(std::move(core));
      });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(description, "eris-paxos");
  app.set_version_flag("--version", ERIS_VERSION);
  Flags flags;
  declare(app, flags);
  return reference::run_program(app, argc, argv, flags.node, [&] { return run(flags); });
}
