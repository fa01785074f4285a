// How one Raft node is set up: who it is, its timeouts, its limits, its bugs.
// Thread rule: a plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapters/reference/raft/bugs.hpp"
#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"

namespace eris::raft {

using base::Duration;
using base::Instant;
using base::LogIndex;
using base::NodeId;
using base::Term;

struct Timeouts {
  /// A leader is heard from at least this often.
  Duration heartbeat = std::chrono::milliseconds(50);
  /// A follower that hears from no leader for a random time between these two asks for votes. The
  /// dissertation's 150 to 300 ms (section 9.3) suits machines of their own. Here several nodes,
  /// their clients and a harness share two cores and one disk, where a node may well wait 200 ms
  /// for its turn or for an fsync; six missed heartbeats is where a false alarm becomes rare, and a
  /// failover still takes well under a second.
  Duration election_min = std::chrono::milliseconds(300);
  Duration election_max = std::chrono::milliseconds(600);
  /// A follower that leaves AppendEntries unanswered for this long is sent them again.
  Duration retransmit = std::chrono::milliseconds(200);
  /// The share by which two clocks may differ in rate, in percent: a lease is this much shorter.
  unsigned clock_drift_percent = 10;
};

struct Limits {
  /// Uncommitted entries and bytes from which a leader rejects clients.
  std::size_t uncommitted_entries_max = 8192;
  std::size_t uncommitted_bytes_max = 32 * 1024 * 1024;
  /// Reads that may wait for their read index; more are rejected.
  std::size_t waiting_reads_max = 8192;
  /// Entries' bytes in one AppendEntries; one entry may be larger and then travels alone.
  std::size_t append_bytes_max = 256 * 1024;
  /// AppendEntries on their way to one follower at a time.
  std::size_t appends_in_flight_max = 64;
  std::size_t snapshot_chunk_bytes = 256 * 1024;
  /// A larger request is rejected.
  std::size_t request_bytes_max = 1024 * 1024;
  /// Client sessions kept; the least recently used goes first. Equal on all nodes.
  std::size_t sessions_max = 100'000;
};

struct Config {
  NodeId self;
  /// The first configuration of the cluster: equal on its first members, empty on a server that
  /// will be added later. Of no effect once the log or a snapshot holds a configuration.
  std::vector<NodeId> voters;
  std::uint64_t seed = 0;
  Timeouts timeouts = {};
  Limits limits = {};
  /// A snapshot is taken when this many entries have been applied since the last one.
  std::uint64_t snapshot_after_entries = 50'000;
  /// Entries before a snapshot that are kept in memory for followers which are a little behind.
  std::uint64_t snapshot_trailing_entries = 5'000;
  /// A candidate first asks whether it could win (section 9.6).
  bool pre_vote = true;
  /// A leader that hears from no quorum for an election timeout steps down (section 6.2).
  bool check_quorum = true;
  /// Reads rely on a lease instead of a round of heartbeats (section 6.4.1). Needs clocks whose
  /// rates differ by less than clock_drift_percent.
  bool lease_reads = false;
  BugSet bugs = {};
};

/// A snapshot each so many entries, and a tenth of them kept before it.
void snapshot_every(Config& config, std::uint64_t entries);

/// Errors: usage, where values contradict each other.
[[nodiscard]] base::Result<void> validate(const Config& config);

}  // namespace eris::raft
