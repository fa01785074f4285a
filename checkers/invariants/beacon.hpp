// Beacon: what a node said of its protocol's state, as far as rules are known about it.
// Thread rule: plain values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/event.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::invariants {

/// A field that the node did not publish is absent, and then no rule speaks of it.
struct Beacon {
  base::NodeId node;
  std::uint64_t life = 0;  ///< counts the starts and ends of the node seen before it
  model::EventIndex event = 0;
  base::Instant at{};

  std::optional<std::int64_t> term;
  std::optional<std::string> vote;  ///< "voted_for"; empty for no vote in this term
  bool durable = false;             ///< term and vote were on disk
  /// It led this term, and nobody else may. Not said of leaders of ballots: a ballot names its
  /// owner, and two of them may share the round that stands in "term".
  bool leads = false;
  std::optional<std::int64_t> commit;
  std::optional<std::int64_t> applied;
  std::optional<std::string> state_hash;
};

/// Reads the fields of a NodeEvent "beacon".
[[nodiscard]] Beacon beacon_in(const model::Timed<model::NodeEvent>& event, std::uint64_t life);

/// Whether the nodes of the action may lose what was on their disks.
[[nodiscard]] bool erases_disks(const model::FaultAction& action);

/// Whether the event ends a life of its node: what follows is another process.
[[nodiscard]] bool ends_life(const model::NodeEvent& event);

}  // namespace eris::checkers::invariants
