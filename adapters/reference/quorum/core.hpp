// quorum::Core: one node of a replicated key-value store without a leader, as a pure state machine:
// Dynamo (DeCandia et al. 2007) or, in mode abd, an atomic register (Attiya, Bar-Noy and Dolev
// 1995, with many writers). Every node coordinates what clients ask of it.
//
// Why pure: the same code runs as a process (adapters/reference/node) and in the simulator, and
// text scenarios walk it through any schedule. It satisfies core::Core.
//
// Where to look: core.cpp dispatch, time and durability; coordinator.cpp (clients' operations, read
// repair, write-back); replica.cpp (what is stored here); handoff.cpp (hints);
// anti_entropy.cpp (Merkle trees); tombstones.cpp (when deletions may be forgotten); membership.cpp
// (the ring changes, data moves).
//
// Invariants, watched from outside by invariants.hpp: stamps are never given twice; a cell only
// gains knowledge; a hint goes when its target has it; a tombstone when everybody has it; a range
// when its new owners have it. Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/reference/quorum/config.hpp"
#include "adapters/reference/quorum/hybrid_clock.hpp"
#include "adapters/reference/quorum/messages.hpp"
#include "adapters/reference/quorum/requests.hpp"
#include "adapters/reference/quorum/ring.hpp"
#include "adapters/reference/quorum/storage_records.hpp"
#include "harness/base/result.hpp"
#include "harness/core/core.hpp"

namespace eris::quorum {

using core::Outputs;
using core::PersistCount;
using core::RequestId;

/// A key in the order of the ring.
struct StoredKey {
  Position position = 0;
  std::string bytes;  ///< the key's encoding
  auto operator<=>(const StoredKey&) const = default;
};
[[nodiscard]] StoredKey stored_key(const Value& key);
/// What a cell adds to its Merkle leaf.
[[nodiscard]] std::uint64_t cell_hash(const StoredKey& place, const Cell& cell);

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
  [[nodiscard]] const Ring& ring() const { return ring_; }
  /// nullptr where the node holds nothing of the key.
  [[nodiscard]] const Cell* cell(const Value& key) const;
  [[nodiscard]] std::vector<std::pair<Value, Cell>> cells() const;
  struct Hint {
    NodeId target;
    Value key;
    Cell cell;
  };
  [[nodiscard]] std::vector<Hint> hints() const;
  [[nodiscard]] std::size_t hint_count() const { return hints_.size(); }
  [[nodiscard]] NodeStatus status() const;
  /// It decides about the membership.
  [[nodiscard]] bool is_seed() const { return ring_.seed() == config_.self; }
  /// Messages and requests that could not be decoded, since the start.
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }

 private:
  struct Entry {
    Value key;
    Cell cell;
  };
  /// Who waits for an operation: a client of this node, or of the node that sent it on.
  struct Origin {
    RequestId request;
    NodeId forwarder;
    OperationId forwarded = 0;
  };
  enum class Kind : std::uint8_t { read, write, forward };
  enum class Phase : std::uint8_t {
    asking,     ///< collecting what replicas have
    storing,    ///< until enough replicas have it
    repairing,  ///< answered; the other replicas are still listened to
  };
  /// What this node coordinates.
  struct Operation {
    Kind kind = Kind::read;
    Phase phase = Phase::asking;
    Origin origin;
    StoredKey place;
    Value key;
    Level level = Level::usual;
    Cell cell;        ///< read: all that was heard; write: what to store
    Version version;  ///< write: without a stamp until it is chosen
    bool answered = false;
    std::map<NodeId, Cell> replies{};
    std::set<NodeId> stored{};
    std::map<NodeId, NodeId> stand_ins{};  ///< who stands in for whom
    Instant deadline{};
    Instant due{};  ///< its place among the timers
  };
  /// A cell on its way to a node that must have it before this one may forget something.
  struct Transfer {
    enum class Why : std::uint8_t { hint, move, stray } why = Why::hint;
    StoredKey place;
    NodeId to;
    NodeId hint_for;
    std::uint64_t hash = 0;  ///< of the cell when it was sent
  };
  /// A tombstone on its way out; see tombstones.cpp.
  struct Collection {
    Cell tombstone;
    unsigned rounds = 0;
    std::set<NodeId> confirmed;
    HybridTime not_before = 0;
  };
  /// Who waits for a change of the ring.
  struct PendingChange {
    RequestId request;
    std::uint64_t moving = 0;  ///< the version of the ring in which data moves
  };
  using HintKey = std::pair<NodeId, StoredKey>;

  explicit Core(Config config);
  [[nodiscard]] base::Result<void> recover(const core::Recovered& recovered);
  void restore(Record record);

  // core.cpp: dispatch, time, durability
  void dispatch(const core::Input& input);
  void receive(NodeId from, const Message& message);
  [[nodiscard]] bool is_current(NodeId from, const Message& message);
  [[nodiscard]] bool is_member(NodeId node) const;
  void run_timers();
  [[nodiscard]] Instant next_deadline() const;
  [[nodiscard]] Outputs finish();
  void send(NodeId to, Body body, bool after_persist = true);
  void append(const Record& record);
  void maybe_checkpoint();
  [[nodiscard]] std::vector<Record> everything() const;
  [[nodiscard]] HybridTime fresh_time();
  [[nodiscard]] HybridTime hybrid_now() const { return clock_.now(now_); }
  /// What names an operation must be durable before others hear of it, so that it is never reused.
  [[nodiscard]] bool reservation_is_durable() const { return persisted_ >= reserved_at_; }
  [[nodiscard]] bool alive(NodeId node) const;
  [[nodiscard]] bool has(Bug bug) const { return config_.bugs.has(bug); }

  // coordinator.cpp
  void request(RequestId id, std::string_view bytes);
  void coordinate(const Origin& origin, ClientRequest request);
  void begin_read(const Origin& origin, ReadRequest request);
  void begin_write(const Origin& origin, WriteRequest request);
  void forward(const Origin& origin, const WriteRequest& request, const StoredKey& place);
  OperationId add_operation(Operation operation);
  void choose_version(Operation& operation, const VersionVector& context);
  void ask(OperationId id, Operation& operation);
  void ask_node(OperationId id, Operation& operation, NodeId node, NodeId hint_for);
  void engage_stand_in(OperationId id, Operation& operation, NodeId owner);
  void progress(OperationId id);
  void read_answered(OperationId id, Operation& operation);
  void finish_storing(Operation& operation);
  void background_repair(const Operation& operation);
  void operation_due(OperationId id);
  void operation_expired(const Operation& operation);
  void schedule(OperationId id, Operation& operation, Instant due);
  void remove_operation(OperationId id);
  void answer(const Origin& origin, const ClientReply& reply);
  [[nodiscard]] bool can_reach(const StoredKey& place, Kind kind, Level level) const;
  [[nodiscard]] bool uses_stand_ins(Kind kind) const;
  [[nodiscard]] std::size_t needed(const Operation& operation, Phase phase,
                                   std::size_t replicas) const;
  [[nodiscard]] std::size_t level_count(Level level, Kind kind, std::size_t replicas) const;
  template <typename Nodes>
  [[nodiscard]] bool enough(const Operation& operation, Phase phase, const Nodes& nodes) const;
  void note_reply(Operation& operation, NodeId from, const Cell& cell);
  void handle(NodeId from, const GetReply& message);
  void handle(NodeId from, const PutReply& message);
  void handle(NodeId from, const Forward& message);
  void handle(NodeId from, const ForwardReply& message);

  // replica.cpp
  void handle(NodeId from, const Get& message);
  void handle(NodeId from, const Put& message);
  void store(const Value& key, const StoredKey& place, const Cell& cell, bool overwrite = false);
  void replaced(const StoredKey& place, const Cell* before, const Cell* after);
  void drop(const StoredKey& place, Dropped why);
  void keep_hint(NodeId target, const Value& key, const StoredKey& place, const Cell& cell);
  [[nodiscard]] Cell known_here(const StoredKey& place) const;
  [[nodiscard]] JoinRule rule() const;

  // handoff.cpp
  void hand_off();
  void hand_off_hints(std::size_t& left);
  void hand_off_strays(std::size_t& left);
  void send_transfer(const Transfer& transfer, const Entry& entry);
  void transferred(const Transfer& transfer);
  void drop_hint(const HintKey& hint);
  void stray_stored(const Transfer& transfer);

  // anti_entropy.cpp
  void sync();
  void rebuild_trees();
  void handle(NodeId from, const SyncRoots& message);
  void handle(NodeId from, const SyncLeaves& message);
  void handle(NodeId from, const SyncCells& message);
  [[nodiscard]] std::vector<std::pair<Value, Cell>> cells_in(std::size_t range,
                                                             std::uint32_t leaves) const;
  void send_cells(NodeId to, std::uint32_t range, std::uint32_t leaves,
                  std::vector<std::pair<Value, Cell>> cells);

  // tombstones.cpp
  void collect_tombstones();
  void pursue(const StoredKey& place, const Entry& entry);
  void confirmed(const StoredKey& place, NodeId by);
  [[nodiscard]] bool is_clean(const StoredKey& place, const Cell& tombstone) const;
  void handle(NodeId from, const Confirm& message);
  void handle(NodeId from, const ConfirmReply& message);
  void handle(NodeId from, const Collect& message);

  // membership.cpp
  void gossip();
  void request_membership(RequestId id, NodeId server, bool add);
  void adopt(RingState ring);
  void forget_earlier_stay();
  void begin_again(OperationId id, Operation& operation);
  void start_moving();
  void move_cells(std::size_t& left);
  void moved(NodeId by);
  void handle(NodeId from, const Gossip& message);
  void handle(NodeId from, const RingUpdate& message);
  void handle(NodeId from, const Moved& message);

  Config config_;
  Ring ring_;
  HybridClock clock_;
  HybridTime reserved_ = 0;

  // Durable.
  std::map<StoredKey, Entry> store_;
  std::map<HintKey, Entry> hints_;

  // Derived from what is durable.
  std::map<std::size_t, MerkleTree> trees_;  ///< of the ranges that this node owns
  std::set<StoredKey> tombstones_;
  std::map<StoredKey, std::set<NodeId>> strays_;  ///< not owned here: the owners that have it
  std::set<std::pair<StoredKey, NodeId>> left_to_move_;  ///< while the ring moves
  std::set<NodeId> moved_;                               ///< the seed: who has nothing left to move

  // Forgotten in a crash.
  std::map<OperationId, Operation> operations_;
  std::set<std::pair<Instant, OperationId>> operation_timers_;
  std::map<OperationId, Transfer> transfers_;
  std::map<StoredKey, Collection> collections_;
  std::optional<PendingChange> change_;
  std::map<NodeId, Instant> heard_at_;
  std::size_t sync_turn_ = 0;

  Instant now_{};
  Instant gossip_due_{};
  Instant handoff_due_{};
  Instant sync_due_{};
  std::optional<Instant> timer_set_;

  PersistCount issued_ = 0;
  PersistCount persisted_ = 0;
  PersistCount reserved_at_ = 0;
  std::size_t records_since_checkpoint_ = 0;

  Outputs outputs_;
  std::uint64_t malformed_ = 0;
};

static_assert(core::Core<Core>);

}  // namespace eris::quorum
