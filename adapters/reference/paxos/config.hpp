// How one Paxos node is set up: who it is, its timeouts, its limits, its bugs.
// Thread rule: a plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapters/reference/paxos/bugs.hpp"
#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"

namespace eris::paxos {

using base::Duration;
using base::Instant;
using base::NodeId;

struct Timeouts {
  /// A leader is heard from at least this often.
  Duration heartbeat = std::chrono::milliseconds(50);
  /// A node that hears from no leader for a random time between these two begins a ballot; so does
  /// one whose ballot came to nothing. Random, so that duelling proposers soon fall out of step.
  Duration election_min = std::chrono::milliseconds(300);
  Duration election_max = std::chrono::milliseconds(600);
  /// What is left unanswered for this long is sent again.
  Duration retransmit = std::chrono::milliseconds(200);
  /// The share by which two clocks may differ in rate, in percent: a lease is this much shorter.
  unsigned clock_drift_percent = 10;
};

struct Limits {
  /// Commands and their bytes that may wait for a slot; more are rejected.
  std::size_t waiting_commands_max = 8192;
  std::size_t waiting_bytes_max = 32 * 1024 * 1024;
  /// Reads that may wait to be confirmed; more are rejected.
  std::size_t waiting_reads_max = 8192;
  /// Decrees' bytes in one Accept or Learn; one decree may be larger and then travels alone.
  std::size_t message_bytes_max = 256 * 1024;
  std::size_t snapshot_chunk_bytes = 256 * 1024;
  /// A larger request is rejected.
  std::size_t request_bytes_max = 1024 * 1024;
  /// Client sessions kept; the least recently used goes first. Equal on all nodes.
  std::size_t sessions_max = 100'000;
  /// What is chosen is put on record when it has moved on by this many slots.
  std::uint64_t chosen_record_slots = 256;
};

/// How a leader makes sure of its leadership before it answers a read.
enum class ReadMode : std::uint8_t {
  quorum_read,  ///< one round of heartbeats, answered by a quorum
  lease,        ///< none while a quorum has lately promised to follow nobody else; needs clocks
                ///< whose rates differ by less than clock_drift_percent
};

struct Config {
  NodeId self;
  /// The first configuration of the cluster: equal on its first members, empty on a server that
  /// will be added later. Of no effect once a snapshot holds a configuration.
  std::vector<NodeId> members;
  std::uint64_t seed = 0;
  Timeouts timeouts = {};
  Limits limits = {};
  /// The window: nothing is proposed in slot i + alpha before slot i is chosen, and a configuration
  /// chosen in slot i governs from slot i + alpha. Equal on all nodes.
  std::uint64_t alpha = 1024;
  /// A snapshot is taken when this many slots have been executed since the last one.
  std::uint64_t snapshot_after_slots = 50'000;
  /// Slots before a snapshot that are kept in memory for nodes which are a little behind.
  std::uint64_t snapshot_trailing_slots = 5'000;
  ReadMode read_mode = ReadMode::quorum_read;
  BugSet bugs = {};
};

/// A snapshot each so many slots, and a tenth of them kept before it.
void snapshot_every(Config& config, std::uint64_t slots);

/// Errors: usage, where values contradict each other.
[[nodiscard]] base::Result<void> validate(const Config& config);

}  // namespace eris::paxos
