#include "adapters/reference/raft/process/adapter.hpp"

#include "adapters/reference/raft/bugs.hpp"
#include "adapters/reference/raft/simulated/system.hpp"

namespace eris::raft {
namespace {

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

std::vector<model::OptionSchema> options() {
  using enum model::OptionKind;
  std::vector<model::OptionSchema> all{
      reference::bug_option(bugs::names(all_bugs())),
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
  const Config defaults;
  for (model::OptionSchema& option : reference::node_options(
           "eris-raft",
           {.heartbeat = defaults.timeouts.heartbeat,
            .election_min = defaults.timeouts.election_min,
            .election_max = defaults.timeouts.election_max,
            .snapshot_every = static_cast<std::int64_t>(defaults.snapshot_after_entries)}))
    all.push_back(std::move(option));
  return all;
}

base::Result<std::unique_ptr<adapters::System>> make(const model::Options& options,
                                                     unsigned nodes) {
  ERIS_TRY(reference::NodeSettings settings, reference::read_settings(options));
  Config config{.self = NodeId(1)};
  for (unsigned node = 1; node <= nodes; ++node) config.voters.emplace_back(node);
  config.timeouts.heartbeat = settings.heartbeat;
  config.timeouts.election_min = settings.election_min;
  config.timeouts.election_max = settings.election_max;
  config.lease_reads = options.text("read-mode") == "lease";
  config.check_quorum = options.boolean("check-quorum");
  config.pre_vote = options.boolean("pre-vote");
  snapshot_every(config, static_cast<std::uint64_t>(settings.snapshot_every));
  ERIS_TRY(config.bugs, bugs::find_all(all_bugs(), settings.bugs));
  ERIS_CHECK_OK(validate(config));
  return std::make_unique<System>(std::move(settings), std::move(config));
}

}  // namespace

adapters::SystemType system_type() {
  return {.schema = {.name = "raft",
                     .summary = "Eris' own Raft, correct or with planted bugs",
                     .explanation = explanation,
                     .options = options(),
                     .parts = reference::bug_entries(all_bugs())},
          .make = &make};
}

std::vector<std::string> System::own_arguments() const {
  std::vector<std::string> arguments;
  if (config_.lease_reads) arguments.emplace_back("--lease");
  if (!config_.pre_vote) arguments.emplace_back("--no-pre-vote");
  if (!config_.check_quorum) arguments.emplace_back("--no-check-quorum");
  return arguments;
}

std::unique_ptr<adapters::SimulatedSystem> System::simulated() const {
  return simulate(config_);
}

}  // namespace eris::raft
