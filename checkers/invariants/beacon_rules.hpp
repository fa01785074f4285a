// BeaconRules: what must hold of the states that nodes say they are in (Ongaro 2014, figure 3.2).
//
//   election-safety        a term has one leader
//   term-regression        a node's term never decreases; not across restarts either, once it was
//                          on disk
//   one-vote-per-term      nor does its vote in a term change
//   commit-regression, applied-regression   in one life of a node they only rise
//   applied-beyond-commit  only what is committed is applied
//   state-divergence       who applied as much has the same state
//
// Soundness: beacons are samples, so nothing follows from what is missing. A term or a vote that
// was not yet on disk may be gone after a crash, for nobody was told of it; a node that leads has
// its own on disk. A node whose disk was erased is bound by nothing that it said before.
// Cost: constant time for each beacon.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "checkers/invariants/beacon.hpp"
#include "checkers/invariants/breaches.hpp"

namespace eris::checkers::invariants {

/// Whether all values seen so far are the same.
class Agreement {
 public:
  /// Some value seen before differs from this one.
  [[nodiscard]] bool contradicts(const std::string& value) const {
    return first_ && (differ_ || *first_ != value);
  }
  void add(const std::string& value) {
    differ_ = contradicts(value);
    if (!first_) first_ = value;
  }
  [[nodiscard]] const std::string& first() const { return *first_; }

 private:
  std::optional<std::string> first_;
  bool differ_ = false;
};

class BeaconRules {
 public:
  explicit BeaconRules(Breaches& breaches) : breaches_(breaches) {}

  /// In the order of the journal.
  void take(const Beacon& beacon);
  /// From the node's next life on, nothing that was on its disk counts.
  void may_lose_disk(base::NodeId node) { nodes_[node].loses_disk = true; }

 private:
  struct Votes {
    Agreement durable;  ///< of all lives
    Agreement spoken;   ///< of this life, on disk or not
    std::uint64_t life = 0;
  };
  struct Node {
    std::uint64_t life = 0;
    bool loses_disk = false;
    std::optional<std::int64_t> durable_term;  ///< the highest, of all lives
    std::optional<std::int64_t> term;          ///< the highest of this life, as the two below
    std::optional<std::int64_t> commit;
    std::optional<std::int64_t> applied;
    std::unordered_map<std::int64_t, Votes> votes;  ///< by term
  };
  struct State {
    Agreement hashes;
    base::NodeId who;  ///< whose came first
  };

  void check_term(const Beacon& beacon, Node& node);
  void check_vote(const Beacon& beacon, Node& node);
  void check_leader(const Beacon& beacon);
  void check_progress(const Beacon& beacon, Node& node);
  void check_state(const Beacon& beacon);
  void breach(const char* rule, const Beacon& beacon, std::vector<base::NodeId> nodes,
              std::string what);

  Breaches& breaches_;
  std::map<base::NodeId, Node> nodes_;
  std::unordered_map<std::int64_t, std::vector<base::NodeId>> leaders_;  ///< by term
  std::unordered_map<std::int64_t, State> states_;                       ///< by applied index
};

}  // namespace eris::checkers::invariants
