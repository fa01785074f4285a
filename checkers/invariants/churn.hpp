// Churn: a cluster left alone keeps its leader.
//
//   leader-churn   while nothing changes around the nodes, terms rise seldom
//
// "Nothing changes": no fault begins or ends, no node starts or exits, and no fault is in force but
// links that are cut and nodes that are dead. A leader that a majority hears then has no reason to
// go, whatever else is cut (Ongaro 2014, sections 4.2.3 and 9.6), so new terms come from the last
// change alone. Lost or late messages, pauses and bent clocks may cost a correct system any number
// of leaders.
// The bound: after a grace of 1.5 s, three terms and one more for each second. A server whose votes
// disturb a leader does so every election timeout, several times a second with usual settings.
// Cost: constant time for each event. Thread rule: one owner.
#pragma once

#include <cstdint>
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

  Breaches& breaches_;
  std::set<std::uint64_t> unsettling_;  ///< faults in force
  base::Instant calm_since_{};
  std::int64_t terms_ = 0;  ///< new ones in this calm, after its grace
  std::optional<std::int64_t> highest_term_;
};

}  // namespace eris::checkers::invariants
