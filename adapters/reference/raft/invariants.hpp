// Invariants: what must hold across all Raft nodes, checked after each step from outside.
//
// Why from outside: a broken node's own claims prove nothing. What is committed is worked out here
// from what the disks hold (the ghost commit), and what the store should contain from replaying
// exactly those entries; nodes' claims are compared with that.
// Cost: constant work for each new entry, message and step.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "adapters/reference/kv/hash.hpp"
#include "adapters/reference/kv/store.hpp"
#include "adapters/reference/raft/core.hpp"

namespace eris::raft {

/// Something that must never happen, and did.
struct Violation {
  std::string invariant;           ///< "election-safety"
  std::string what;                ///< a sentence
  std::vector<NodeId> nodes = {};  ///< that it names, ascending; may be empty
};

class Invariants {
 public:
  explicit Invariants(kv::StoreOptions store = {});

  /// A node was made, for the first time or from what its disk held.
  void started(const Core& core);
  /// The node took a step.
  void stepped(const Core& core);
  /// One durable action (core::Append, core::Checkpoint) of the node reached its disk.
  void durable(NodeId node, const core::Append& action);
  void durable(NodeId node, const core::Checkpoint& action);
  /// The node lost its disk while it was no member, and will start as a new server.
  void replaced(NodeId node);
  /// A message left the node; called after `durable` for all that it had to wait for.
  void sent(NodeId node, NodeId to, const Message& message);
  /// A client asked, and was answered.
  void invoked(RequestId request, bool is_read);
  void answered(RequestId request, const kv::ClientReply& reply);

  /// In the order in which they were noticed.
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }
  [[nodiscard]] bool violated(const std::string& invariant) const;
  /// The committed entries, by the disks.
  [[nodiscard]] LogIndex ghost_commit() const { return committed_.last_index(); }

 private:
  struct Disk {
    Log log{Configuration{}};
    Term term;
  };
  struct Seen {
    Term term;
    Role role = Role::follower;
    LogIndex commit;
    LogIndex applied;
    LogPoint last;
    std::vector<std::uint64_t> hashes;  ///< of the whole log as last seen, from index 1
  };
  struct PlaceHash {
    std::size_t operator()(const std::pair<LogIndex, Term>& place) const {
      return kv::mix(place.first.value, place.second.value);
    }
  };
  struct Reign {
    NodeId leader;
    Configuration configuration;
    std::map<NodeId, LogIndex> durable;  ///< how far each node's disk holds this term's entries
  };

  void violate(const char* invariant, std::vector<NodeId> nodes, std::string what);
  void check_terms_and_leaders(const Core& core, const Seen& before);
  void check_log(const Core& core, Seen& seen);
  void check_new_leader(const Core& core);
  void check_acknowledged(const Core& core);
  void check_beliefs(const Core& core);
  void check_commit(const Core& core, const Seen& before);
  void check_state(const Core& core, const Seen& before);
  void check_configurations(const Core& core);
  void store_record(NodeId node, Disk& disk, Record&& record);
  void advance_ghost(Reign& reign, Term term);
  void commit_from(const Log& log, LogIndex to, Term term);
  void vote(NodeId voter, Term term, NodeId candidate);

  std::map<NodeId, Disk> disks_;
  std::map<NodeId, Seen> seen_;
  std::map<NodeId, Term> promised_terms_;
  std::map<NodeId, std::pair<Term, LogIndex>> acknowledged_;  ///< the latest term's, the highest
  std::set<std::pair<Term, NodeId>> amnesia_told_;            ///< whose leader, about whom
  std::map<Term, Reign> reigns_;
  std::map<std::pair<NodeId, Term>, NodeId> votes_;
  boost::unordered_flat_map<std::pair<LogIndex, Term>, std::uint64_t, PlaceHash> canonical_;
  Log committed_{Configuration{}};
  Term committed_in_;  ///< the term whose leader committed the last of them
  kv::Store replayed_;
  std::vector<std::uint64_t> state_hashes_;  ///< after each committed entry, from index 0
  LogIndex answered_up_to_;                  ///< what clients have been shown
  std::map<RequestId, std::optional<LogIndex>> asked_;  ///< reads: what they must see
  std::vector<Violation> violations_;
};

}  // namespace eris::raft
