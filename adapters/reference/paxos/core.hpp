// paxos::Core: one Multi-Paxos server as a pure state machine: proposer, acceptor and learner at
// once (Lamport, "Paxos Made Simple", 2001; van Renesse and Altinbuken, "Paxos Made Moderately
// Complex", 2015).
//
// Why pure: the same code runs as a process (adapters/reference/node) and in the simulator, and
// text scenarios walk it through any schedule. It satisfies core::Core: it is told the time and
// what happened, and answers with what is to be done.
//
// Where to look: core.cpp dispatch, time and durability; phase_1.cpp (ballots, promises, what a new
// leader adopts); phase_2.cpp (accepting, and what is chosen); learning.cpp (followers and those
// that missed something); clients.cpp (requests, executing, replies); reads.cpp; snapshot.cpp;
// reconfiguration.cpp.
//
// Invariants, watched from outside by invariants.hpp: the promise never goes down, nothing is
// accepted below it, and both survive a restart; snapshot ≤ executed ≤ chosen; one decree a slot
// and ballot. Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/kv/store.hpp"
#include "adapters/reference/paxos/config.hpp"
#include "adapters/reference/paxos/configurations.hpp"
#include "adapters/reference/paxos/log.hpp"
#include "adapters/reference/paxos/messages.hpp"
#include "adapters/reference/paxos/storage_records.hpp"
#include "harness/base/result.hpp"
#include "harness/base/rng.hpp"
#include "harness/core/core.hpp"

namespace eris::paxos {

using core::Outputs;
using core::PersistCount;
using core::RequestId;

enum class Role : std::uint8_t { follower, candidate, leader };

/// "leader", "candidate", "follower".
[[nodiscard]] std::string_view to_text(Role role);

class Core {
 public:
  /// A node that has never run, or one that comes back with what was durable.
  /// Errors: usage, for a contradictory Config or for records that are no records of this program.
  [[nodiscard]] static base::Result<Core> make(Config config, const core::Recovered& recovered);

  [[nodiscard]] Outputs start(Instant now);
  [[nodiscard]] Outputs step(Instant now, const core::Input& input);
  [[nodiscard]] core::Beacon beacon() const;

  // What invariants and scenarios look at.
  [[nodiscard]] NodeId self() const { return config_.self; }
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] Role role() const { return role_; }
  /// The ballot that this node proposes in, or began last.
  [[nodiscard]] Ballot ballot() const { return ballot_; }
  [[nodiscard]] Ballot promised() const { return promised_; }
  [[nodiscard]] NodeId leader() const { return leader_; }
  [[nodiscard]] const Log& log() const { return log_; }
  [[nodiscard]] const Configurations& configurations() const { return configurations_; }
  /// Every slot up to here is known to be chosen, and by which decree.
  [[nodiscard]] Slot chosen() const { return chosen_; }
  [[nodiscard]] Slot executed() const { return executed_; }
  [[nodiscard]] Slot snapshot_slot() const { return snapshot_.slot; }
  [[nodiscard]] std::uint64_t state_hash() const { return store_.state_hash(); }
  /// Messages and requests that could not be decoded, since the start.
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }

 private:
  /// What an acceptor reported when it promised.
  struct Report {
    Slot from;    ///< it speaks of slots from here on …
    Slot chosen;  ///< … that are above this one
    std::map<Slot, AcceptedDecree> accepted;
  };
  /// A slot in which this leader has proposed and that is not known to be chosen.
  struct InFlight {
    std::vector<NodeId> accepted_by;
    Instant sent_at{};
    bool chosen = false;  ///< waits for the slots before it
  };
  struct Peer {
    Slot next;                ///< what to send next
    std::uint64_t round = 0;  ///< the latest heartbeat round that it confirmed
    Instant prepared_at{};    ///< when it was last asked for a promise
    Slot recorded;            ///< up to here its disk says what is chosen
  };
  struct PendingRead {
    RequestId request;
    kv::Value key;
  };
  /// Reads that share one round of heartbeats.
  struct ReadRound {
    std::uint64_t round = 0;
    Slot read_slot;
    std::vector<PendingRead> reads;
  };
  struct RoundSent {
    std::uint64_t round = 0;
    Instant at{};
    Slot slot;  ///< the first slot not chosen then: its configuration confirms the round
  };
  struct Lease {
    Instant until{};
    Slot configuration;  ///< where the configuration that granted it was chosen
  };
  /// A server that is to be added once it shows that it is there.
  struct Joining {
    NodeId server;
    RequestId request;
    Instant give_up_at{};
  };
  /// All that a node holds only while it has a ballot of its own under way.
  struct Proposing {
    Slot from;  ///< phase 1 covers the slots from here on
    std::map<NodeId, Report> promises;
    Slot reported_up_to;  ///< the highest slot in which anyone reported something
    Slot recovered_at;    ///< what reported_up_to was when leadership began
    Slot next;            ///< the next slot to propose in
    std::map<Slot, InFlight> in_flight;
    std::map<NodeId, Peer> peers;
    std::vector<PendingRead> waiting_reads;
    std::deque<ReadRound> read_rounds;
    std::deque<RoundSent> rounds_sent;
    std::uint64_t round = 0;
    std::uint64_t confirmed_round = 0;
    Instant quorum_heard_at{};  ///< when the latest round that a quorum confirmed was sent
    Lease lease;
    Instant heartbeat_due{};
    std::optional<Joining> joining;
    Slot in_force;  ///< where the configuration was chosen that needs no earlier one any more
  };
  /// A command on its way into a slot.
  struct Waiting {
    RequestId request;
    Decree decree;
  };
  /// A client that waits for what was proposed for it.
  struct Asked {
    RequestId request;
    std::uint64_t decree_hash;
  };
  struct Snapshot {
    Slot slot;
    std::shared_ptr<const std::string> bytes;
  };
  /// Bringing this node up to what another one knows to be chosen.
  struct CatchUp {
    NodeId from;
    Slot target;
    Instant asked_at{};
    Slot snapshot;
    std::string bytes;  ///< of that snapshot, so far
  };

  Core(Config config, Configuration configuration);
  [[nodiscard]] base::Result<void> recover(const core::Recovered& recovered);
  [[nodiscard]] base::Result<std::optional<Record>> read_record(const core::Recovered& recovered,
                                                                std::size_t at);
  [[nodiscard]] base::Result<void> recover_chosen(Slot recorded);

  // core.cpp: dispatch, time, durability
  void dispatch(const core::Input& input);
  void request(RequestId id, std::string_view bytes);
  void persisted(PersistCount count);
  void timer();
  void lead_on();
  [[nodiscard]] Outputs finish();
  [[nodiscard]] Instant next_deadline() const;
  void arm_timer();
  void send(NodeId to, const Message& message, bool after_persist = true);
  void reply(RequestId to, const kv::ClientReply& reply);
  void append_record(const Record& record);
  void persist_promise();
  void record_chosen();
  void chosen_is_recorded(Slot up_to);
  [[nodiscard]] bool promise_is_durable() const { return persisted_ >= promised_at_; }
  [[nodiscard]] bool has(Bug bug) const { return config_.bugs.has(bug); }

  // phase_1.cpp
  void handle(NodeId from, const Prepare& message);
  void handle(NodeId from, const Promise& message);
  void handle(NodeId from, const Refused& message);
  void reset_election_deadline();
  void begin_ballot();
  void ask_for_promises();
  [[nodiscard]] Promise make_promise(Ballot ballot, Slot from) const;
  void promise_to_self();
  void take_promise(NodeId from, const Promise& promise);
  void proceed();
  void become_leader();
  void become_follower(NodeId leader);
  [[nodiscard]] bool is_member() const;
  [[nodiscard]] bool holds_on_to_leader(NodeId against) const;
  [[nodiscard]] bool has_promises_for(Slot slot) const;
  [[nodiscard]] bool may_propose(Slot slot) const;
  [[nodiscard]] Decree adopted(Slot slot);
  void fill_slots();

  // phase_2.cpp
  void handle(NodeId from, const Accept& message);
  void handle(NodeId from, const Accepted& message);
  void propose(Decree decree);
  void accept(Slot slot, Ballot ballot, Decree decree);
  void send_proposals();
  void send_run(NodeId to, Slot first, Slot end);
  void retransmit();
  void count_accepted(NodeId node, Slot slot);
  void advance_chosen();
  void slot_chosen(Slot slot);
  [[nodiscard]] std::size_t quorum_size(const Configuration& configuration) const;

  // learning.cpp
  void handle(NodeId from, const Heartbeat& message);
  void handle(NodeId from, const LearnRequest& message);
  void handle(NodeId from, const Learn& message);
  [[nodiscard]] bool refuses(NodeId from, Ballot ballot);
  void follow(NodeId leader, Ballot ballot);
  void follow_chosen(NodeId from, Ballot ballot, Slot chosen);
  void catch_up(NodeId from, Slot target);
  void go_on_catching_up();
  void ask_to_learn();
  void learn(Slot slot, const AcceptedDecree& decree);

  // clients.cpp
  void request_command(RequestId id, const kv::Command& command);
  void request_status(RequestId id);
  [[nodiscard]] kv::ClientReply not_leader() const;
  void wait_for_slot(RequestId id, Decree decree);
  void execute_chosen();
  void execute(Slot slot, const Decree& decree);
  void answer(Slot slot, const Decree& decree, const kv::ClientReply& reply);
  void abandon_requests();

  // reads.cpp
  void handle(NodeId from, const HeartbeatReply& message);
  void request_read(RequestId id, kv::Value key);
  void start_read_round();
  void broadcast_heartbeat();
  void confirm_rounds();
  [[nodiscard]] bool is_confirmed(const RoundSent& sent) const;
  void extend_lease(const RoundSent& sent);
  void serve_confirmed_reads();
  void serve_read(const PendingRead& read);
  [[nodiscard]] bool may_serve_reads() const;
  [[nodiscard]] bool lease_holds() const;

  // snapshot.cpp
  void handle(NodeId from, const SnapshotChunk& message);
  void maybe_take_snapshot();
  void take_snapshot();
  void checkpoint();
  void send_chunk(NodeId to, const LearnRequest& request);
  [[nodiscard]] base::Result<void> load_snapshot(std::string_view bytes);

  // reconfiguration.cpp
  void request_change(RequestId id, const kv::AddServer& request);
  void request_change(RequestId id, const kv::RemoveServer& request);
  [[nodiscard]] std::optional<kv::ClientReply> refuse_change() const;
  void sync_peers();
  void watch_joining();
  void watch_window();
  [[nodiscard]] bool latest_is_in_force() const;
  [[nodiscard]] bool former_configuration_is_free() const;

  Config config_;
  base::Rng rng_;

  // The acceptor. Durable before anything that depends on it is sent.
  Ballot promised_;
  Ballot promise_on_record_;  ///< what records of promises say
  /// Promises speak of slots from here on; 0 where it has no say yet. A server that starts without
  /// a disk may once have been a member under the same name, and must not speak of what it forgot.
  Slot speaks_from_;
  Log log_;

  // The learner.
  Slot chosen_;
  Slot executed_;
  Slot recorded_chosen_;  ///< the latest record of it, perhaps on its way to the disk
  Slot durable_chosen_;   ///< the latest record of it that a crash cannot undo
  Configurations configurations_;
  kv::Store store_;
  Snapshot snapshot_;
  std::optional<CatchUp> catching_up_;

  // The proposer.
  Role role_ = Role::follower;
  Ballot ballot_;
  std::uint64_t round_seen_ = 0;  ///< the highest that anyone was heard to use
  NodeId leader_;                 ///< 0 where unknown
  std::optional<Proposing> proposing_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::map<Slot, Asked> asked_;
  std::optional<Asked> change_asked_;  ///< by whom the latest configuration was asked for

  Instant now_{};
  Instant election_deadline_{};
  std::optional<Instant> leader_heard_at_;
  std::optional<Instant> timer_set_;

  PersistCount issued_ = 0;
  PersistCount persisted_ = 0;
  PersistCount promised_at_ = 0;  ///< the durable action with the present promise
  struct Unsynced {
    PersistCount count;
    Slot slot;
    Ballot ballot;
  };
  std::deque<Unsynced> unsynced_;  ///< own proposals on their way to the disk
  struct Recording {
    PersistCount count;
    Slot chosen;
  };
  std::deque<Recording> recordings_;  ///< records of what is chosen, on their way to the disk

  Outputs outputs_;
  std::uint64_t malformed_ = 0;
  bool tail_was_torn_ = false;
};

static_assert(core::Core<Core>);

}  // namespace eris::paxos
