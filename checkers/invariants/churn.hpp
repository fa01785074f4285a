// Churn: a cluster left alone keeps its leader.
//
//   leader-churn   while nothing changes around the nodes, they seldom enter a new term together
//
// A term counts once most of the nodes that have spoken are in it. Those that hear no leader may
// raise their own as often as they like, as Raft without pre-vote does: that is nobody else's
// affair until others follow them there.
//
// "Nothing changes": no fault begins or ends, no node starts or exits, and no fault is in force but
// links that are cut and nodes that are dead. A leader that a majority hears then has no reason to
// go, whatever else is cut (Ongaro 2014, sections 4.2.3 and 9.6), so new terms come from the last
// change alone. Lost or late messages, pauses and bent clocks may cost a correct system any number
// of leaders.
//
// The bound: after a grace of 1.5 s, three terms and one more for each second. A server whose votes
// disturb a leader does so every election timeout, several times a second with usual settings.
// Measured: 600 runs of correct Raft over the plans of ci/prove had no term to count; 20 runs of
// 30 s without pre-vote, one link cut one way, had one. With raft/disruptive-candidates 15 of 40
// runs of ci/prove/raft-one-way.toml exceed the bound, by 3 at most; runs of 30 s by up to 38.
//
// Cost: time by the number of nodes for each event. Thread rule: one owner.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "checkers/invariants/beacon.hpp"
#include "checkers/invariants/breaches.hpp"
#include "harness/base/time.hpp"
#include "harness/model/event.hpp"

namespace eris::checkers::invariants {

inline constexpr base::Duration churn_grace = std::chrono::milliseconds(1500);
inline constexpr std::int64_t churn_terms = 3;
inline constexpr base::Duration churn_period = std::chrono::seconds(1);

/// Whether a correct cluster may go on electing while this is in force.
[[nodiscard]] bool unsettles(const model::FaultAction& action);

class Churn {
 public:
  explicit Churn(Breaches& breaches) : breaches_(breaches) {}

  // In the order of the journal.
  void take(const model::FaultEvent& event, base::Instant at);
  void take(const Beacon& beacon);
  /// A node started or exited.
  void node_changed(base::Instant at) { changed(at); }

 private:
  void changed(base::Instant at);
  [[nodiscard]] bool is_followed(const Beacon& beacon);

  Breaches& breaches_;
  std::set<std::uint64_t> unsettling_;  ///< faults in force
  base::Instant calm_since_{};
  std::int64_t terms_ = 0;  ///< new ones in this calm, after its grace
  std::map<base::NodeId, std::int64_t> highest_terms_;
  std::optional<std::int64_t> shared_term_;  ///< the highest that most of them have reached
};

}  // namespace eris::checkers::invariants
