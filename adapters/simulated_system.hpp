// SimulatedSystem: what the simulator must know of a system in order to run it in virtual time: the
// core of its nodes, its clients, and what must hold of it.
//
// Only systems with a pure core have one (System::simulated); nothing here touches the world.
// Thread rule: const calls may come from many threads; what they make has one owner each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/pure_client.hpp"
#include "harness/base/result.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/core/any_core.hpp"
#include "harness/model/cluster_view.hpp"

namespace eris::adapters {

/// What a simulated node is told at its start.
struct SimulatedNode {
  base::NodeId self;
  std::vector<base::NodeId> all;  ///< the first members, ascending; without `self` for one added
                                  ///< later
  std::uint64_t seed = 0;         ///< differs between nodes
};

/// How a node stands, read from its core.
struct CoreStatus {
  bool serving = false;  ///< it answers clients, or sends them to one who does
  bool leads = false;    ///< it takes itself for the leader
  base::Term term;       ///< 0 where the system has none
  bool operator==(const CoreStatus&) const = default;
};

/// Something that must never happen, and did.
struct Violation {
  std::string rule;                 ///< "election-safety"
  std::string what;                 ///< a sentence
  std::vector<base::NodeId> nodes;  ///< those that it names, ascending; may be empty
};

/// Watches nodes from outside: their steps, disks, messages and answers. What it is told is what
/// happened, in that order; see adapters/reference/raft/invariants.hpp.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// A node was made, for the first time or from what its disk held.
  virtual void started(base::NodeId node, const core::AnyCore& core) = 0;
  virtual void stepped(base::NodeId node, const core::AnyCore& core) = 0;
  /// One durable action reached the disk.
  virtual void durable(base::NodeId node, const core::Append& action) = 0;
  virtual void durable(base::NodeId node, const core::Checkpoint& action) = 0;
  /// The disk lost everything: the node comes back as one that never ran.
  virtual void wiped(base::NodeId node) = 0;
  /// A message left the node, after all that it had to wait for was durable.
  virtual void sent(base::NodeId from, base::NodeId to, std::string_view message) = 0;
  /// A client asked a node, and was answered.
  virtual void requested(core::RequestId id, std::string_view request) = 0;
  virtual void replied(core::RequestId id, std::string_view reply) = 0;

  /// How many violations have been noticed so far; cheap, asked after each step.
  [[nodiscard]] virtual std::size_t violation_count() const = 0;
  /// The n-th, in the order in which they were noticed.
  [[nodiscard]] virtual Violation violation(std::size_t n) const = 0;
};

class SimulatedSystem {
 public:
  virtual ~SimulatedSystem() = default;

  /// A node that has never run, or one that comes back with what was durable.
  /// Errors: usage, for options that contradict each other; what a real node says of a damaged
  /// disk.
  [[nodiscard]] virtual base::Result<std::unique_ptr<core::AnyCore>> make_core(
      const SimulatedNode& node, const core::Recovered& recovered) const = 0;

  /// How the node stands; the core is one of this system's. Cheap.
  [[nodiscard]] virtual CoreStatus status(const core::AnyCore& core) const = 0;

  /// A client for one process, which starts at the node with index process mod nodes.
  [[nodiscard]] virtual std::unique_ptr<PureClient> connect(const std::vector<base::NodeId>& nodes,
                                                            base::ProcessId process) const = 0;

  /// A watcher of a fresh cluster.
  [[nodiscard]] virtual std::unique_ptr<Watcher> watch() const = 0;

  /// Requests that change the membership, where the system has such: an administrator sends them to
  /// whoever leads, again and again until it is told that the change is in force. Empty where it
  /// has not.
  [[nodiscard]] virtual std::string add_server_request(base::NodeId) const { return {}; }
  [[nodiscard]] virtual std::string remove_server_request(base::NodeId) const { return {}; }
  /// Whether the answer to such a request says that the change is in force.
  [[nodiscard]] virtual bool is_membership_changed(std::string_view /*answer*/) const {
    return false;
  }

  /// What may happen to the system without touching what it promises; faults keep within it.
  [[nodiscard]] virtual model::Tolerance tolerance() const { return {}; }

  /// The same system with settings drawn at random where the plan left them as they are: snapshots
  /// after a few entries, small messages, other timeouts. nullptr where it has none to draw.
  [[nodiscard]] virtual std::unique_ptr<SimulatedSystem> tuned(base::Rng /*rng*/) const {
    return nullptr;
  }

  /// Whether the core looks for itself at the records that it recovers. Then the last of them may be
  /// one that a crash tore, with zeros where its end should be; else it is cut off, as a node's log
  /// does (adapters/reference/node/log_format.hpp).
  [[nodiscard]] virtual bool takes_torn_records() const { return false; }
};

}  // namespace eris::adapters
