// Happening: what can come to pass in the simulated world at some instant.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "adapters/pure_client.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/core/core.hpp"

namespace eris::sim {

/// Counts the lives of a node, from 1: what was meant for an earlier life is void.
using Incarnation = std::uint32_t;

/// A message reaches a node.
struct MessageArrives {
  base::NodeId from;
  base::NodeId to;
  std::string message;
  std::uint32_t connection = 0;  ///< over which it came (network.hpp)
};
/// The first `count` durable actions of this life are on disk.
struct SyncEnds {
  base::NodeId node;
  Incarnation incarnation = 0;
  core::PersistCount count = 0;
};
/// A node's timer, the latest that was set when `setting` is still the node's own count.
struct TimerDue {
  base::NodeId node;
  std::uint64_t setting = 0;
};
/// One try of one client; void once the client has gone on to another.
struct Try {
  base::ProcessId process;
  std::uint64_t number = 0;
};
struct RequestArrives {
  Try from;
  base::NodeId node;
  std::string request;
};
struct AnswerArrives {
  Try to;
  std::string answer;
};
struct NoAnswerComes {
  Try to;
  adapters::NoAnswer why = adapters::NoAnswer::timed_out;
};
struct PauseEnds {
  Try of;
};

/// A strobing clock's jump comes or goes; void once `bend` is not its latest bend.
struct ClockFlips {
  base::NodeId node;
  std::uint64_t bend = 0;
};
/// The administrator looks at what is left to do.
struct AdministratorLooks {};
/// Nodes that wait for an awkward moment to end at have waited long enough.
struct EndIsDue {};

using Happening = std::variant<MessageArrives, SyncEnds, TimerDue, RequestArrives, AnswerArrives,
                               NoAnswerComes, PauseEnds, ClockFlips, AdministratorLooks, EndIsDue>;

}  // namespace eris::sim
