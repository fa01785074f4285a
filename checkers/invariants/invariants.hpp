// invariants: did the nodes keep the rules of their protocol?
//
// Clients notice a broken rule late or never. Nodes of the reference systems say what state they
// are in (beacons), and the simulator says which of the system's own invariants were broken (node
// events "invariant"). This checker judges both, so that a run in which two nodes led one term is
// `invalid` although every client was lucky; and where a client saw something wrong, the report
// says what lies behind it.
//
// Of systems whose nodes say nothing it says nothing: see speaks_of().
// A cluster that goes from leader to leader (leader-churn) is `invalid` in virtual time; a real
// machine may have been too busy for its nodes, so there it is `unknown`.
// Where to look: beacon_rules.hpp and churn.hpp have the rules.
// Thread rule: as Checker.
#pragma once

#include <memory>

#include "checkers/checker.hpp"
#include "checkers/invariants/breaches.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers {

/// The checker's name, by which its findings are told from those that clients see.
inline constexpr const char* invariants_checker_name = "invariants";

[[nodiscard]] std::unique_ptr<Checker> make_invariants_checker();

namespace invariants {

/// Whether the history's nodes said anything that rules are known about.
[[nodiscard]] bool speaks_of(const model::History& history);

/// All rules, over all node events.
[[nodiscard]] Breaches find_breaches(const model::History& history);

}  // namespace invariants
}  // namespace eris::checkers
