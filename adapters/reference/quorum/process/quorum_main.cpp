// eris-quorum: one node of the reference quorum-KV cluster as a process.
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "adapters/reference/node/node.hpp"
#include "adapters/reference/process/node_flags.hpp"
#include "adapters/reference/quorum/bugs.hpp"
#include "adapters/reference/quorum/config.hpp"
#include "adapters/reference/quorum/core.hpp"
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

struct Flags {
  reference::NodeFlags node;
  std::string mode = "dynamo";
  std::string conflict = "lww";
  std::string read_level = "quorum";
  std::string write_level = "quorum";
  std::string tombstone_grace;
  std::size_t replication = 0;
  std::size_t virtual_nodes = 0;
  bool strict = false;
  bool no_anti_entropy = false;
};

void declare(CLI::App& app, Flags& flags) {
  const quorum::Config defaults;
  flags.tombstone_grace = base::to_text(defaults.timeouts.tombstone_grace);
  flags.replication = defaults.replication;
  flags.virtual_nodes = defaults.virtual_nodes;
  reference::declare_node(app, flags.node);
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
  reference::declare_bugs(app, flags.node, bugs::summaries(quorum::all_bugs()));
}

base::Result<quorum::Config> config_from(const Flags& flags, const reference::Place& place) {
  quorum::Config config{.self = place.self, .members = place.members(), .seed = flags.node.seed};
  ERIS_TRY(config.mode, quorum::parse_mode(flags.mode));
  ERIS_TRY(config.conflict, quorum::parse_conflict(flags.conflict));
  ERIS_TRY(config.read_level, quorum::parse_level(flags.read_level));
  ERIS_TRY(config.write_level, quorum::parse_level(flags.write_level));
  ERIS_TRY(config.timeouts.tombstone_grace, base::parse_duration(flags.tombstone_grace));
  config.replication = flags.replication;
  config.virtual_nodes = flags.virtual_nodes;
  config.sloppy = !flags.strict;
  config.anti_entropy = !flags.no_anti_entropy;
  ERIS_TRY(config.bugs, bugs::find_all(quorum::all_bugs(), flags.node.bugs));
  ERIS_CHECK_OK(quorum::validate(config));
  return config;
}

base::Result<void> run(const Flags& flags) {
  ERIS_TRY(const reference::Place place, reference::place_of(flags.node));
  ERIS_TRY(const quorum::Config config, config_from(flags, place));
  return node::run_node(
      reference::options_of(flags.node, place, "eris-quorum"),
      [&](const core::Recovered& recovered) -> base::Result<std::unique_ptr<node::AnyCore>> {
        ERIS_TRY(quorum::Core core, quorum::Core::make(config, recovered));
        return node::host(std::move(core));
      });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(description, "eris-quorum");
  app.set_version_flag("--version", ERIS_VERSION);
  Flags flags;
  declare(app, flags);
  return reference::run_program(app, argc, argv, flags.node, [&] { return run(flags); });
}
