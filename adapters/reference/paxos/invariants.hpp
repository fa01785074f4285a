// Invariants: what must hold across all Paxos nodes, checked after each step from outside.
//
// Why from outside: a broken node's own claims prove nothing. What is chosen is worked out here
// from what the disks of acceptors hold, which proposals are allowed from the promises that were
// sent, and what the store should contain from replaying exactly what is chosen; nodes' claims are
// compared with that.
// Cost: a few look-ups for each new decree, message and step; a restart costs what the node has
// acknowledged since its snapshot.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/reference/kv/store.hpp"
#include "adapters/reference/paxos/core.hpp"

namespace eris::paxos {

/// Something that must never happen, and did.
struct Violation {
  std::string invariant;           ///< "two-values-chosen"
  std::string what;                ///< a sentence
  std::vector<NodeId> nodes = {};  ///< those that it names, ascending
};

/// What all nodes of the cluster agree on before anything is chosen.
struct Agreed {
  Configuration members;
  std::uint64_t alpha = 1;
  kv::StoreOptions store = {};
};

class Invariants {
 public:
  explicit Invariants(Agreed agreed);

  /// A node was made, for the first time or from what its disk held.
  void started(const Core& core);
  /// The node took a step.
  void stepped(const Core& core);
  /// One durable action (core::Append, core::Checkpoint) of the node reached its disk.
  void durable(NodeId node, const core::Append& action);
  void durable(NodeId node, const core::Checkpoint& action);
  /// The node lost its disk, and will start as a new server.
  void replaced(NodeId node);
  /// A message left the node; called after `durable` for all that it had to wait for.
  void sent(NodeId node, NodeId to, const Message& message);
  /// A client asked, and was answered.
  void invoked(RequestId request, bool is_read);
  void answered(RequestId request, const kv::ClientReply& reply);

  /// In the order in which they were noticed.
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }
  [[nodiscard]] bool violated(const std::string& invariant) const;
  /// Every slot up to here is chosen, by the disks.
  [[nodiscard]] Slot ghost_chosen() const { return prefix_; }

 private:
  struct Held {
    Ballot ballot;
    std::uint64_t hash = 0;
  };
  struct Disk {
    Ballot promised;
    Slot snapshot;
    std::map<Slot, Held> accepted;
  };
  struct Seen {
    std::uint64_t incarnation = 0;
    Ballot promised;
    Slot chosen;
    Slot executed;
  };
  struct Report {
    Slot from;
    Slot chosen;
    std::map<Slot, Held> accepted;
  };
  struct Proposal {
    std::uint64_t hash = 0;
    Decree decree;  ///< dropped when chosen
    std::vector<NodeId> accepted_by;
    bool proposed = false;  ///< an Accept for it was seen
  };
  struct Owner {
    NodeId node;
    std::uint64_t incarnation = 0;
    auto operator<=>(const Owner&) const = default;
  };

  void violate(const char* invariant, std::vector<NodeId> nodes, std::string what);
  void check_acknowledged(const Core& core);
  void check_chosen(const Core& core, const Seen& before);
  void check_executed(const Core& core, const Seen& before);
  void store_record(NodeId node, Disk& disk, const Record& record);
  void check_learned(NodeId node, const LearnedRecord& record);
  Proposal& proposal(Slot slot, Ballot ballot, const Decree& decree);
  void count(Slot slot, Proposal& proposal);
  void choose(Slot slot, Proposal& proposal);
  void advance();

  void sent_by(NodeId node, const Prepare& message);
  void sent_by(NodeId node, const Promise& message);
  void sent_by(NodeId node, const Accept& message);
  void sent_by(NodeId node, const Accepted& message);
  template <typename Other>
  void sent_by(NodeId, const Other&) {}
  void own_ballot(NodeId node, Ballot ballot);
  void own_report(NodeId node, Ballot ballot, const Disk& disk);
  void promised(NodeId node, Ballot ballot);
  void check_proposed(NodeId node, Slot slot, Ballot ballot, std::uint64_t hash);

  std::uint64_t alpha_;
  std::map<NodeId, Disk> disks_;
  std::map<NodeId, Seen> seen_;
  std::map<NodeId, Ballot> promises_given_;                 ///< the highest
  std::map<NodeId, std::map<Slot, Ballot>> accepts_given_;  ///< above the node's snapshot
  std::map<Ballot, std::set<Owner>> owners_;
  std::set<Ballot> led_;
  std::map<Ballot, std::map<NodeId, Report>> reports_;
  std::map<std::pair<Slot, Ballot>, Proposal> proposals_;
  std::map<Slot, std::pair<std::uint64_t, Decree>> chosen_;  ///< the decree until it is replayed
  Slot prefix_;
  Configurations configurations_;
  kv::Store replayed_;
  std::vector<std::uint64_t> state_hashes_;         ///< after each chosen slot, from slot 0
  Slot answered_up_to_;                             ///< what clients have been shown
  std::map<RequestId, std::optional<Slot>> asked_;  ///< reads: what they must see
  std::vector<Violation> violations_;
};

}  // namespace eris::paxos
