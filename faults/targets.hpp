// Which nodes a fault on nodes (kill, pause) strikes.
// Invariant: only nodes that are running are chosen; a dead one cannot die, a paused one must not
// be killed under the fault that paused it.
// Thread rule: pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/model/cluster_view.hpp"
#include "harness/model/schema.hpp"

namespace eris::faults {

enum class Target { random, leader, minority, majority, all };

/// The option `target` with its choices; the default is random.
[[nodiscard]] model::OptionSchema target_option();

/// The target that these options name. Asserts that they have a valid `target`.
[[nodiscard]] Target target_of(const model::Options& options);

struct Targets {
  std::vector<base::NodeId> nodes;  ///< ascending, never empty
  std::string description;          ///< "leader n3", "n2", "minority n1 and n4", "all of n1 and n2"
};

/// Draws among the running nodes. `minority` and `majority` count the whole cluster, so that
/// "majority" means the same when some nodes are down already; then as many as run are taken.
/// Nothing, with the reason, where nobody fits: no leader known, no node running, no minority.
[[nodiscard]] std::expected<Targets, std::string> choose_targets(Target target,
                                                                 const model::ClusterView& view,
                                                                 base::Rng& rng);

}  // namespace eris::faults
