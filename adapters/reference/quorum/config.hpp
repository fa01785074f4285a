// How one quorum-KV node is set up: who it is, what the store promises, its timeouts, its bugs.
// Thread rule: a plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/reference/quorum/bugs.hpp"
#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"

namespace eris::quorum {

using base::Duration;
using base::Instant;
using base::NodeId;

enum class Mode : std::uint8_t {
  dynamo,  ///< DeCandia et al. 2007: available, reconciled later
  abd,     ///< Attiya, Bar-Noy and Dolev 1995, with many writers: linearizable
};

/// What becomes of concurrent versions. Mode abd keeps the last write.
enum class Conflict : std::uint8_t { last_write_wins, siblings };

/// How many replicas of a key must answer.
enum class Level : std::uint8_t { usual, one, quorum, all };

struct Timeouts {
  /// A coordinator that has not heard from enough replicas by then answers that it does not know.
  Duration request = std::chrono::milliseconds(800);
  /// Replicas that have not answered are asked again, or others in their stead.
  Duration resend = std::chrono::milliseconds(100);
  /// Each node is heard from at least this often.
  Duration gossip = std::chrono::milliseconds(100);
  /// A node not heard from for this long is taken to be away.
  Duration suspect = std::chrono::milliseconds(400);
  Duration handoff = std::chrono::milliseconds(150);
  Duration anti_entropy = std::chrono::milliseconds(200);
  /// A tombstone is left alone for this long at least.
  Duration tombstone_grace = std::chrono::seconds(10);
  /// Messages that carry versions and are older than this, by the hybrid clock, count as lost. The
  /// collection of tombstones rests on it.
  Duration message_age_max = std::chrono::seconds(5);
};

struct Limits {
  /// Operations that a coordinator has under way; more are refused.
  std::size_t operations_max = 8192;
  std::size_t request_bytes_max = 1024 * 1024;
  /// Versions on their way in one round of handoff or rebalancing.
  std::size_t transfers_max = 256;
  /// Records between two checkpoints.
  std::size_t checkpoint_after_records = 50'000;
};

struct Config {
  NodeId self;
  /// The first members: equal on all of them, empty on a node that will be added later. Of no
  /// effect once a ring is on disk.
  std::vector<NodeId> members;
  std::uint64_t seed = 0;
  Mode mode = Mode::dynamo;
  Conflict conflict = Conflict::last_write_wins;
  /// N: how many nodes hold each key, or all of them where there are fewer.
  std::size_t replication = 3;
  /// R and W of requests that do not say.
  Level read_level = Level::quorum;
  Level write_level = Level::quorum;
  /// Nodes further along the ring stand in for replicas that are away.
  bool sloppy = true;
  bool anti_entropy = true;
  std::size_t virtual_nodes = 8;
  Timeouts timeouts = {};
  Limits limits = {};
  BugSet bugs = {};
};

// As options and flags name them: "abd", "lww", "one". Errors: usage, with what there is.
[[nodiscard]] base::Result<Mode> parse_mode(std::string_view text);
[[nodiscard]] base::Result<Conflict> parse_conflict(std::string_view text);
[[nodiscard]] base::Result<Level> parse_level(std::string_view text);

/// Errors: usage, where values contradict each other.
[[nodiscard]] base::Result<void> validate(const Config& config);

/// How many of `replicas` make up the level; `usual` is none.
[[nodiscard]] std::size_t count_of(Level level, std::size_t replicas);

/// True where every read meets every write: each quorum is made of the key's own replicas, and R
/// and W together are more than N. Reads then also write back what they answer.
[[nodiscard]] bool quorums_meet(const Config& config);

/// The strongest model, by its name in `eris list checks`, that histories of this configuration
/// always satisfy: under partitions, crashes, pauses, and clocks that are wrong.
[[nodiscard]] std::string_view promised_consistency(const Config& config);

}  // namespace eris::quorum
