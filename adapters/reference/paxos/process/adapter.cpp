#include "adapters/reference/paxos/process/adapter.hpp"

#include "adapters/reference/paxos/bugs.hpp"
#include "adapters/reference/paxos/simulated/system.hpp"

namespace eris::paxos {
namespace {

constexpr const char* explanation =
    R"(Eris' own Multi-Paxos (Lamport 1998 and 2001; van Renesse and Altinbuken 2015), a replicated
key-value store with read, write, cas, append, delete and increment. It exists so that Eris itself
can be tested: as it stands it must pass every plan, and with a planted bug it must be caught.

What it promises: every operation is linearizable. One leader at a time has the promises of a quorum
for all slots, and proposes each command in a slot of its own; gaps are filled with no-ops. Reads are
confirmed with a round of heartbeats (read-mode quorum-read), or served under a lease (read-mode
lease), which is as good as the nodes' clocks. Clients number their operations within a session, so
one that is tried again at another node still happens once.

A configuration that is chosen in slot i governs from slot i + alpha; nothing is proposed in that
slot before slot i is chosen. So alpha also bounds how many commands are under way at a time.

Each node prints its protocol state (term is the round of the ballot that it has promised), so
faults aimed at the leader know at once who leads.

Bugs are planted with the option bug, one name or several; `eris list bugs` names them, and
`eris explain paxos/promise-not-persisted` says what was forgotten and what a user sees.)";

std::vector<model::OptionSchema> options() {
  using enum model::OptionKind;
  const Config defaults;
  std::vector<model::OptionSchema> all{
      reference::bug_option(bugs::names(all_bugs())),
      {.name = "read-mode",
       .kind = choice,
       .default_value = std::string("quorum-read"),
       .help = "How reads are made sure of: quorum-read (a round of heartbeats), or lease (the "
               "leader's lease, which trusts the clocks)",
       .choices = {"quorum-read", "lease"}},
      {.name = "alpha",
       .kind = integer,
       .default_value = static_cast<std::int64_t>(defaults.alpha),
       .help = "The window: slots that may be under way at a time, and how many later a new "
               "configuration governs",
       .minimum = 1},
  };
  for (model::OptionSchema& option : reference::node_options(
           "eris-paxos",
           {.heartbeat = defaults.timeouts.heartbeat,
            .election_min = defaults.timeouts.election_min,
            .election_max = defaults.timeouts.election_max,
            .snapshot_every = static_cast<std::int64_t>(defaults.snapshot_after_slots)}))
    all.push_back(std::move(option));
  return all;
}

base::Result<std::unique_ptr<adapters::System>> make(const model::Options& options,
                                                     unsigned nodes) {
  ERIS_TRY(reference::NodeSettings settings, reference::read_settings(options));
  Config config{.self = NodeId(1)};
  for (unsigned node = 1; node <= nodes; ++node) config.members.emplace_back(node);
  config.timeouts.heartbeat = settings.heartbeat;
  config.timeouts.election_min = settings.election_min;
  config.timeouts.election_max = settings.election_max;
  config.alpha = static_cast<std::uint64_t>(options.integer("alpha"));
  if (options.text("read-mode") == "lease") config.read_mode = ReadMode::lease;
  snapshot_every(config, static_cast<std::uint64_t>(settings.snapshot_every));
  ERIS_TRY(config.bugs, bugs::find_all(all_bugs(), settings.bugs));
  ERIS_CHECK_OK(validate(config));
  return std::make_unique<System>(std::move(settings), std::move(config));
}

}  // namespace

adapters::SystemType system_type() {
  return {.schema = {.name = "paxos",
                     .summary = "Eris' own Multi-Paxos, correct or with planted bugs",
                     .explanation = explanation,
                     .options = options(),
                     .parts = reference::bug_entries(all_bugs())},
          .make = &make};
}

std::vector<std::string> System::own_arguments() const {
  std::vector<std::string> arguments{"--alpha", std::to_string(config_.alpha)};
  if (config_.read_mode == ReadMode::lease) arguments.emplace_back("--lease");
  return arguments;
}

std::unique_ptr<adapters::SimulatedSystem> System::simulated() const {
  return simulate(config_);
}

}  // namespace eris::paxos
