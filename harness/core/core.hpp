// The vocabulary of a protocol core: Input, Output and the Core concept.
//
// Why: a core is pure. It has no clock, thread, socket, file or generator of its own; the same
// state and the same input give the same outputs. So one core runs as a real process
// (adapters/reference/node) and inside the simulator (harness/sim), and a test can walk it through
// any schedule by hand.
//
// The order of outputs carries meaning; see the comments on each. Messages, requests, replies,
// records and snapshots are opaque bytes here: encoding them is the core's business (its wire
// files), moving and storing them is the driver's.
// Thread rule: a core has one owner; nothing here is shared.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"

namespace eris::core {

using base::Instant;
using base::NodeId;

/// One client request at one node, until its reply. Chosen by the driver, never reused by it.
using RequestId = base::StrongId<struct RequestIdTag, std::uint64_t>;
/// Counts the durable actions (Append, Checkpoint) of one incarnation, from 1.
using PersistCount = std::uint64_t;

// ---- inputs

/// A message from another node. It may be late, repeated, reordered, or never come.
struct Received {
  NodeId from;
  std::string message;
};
/// A client asks something of this node.
struct Requested {
  RequestId id;
  std::string request;
};
/// The first `count` durable actions of this incarnation are on disk.
struct Persisted {
  PersistCount count = 0;
};
/// The time set by the last SetTimer has come.
struct TimerFired {};
/// No more input is waiting right now: send what was held back to be batched.
struct Drained {};

using Input = std::variant<Received, Requested, Persisted, TimerFired, Drained>;

// ---- outputs

/// Sends to another node, at most once, in any order with other sends.
struct Send {
  NodeId to;
  std::string message;
  /// True (the rule): leaves only when every Append and Checkpoint listed before it, in this step
  /// and all earlier ones, is durable. False only for a message that promises nothing about what
  /// this node has stored, such as a leader's AppendEntries (Ongaro 2014, section 10.2.1).
  bool after_persist = true;
};
/// Answers a client; waits for what was listed before it, as Send does.
struct Reply {
  RequestId to;
  std::string reply;
};
/// Appends one record to the durable log. Records become durable in order.
struct Append {
  std::string record;
};
/// Replaces everything durable, at once or not at all, by this snapshot and these records.
struct Checkpoint {
  std::string snapshot;
  std::vector<std::string> records;
};
/// Wakes the core by TimerFired at this time; replaces any time set before.
struct SetTimer {
  Instant at{};
};

using Output = std::variant<Send, Reply, Append, Checkpoint, SetTimer>;
using Outputs = std::vector<Output>;

/// What was durable when a node starts: what Checkpoint and Append left behind.
struct Recovered {
  std::string snapshot;  ///< empty when there never was a Checkpoint
  std::vector<std::string> records;
};

/// Protocol state in named values, for invariants and for people: term, role, commit, …
struct Beacon {
  std::vector<std::pair<std::string, std::variant<std::int64_t, bool, std::string>>> fields;
  bool operator==(const Beacon&) const = default;
};

/// A protocol, ready to be driven. A core is made from its configuration, a seed, and Recovered;
/// `start` is called once before the first step.
template <typename C>
concept Core = requires(C core, Instant now, const Input& input) {
  { core.start(now) } -> std::same_as<Outputs>;
  { core.step(now, input) } -> std::same_as<Outputs>;
  { core.beacon() } -> std::same_as<Beacon>;
};

}  // namespace eris::core
