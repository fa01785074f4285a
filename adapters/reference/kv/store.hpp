// Store: the replicated state machine, a key-value map with client sessions.
//
// Why sessions are part of the state (Ongaro 2014, section 6.3): a client that heard nothing sends
// its command again, perhaps to another leader; every replica must then know that it has been
// applied and what the answer was. Sessions are bounded: the least recently used one expires, in
// the order of the log, so every replica expires the same one at the same place. Invariant: equal
// sequences of applied commands give equal states and equal hashes on every node. Thread rule: one
// owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "adapters/reference/kv/command.hpp"
#include "harness/base/result.hpp"

namespace eris::kv {

struct StoreOptions {
  /// Sessions kept at most; equal on all nodes. At least 1.
  std::size_t sessions_max = 100'000;
  /// False plants a bug: a repeated command is applied again.
  bool deduplicate = true;
  /// False plants a bug: a snapshot forgets which commands were applied.
  bool sessions_in_snapshot = true;
};

class Store {
 public:
  explicit Store(StoreOptions options = {});

  /// Applies the command that stands at `index` of the log, and answers it. A command that its
  /// session has applied already changes nothing and is answered as it was then.
  ClientReply apply(LogIndex index, const Command& command);

  /// Answers a read from the present state.
  [[nodiscard]] ClientReply read(const Value& key, LogIndex applied) const;

  [[nodiscard]] std::size_t key_count() const { return entries_.size(); }
  [[nodiscard]] std::size_t session_count() const { return sessions_.size(); }
  /// Over contents and sessions; kept up to date at each change, so asking costs nothing.
  [[nodiscard]] std::uint64_t state_hash() const { return contents_hash_ ^ sessions_hash_; }

  /// The whole state, with keys and sessions in ascending order: equal states, equal bytes.
  [[nodiscard]] std::string snapshot() const;
  /// Replaces the state. Errors: usage; the state is then as before.
  [[nodiscard]] base::Result<void> restore(std::string_view snapshot);

 private:
  struct Slot {
    Value value;
    std::uint64_t value_hash;
  };
  struct Session {
    std::uint64_t sequence = 0;  ///< the highest applied; 0 before the first command
    ClientReply reply;           ///< to that command
    LogIndex used;               ///< where the session was last used: its place in the LRU order
    std::uint64_t hash = 0;      ///< of all this; what the session adds to sessions_hash_
  };
  struct ByEncoding {
    std::size_t operator()(const Value& key) const { return hash(key); }
  };

  ClientReply open_session(LogIndex index);
  ClientReply apply_in_session(LogIndex index, const Command& command);
  ClientReply execute(LogIndex index, const Command& command);
  ClientReply execute_cas(const Command& command);
  ClientReply execute_append(const Command& command);
  ClientReply execute_increment(const Command& command);

  void put(const Value& key, Value value);
  void put_hashed(const Value& key, Value value, std::uint64_t value_hash);
  void remove(const Value& key);
  void touch(SessionId id, Session& session, LogIndex index);
  void hash_anew(SessionId id, Session& session);
  void expire_oldest();

  StoreOptions options_;
  std::unordered_map<Value, Slot, ByEncoding> entries_;
  std::unordered_map<SessionId, Session> sessions_;
  /// With their names, since a server with a planted bug may apply an index twice.
  std::set<std::pair<LogIndex, SessionId>> sessions_by_use_;
  std::uint64_t contents_hash_ = 0;
  std::uint64_t sessions_hash_ = 0;
};

}  // namespace eris::kv
