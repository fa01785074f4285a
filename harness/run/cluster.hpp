// Cluster: what the run loop needs of a cluster, real (harness/live) or simulated (harness/sim).
// Invariant: each invoke() is followed by exactly one Completion, at the latest when stop() ends.
// Thread rule: called from the run loop's thread only.
#pragma once

#include <optional>
#include <variant>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/model/cluster_view.hpp"
#include "harness/model/event.hpp"
#include "harness/model/fault.hpp"
#include "harness/model/operation.hpp"

namespace eris::run {

/// A client has its answer.
struct Completion {
  model::Op op;
  model::Outcome outcome;
};

using ClusterEvent = std::variant<Completion, model::NodeEvent>;

class Cluster {
 public:
  virtual ~Cluster() = default;

  /// Starts every node and returns when all serve. What happens meanwhile comes from next().
  /// Errors: environment (program missing, port taken, node that exits or never becomes ready).
  [[nodiscard]] virtual base::Result<void> start() = 0;

  /// Time since this object was made: real, or virtual.
  [[nodiscard]] virtual base::Instant now() const = 0;
  [[nodiscard]] virtual model::ClusterView view() const = 0;

  /// Hands an operation to its process's client and returns at once. Its process must be idle.
  virtual void invoke(const model::Op& op) = 0;

  /// Enacts a fault or its inverse, and returns when it is in force, with what was seen of it.
  /// The inverse's evidence covers the whole time between (packets dropped, …).
  /// Errors: environment.
  [[nodiscard]] virtual base::Result<model::Evidence> apply(const model::FaultAction& action) = 0;

  /// The next thing that happened, waiting until `deadline` at most; nothing when that came first.
  /// Errors never come this way: a node that dies is a NodeEvent.
  [[nodiscard]] virtual std::optional<ClusterEvent> next(base::Instant deadline) = 0;

  /// Versions of the tested system; facts of the machine. For the journal's header.
  [[nodiscard]] virtual model::Fields versions() const = 0;
  [[nodiscard]] virtual model::Fields environment() const = 0;

  /// Ends clients, then nodes. Completions of operations still open come from next() afterwards.
  [[nodiscard]] virtual base::Result<void> stop() = 0;
};

}  // namespace eris::run
