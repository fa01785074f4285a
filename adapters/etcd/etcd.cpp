#include "adapters/etcd/etcd.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/etcd/endpoints.hpp"
#include "adapters/etcd/system.hpp"
#include "adapters/program.hpp"

namespace eris::adapters::etcd {
namespace {

using namespace std::chrono_literals;

constexpr const char* explanation =
    R"(Etcd is a key-value store replicated with Raft. Eris starts Debian's etcd-server as the nodes
(1, 3 or 5 are sensible; an even number works, but bears no more failures than one node less), and
talks to it over the JSON gateway of the v3 API.

What etcd promises: writes, deletes and transactions are linearizable. So are reads, which by
default are confirmed with a quorum first (read-mode linearizable). With read-mode serializable a
node answers reads from its own state, which is a prefix of the committed history but may be old:
a client that stays with one node sees a sequential history, and a client that changes nodes, as
Eris' do when theirs does not answer, may even see time go backwards. All that a run with
serializable reads promises is therefore that the nodes agree in the end, "convergent"; ask for
consistency "linearizable" to see the stale reads, or for "strongest" to see what held.

How operations are carried out: read is a range of one key, write a put, delete a delete, cas one
transaction that compares the value, or, where the old value is nil, that the key does not exist.
Writing nil deletes the key, since etcd has no nil. Append and increment would each take a read and
a transaction, which is not one operation, so they are left out. Writes and linearizable reads ask
for a leader, as clientv3.WithRequireLeader does: a node that knows none refuses at once, which is
a certain failure, instead of keeping the client waiting for an unknown outcome. A client stays
with one node while that answers, never sends a request twice, and pauses for 25 ms after a
refusal.

Which faults make sense: partitions of all shapes, kills and pauses of up to a minority keep etcd
available; of more, unavailable but still correct. Etcd 3.4 has pre-vote off, so that a node coming
back from a partition may depose the leader. Leaders are found by asking the nodes.

With endpoints, Eris talks to an etcd that someone else runs. It starts nothing, can inject no
faults, and so tests only what happens meanwhile. Its keys begin with "eris/" and a random word
that differs between runs; they stay there afterwards: `etcdctl del --prefix eris/` removes them.
Use a cluster made for tests.)";

std::vector<model::OptionSchema> options() {
  using enum model::OptionKind;
  return {
      program_option("etcd in PATH"),
      {.name = "read-mode",
       .kind = choice,
       .default_value = std::string("linearizable"),
       .help =
           "How reads are served: linearizable (confirmed with a quorum), or serializable (from "
           "the node's own state, possibly stale)",
       .choices = {"linearizable", "serializable"}},
      {.name = "endpoints",
       .kind = text_list,
       .default_value = std::vector<std::string>{},
       .help =
           "host:port of each node of an etcd that someone else runs; Eris then starts no nodes "
           "and injects no faults. Empty: Eris starts the nodes"},
      {.name = "snapshot-count",
       .kind = integer,
       .default_value = std::int64_t{10000},
       .help = "Writes between two snapshots of a node; fewer make lagging nodes catch up by "
               "snapshot more often",
       .minimum = 1},
      {.name = "heartbeat-interval",
       .kind = duration,
       .default_value = base::Duration(100ms),
       .help = "Time between a leader's heartbeats, in whole milliseconds; the default is etcd's",
       .minimum = 0.001},
      {.name = "election-timeout",
       .kind = duration,
       .default_value = base::Duration(1s),
       .help = "Silence after which a follower calls an election, in whole milliseconds; at least "
               "five heartbeat intervals, at most 50s; the default is etcd's",
       .minimum = 0.005,
       .maximum = 50},
  };
}

base::Result<void> check_timing(base::Duration heartbeat, base::Duration election) {
  for (const base::Duration duration : {heartbeat, election})
    if (duration % 1ms != base::Duration::zero())
      return base::usage_error(
          fmt::format("etcd counts in whole milliseconds, not {}", base::to_text(duration)),
          "system etcd", "round heartbeat-interval and election-timeout to milliseconds");
  if (election < 5 * heartbeat)
    return base::usage_error(
        fmt::format("election-timeout {} is less than five heartbeat-intervals of {}",
                    base::to_text(election), base::to_text(heartbeat)),
        "system etcd", fmt::format("use at least {}", base::to_text(5 * heartbeat)));
  return {};
}

base::Result<std::unique_ptr<System>> make(const model::Options& chosen, unsigned /*nodes*/) {
  Settings settings;
  settings.program = chosen.text("program");
  settings.read_mode =
      chosen.text("read-mode") == "serializable" ? ReadMode::serializable : ReadMode::linearizable;
  settings.snapshot_count = chosen.integer("snapshot-count");
  settings.heartbeat_interval = chosen.duration("heartbeat-interval");
  settings.election_timeout = chosen.duration("election-timeout");
  ERIS_CHECK_OK(check_timing(settings.heartbeat_interval, settings.election_timeout));
  for (const std::string& text : chosen.text_list("endpoints")) {
    ERIS_TRY(Endpoint endpoint, resolve_endpoint(text));
    settings.external.push_back(std::move(endpoint));
  }
  if (!settings.external.empty()) settings.key_prefix = unused_key_prefix();
  return std::make_unique<EtcdSystem>(std::move(settings));
}

}  // namespace

SystemType system_type() {
  return {.schema = {.name = "etcd",
                     .summary = "etcd, a Raft-replicated key-value store, as Debian packages it",
                     .explanation = explanation,
                     .options = options()},
          .make = &make};
}

}  // namespace eris::adapters::etcd
