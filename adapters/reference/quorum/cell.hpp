// Cell: all that a replica knows of one key, and how two replicas' knowledge is put together.
//
// Why one type for both ways of resolving conflicts: storing, hinting, repairing and comparing
// trees are then the same code. With last-write-wins a cell holds one version and the later stamp
// wins. With siblings a cell is a dotted version vector set (Preguiça et al. 2010): each sibling is
// named by the stamp of its write (its dot), and the clock says which dots the cell has seen, so a
// dot that is seen and not there was replaced by someone who had read it. To have seen a dot is to
// have seen all that its actor numbered before.
// Invariant: join is commutative, associative and idempotent; siblings ascend by stamp and are
// seen by the clock. Thread rule: plain values and pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/reference/kv/bytes.hpp"
#include "adapters/reference/kv/value.hpp"
#include "adapters/reference/quorum/config.hpp"

namespace eris::quorum {

using kv::Value;

/// Reading of a hybrid logical clock (Kulkarni et al. 2014): milliseconds, then 16 bits that count.
using HybridTime = std::uint64_t;
/// Later times are refused, so that no garbage brings the clocks to their end.
inline constexpr HybridTime hybrid_time_max = HybridTime{1} << 62;

[[nodiscard]] HybridTime to_hybrid(Duration duration);

/// Who numbers writes: a node during one stay in the ring. A node that comes back does not hold all
/// that it numbered before, so it counts as another actor (as a vnode of Riak's does, whose id has
/// an epoch for that).
struct Actor {
  NodeId node;
  std::uint64_t stay = 0;  ///< the version of the ring in which it came; 0 for the first members
  auto operator<=>(const Actor&) const = default;
};

/// Names a write: never given twice. The order decides between versions; the node breaks ties.
struct Stamp {
  HybridTime time = 0;  ///< 0 for none
  NodeId node;
  std::uint64_t stay = 0;
  [[nodiscard]] Actor actor() const { return {node, stay}; }
  auto operator<=>(const Stamp&) const = default;
};

/// For each actor, the latest of its stamps that has been seen.
using VersionVector = std::map<Actor, HybridTime>;

struct Version {
  Stamp stamp;
  bool deleted = false;
  Value value;
  bool operator==(const Version&) const = default;
};

struct Cell {
  VersionVector clock;  ///< empty with last-write-wins
  std::vector<Version> versions;
  bool operator==(const Cell&) const = default;
  [[nodiscard]] bool empty() const { return versions.empty() && clock.empty(); }
};

struct JoinRule {
  Conflict conflict = Conflict::last_write_wins;
  bool tie_keeps_local = false;   ///< Bug::tie_keeps_local
  bool siblings_dropped = false;  ///< Bug::siblings_dropped
};

/// Adds the other's knowledge. True where that changed anything.
bool join(Cell& local, const Cell& other, const JoinRule& rule);
void join(VersionVector& clock, const VersionVector& other);

/// A client's write: replaces what its context has seen.
void write(Cell& local, Version version, const VersionVector& context, const JoinRule& rule);

[[nodiscard]] bool has_seen(const VersionVector& clock, Stamp stamp);
/// The write is here, or something that replaced it.
[[nodiscard]] bool has_seen(const Cell& cell, Stamp stamp);
/// All that `other` knows is known to `cell`.
[[nodiscard]] bool has_seen(const Cell& cell, const Cell& other);
/// There are versions, and all of them are deletions.
[[nodiscard]] bool is_tombstone(const Cell& cell);
/// The latest stamp of the cell.
[[nodiscard]] Stamp latest(const Cell& cell);
/// Equal cells, equal hashes, on every machine.
[[nodiscard]] std::uint64_t hash(const Cell& cell);

void encode(kv::Writer& writer, Stamp stamp);
[[nodiscard]] Stamp decode_stamp(kv::Reader& reader);
void encode(kv::Writer& writer, const VersionVector& clock);
[[nodiscard]] VersionVector decode_clock(kv::Reader& reader);
void encode(kv::Writer& writer, const Cell& cell);
/// Fails the reader where the bytes are no cell.
[[nodiscard]] Cell decode_cell(kv::Reader& reader);
inline constexpr std::size_t cell_bytes_min = 8;

/// "12.0@n1", in a later stay "12.0@n1/7", and for cells "12.0@n1=5 13.0@n2=deleted".
[[nodiscard]] std::string to_text(Stamp stamp);
[[nodiscard]] std::string to_text(const Cell& cell);

}  // namespace eris::quorum
