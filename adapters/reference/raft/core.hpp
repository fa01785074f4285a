// raft::Core: one Raft server as a pure state machine (Ongaro, "Consensus: Bridging Theory and
// Practice", 2014; section numbers in these files are the dissertation's).
//
// Why pure: the same code runs as a process (adapters/reference/node) and in the simulator, and
// text scenarios walk it through any schedule. It satisfies core::Core: it is told the time and
// what happened, and answers with what is to be done.
//
// Where to look: core.cpp dispatch, time and durability; election.cpp; replication.cpp (both ends
// of AppendEntries, and the commit rule); clients.cpp (requests, applying, replies); reads.cpp;
// snapshot.cpp; membership.cpp (configuration changes, leadership transfer).
//
// Invariants, watched from outside by invariants.hpp: terms never decrease; one vote a term, and
// both survive a restart; snapshot index ≤ applied ≤ commit ≤ last index; a leader never truncates
// its log. Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/reference/kv/command.hpp"
#include "adapters/reference/kv/store.hpp"
#include "adapters/reference/raft/config.hpp"
#include "adapters/reference/raft/log.hpp"
#include "adapters/reference/raft/messages.hpp"
#include "adapters/reference/raft/storage_records.hpp"
#include "harness/base/result.hpp"
#include "harness/base/rng.hpp"
#include "harness/core/core.hpp"

namespace eris::raft {

using core::Outputs;
using core::PersistCount;
using core::RequestId;

enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };

/// "leader", "pre_candidate", …
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
  [[nodiscard]] Term term() const { return term_; }
  [[nodiscard]] NodeId voted_for() const { return voted_for_; }
  [[nodiscard]] NodeId leader() const { return leader_; }
  [[nodiscard]] const Log& log() const { return log_; }
  [[nodiscard]] LogIndex commit() const { return commit_; }
  [[nodiscard]] LogIndex applied() const { return applied_; }
  [[nodiscard]] LogIndex snapshot_index() const { return snapshot_.point.index; }
  [[nodiscard]] std::uint64_t state_hash() const { return store_.state_hash(); }
  /// While it leads: up to where it believes that the server's disk agrees with its own log.
  [[nodiscard]] std::optional<LogIndex> believed_match(NodeId server) const {
    if (role_ != Role::leader) return std::nullopt;
    const auto found = leading_->followers.find(server);
    if (found == leading_->followers.end()) return std::nullopt;
    return found->second.match;
  }
  /// Messages and requests that could not be decoded, since the start.
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }

 private:
  /// What a leader knows of one follower.
  enum class Mode : std::uint8_t {
    probe,      ///< looking for where the logs agree: one AppendEntries at a time
    replicate,  ///< sending ahead of the acknowledgements (section 10.2.1, pipelining)
    snapshot,   ///< too far behind for the log: sending the snapshot
  };
  struct Transfer {
    LogPoint point;
    std::shared_ptr<const std::string> bytes;
    std::uint64_t offset = 0;
  };
  struct Progress {
    LogIndex match;  ///< the follower durably agrees up to here
    LogIndex next;   ///< what to send next
    Mode mode = Mode::probe;
    std::deque<LogIndex> in_flight;  ///< last index of each unanswered AppendEntries
    Instant answered_at{};           ///< when it last answered, or was first sent to
    std::uint64_t round = 0;         ///< the latest heartbeat round that it confirmed
    std::optional<Transfer> transfer;
    bool stepped_back = false;  ///< since it was last agreed with
  };
  struct PendingRead {
    RequestId request;
    kv::Value key;
  };
  /// Reads that share one round of heartbeats.
  struct ReadRound {
    std::uint64_t round = 0;
    LogIndex read_index;
    std::vector<PendingRead> reads;
  };
  struct RoundSent {
    std::uint64_t round = 0;
    Instant at{};
  };
  /// A server on its way to becoming a voter (section 4.2.1).
  struct Promotion {
    NodeId server;
    unsigned rounds = 0;
    LogIndex round_target;  ///< this round ends when the learner has the log up to here
    Instant round_started{};
    std::optional<RequestId> request;
  };
  struct LeadershipTransfer {
    NodeId to;
    Instant give_up_at{};
    bool sent = false;
    RequestId request;
  };
  /// All that a node holds only while it leads.
  struct Leadership {
    std::map<NodeId, Progress> followers;
    LogIndex first_index;  ///< the no-op with which the term began
    std::map<LogIndex, RequestId> proposals;
    std::vector<PendingRead> waiting_reads;
    std::deque<ReadRound> read_rounds;
    std::deque<RoundSent> rounds_sent;
    std::uint64_t round = 0;
    std::uint64_t confirmed_round = 0;
    Instant quorum_heard_at{};  ///< when the latest round that a quorum confirmed was sent
    Instant lease_until{};
    /// TimeoutNow was sent: from then on a follower may be elected though it hears this leader.
    bool lease_forfeited = false;
    Instant heartbeat_due{};
    std::optional<Promotion> promotion;
    std::optional<LeadershipTransfer> transfer;
  };
  struct Snapshot {
    LogPoint point;
    std::shared_ptr<const std::string> bytes;
  };
  struct IncomingSnapshot {
    NodeId from;
    Term term;
    LogIndex last_index;
    std::string bytes;
  };

  Core(Config config, Configuration configuration);
  [[nodiscard]] base::Result<void> recover(const core::Recovered& recovered);
  [[nodiscard]] base::Result<std::optional<Record>> read_record(const core::Recovered& recovered,
                                                                std::size_t at);

  // core.cpp: dispatch, time, durability
  void dispatch(const core::Input& input);
  void receive(NodeId from, Message&& message);
  void accept(NodeId from, Message&& message);
  void request(RequestId id, std::string_view bytes);
  void persisted(PersistCount count);
  void timer();
  void drained();
  [[nodiscard]] Outputs finish();
  [[nodiscard]] Instant next_deadline() const;
  void arm_timer();
  template <typename What>
  void put_out(What&& what) {
    if (outputs_.capacity() == 0) outputs_.reserve(outputs_expected);
    outputs_.emplace_back(std::forward<What>(what));
  }
  void send(NodeId to, const Message& message, bool after_persist = true);
  void reply(RequestId to, const kv::ClientReply& reply);
  void append_record(std::string&& record);
  void release_held_records();
  [[nodiscard]] HardState hard_state() const;
  [[nodiscard]] bool hard_state_is_durable() const { return persisted_ >= hard_state_at_; }
  void persist_hard_state();
  void append_to_log(Entry&& entry);
  void truncate_log(LogIndex from);
  [[nodiscard]] bool has(Bug bug) const { return config_.bugs.has(bug); }

  // election.cpp
  void reset_election_deadline();
  void election_timeout();
  void campaign(bool transfer);
  void start_pre_vote();
  void count_vote(NodeId voter);
  void become_follower(Term term, NodeId leader);
  void become_leader();
  void handle(NodeId from, const RequestVote& request);
  void handle(NodeId from, const VoteReply& reply);
  void handle(NodeId from, const TimeoutNow& message);
  [[nodiscard]] bool is_newcomer() const;
  [[nodiscard]] bool up_to_date(LogIndex last_index, Term last_term) const;
  [[nodiscard]] bool holds_on_to_leader() const;
  void request_votes(Term term, bool pre_vote, bool transfer);

  // replication.cpp
  void handle(NodeId from, AppendEntries&& message);
  void handle(NodeId from, const AppendReply& reply);
  void follow(NodeId leader);
  LogIndex accept_entries(AppendEntries&& message);
  void refuse_entries(NodeId to, const AppendEntries& message);
  void propose(Entry&& entry);
  void refused(Progress& progress, const AppendReply& reply);
  void replicate_all();
  void replicate_to(NodeId to, Progress& progress);
  void send_entries(NodeId to, Progress& progress);
  [[nodiscard]] LogIndex end_of_batch(LogIndex first) const;
  void retransmit();
  void follow_commit(LogIndex leader_commit, LogIndex matched);
  void advance_commit();
  void set_commit(LogIndex index);

  // clients.cpp
  void request_command(RequestId id, kv::Command command);
  void request_status(RequestId id);
  [[nodiscard]] bool overloaded() const;
  [[nodiscard]] kv::ClientReply not_leader() const;
  void apply_committed();
  void apply_entry(LogIndex index);
  void answer_proposal(LogIndex index, const kv::ClientReply& reply);
  void abandon_requests();

  // reads.cpp
  void handle(NodeId from, const Heartbeat& message);
  void handle(NodeId from, const HeartbeatReply& reply);
  void request_read(RequestId id, kv::Value key);
  void start_read_round();
  void broadcast_heartbeat();
  void confirm_rounds();
  void extend_lease();
  void serve_confirmed_reads();
  void serve_read(const PendingRead& read);
  [[nodiscard]] bool may_serve_reads() const;
  [[nodiscard]] bool lease_holds() const;

  // snapshot.cpp
  void handle(NodeId from, const InstallSnapshot& message);
  void handle(NodeId from, const SnapshotReply& reply);
  void maybe_take_snapshot();
  void checkpoint();
  void start_snapshot_transfer(NodeId to, Progress& progress);
  void send_chunk(NodeId to, Progress& progress);
  void install(NodeId from, const InstallSnapshot& message);
  [[nodiscard]] base::Result<void> load_snapshot(std::string_view bytes);

  // membership.cpp
  void request_membership(RequestId id, const kv::AddServer& request);
  void request_membership(RequestId id, const kv::RemoveServer& request);
  void request_transfer(RequestId id, const kv::TransferLeadership& request);
  [[nodiscard]] std::optional<kv::ClientReply> refuse_membership_change() const;
  void propose_configuration(Configuration configuration);
  void sync_followers();
  [[nodiscard]] Progress first_progress(NodeId follower) const;
  void watch_promotion();
  void watch_transfer();
  void configuration_committed();

  // What counts as a majority, in the configuration that governs.
  [[nodiscard]] const Configuration& governing() const;
  [[nodiscard]] std::size_t quorum_size() const;
  [[nodiscard]] bool is_quorum(const std::set<NodeId>& nodes) const;

  Config config_;
  base::Rng rng_;

  // Durable before anything that depends on it is sent.
  Term term_;
  NodeId voted_for_;  ///< 0 where no vote was given in this term
  Log log_;

  Role role_ = Role::follower;
  NodeId leader_;  ///< 0 where unknown
  LogIndex commit_;
  LogIndex applied_;
  kv::Store store_;
  Snapshot snapshot_;
  std::optional<IncomingSnapshot> incoming_;

  Instant now_{};
  Instant election_deadline_{};
  std::optional<Instant> leader_heard_at_;
  std::optional<Instant> timer_set_;

  PersistCount issued_ = 0;
  PersistCount persisted_ = 0;
  PersistCount hard_state_at_ = 0;  ///< the durable action with the present term and vote
  LogIndex durable_;                ///< the log is on this node's disk up to here
  std::deque<std::pair<PersistCount, LogIndex>> unsynced_;
  std::vector<std::string> held_records_;  ///< Bug::ack_before_fsync only
  bool tail_was_torn_ = false;             ///< the disk still holds a record cut short

  std::set<NodeId> votes_;
  std::optional<Leadership> leading_;
  std::map<NodeId, Progress> remembered_;  ///< Bug::next_index_kept_after_log_loss only

  /// A leader's usual step: a record, and a message to each follower.
  static constexpr std::size_t outputs_expected = 6;
  Outputs outputs_;
  std::uint64_t malformed_ = 0;
};

static_assert(core::Core<Core>);

}  // namespace eris::raft
