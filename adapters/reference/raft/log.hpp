// Log: the entries that a node holds in memory, above a base that snapshots move up.
//
// Each entry has a chain hash H[i] = h(H[i−1], term, kind, payload), so two logs that agree in H[i]
// agree in everything up to i. Invariants and beacons compare logs by one number.
// Invariant: indices are contiguous from base+1; terms never decrease.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/reference/raft/entry.hpp"
#include "harness/base/assert.hpp"

namespace eris::raft {

/// A place in a log and the hash of everything up to it.
struct LogPoint {
  LogIndex index;
  Term term;
  std::uint64_t hash = 0;

  bool operator==(const LogPoint&) const = default;
};

[[nodiscard]] std::uint64_t chain_hash(std::uint64_t before, const Entry& entry);

class Log {
 public:
  /// An empty log above `base`, governed by `configuration` as of the base.
  explicit Log(Configuration configuration, LogPoint base = {});

  [[nodiscard]] LogPoint base() const { return base_; }
  [[nodiscard]] LogPoint last() const {
    if (slots_.empty()) return base_;
    return {last_index(), slots_.back().entry.term, slots_.back().hash};
  }
  [[nodiscard]] LogIndex last_index() const { return LogIndex(base_.index.value + slots_.size()); }

  /// Whether the entry itself is here: base < index ≤ last.
  [[nodiscard]] bool holds(LogIndex index) const {
    return index > base_.index && index <= last_index();
  }
  [[nodiscard]] const Entry& at(LogIndex index) const { return slot(index).entry; }
  /// Nothing below the base or beyond the end.
  [[nodiscard]] std::optional<Term> term_at(LogIndex index) const {
    if (index == base_.index) return base_.term;
    if (!holds(index)) return std::nullopt;
    return slot(index).entry.term;
  }
  [[nodiscard]] std::optional<std::uint64_t> hash_at(LogIndex index) const {
    if (index == base_.index) return base_.hash;
    if (!holds(index)) return std::nullopt;
    return slot(index).hash;
  }
  /// The last index at or below `index` whose term is at most `term`; the base at least.
  [[nodiscard]] LogIndex last_with_term_at_most(Term term, LogIndex index) const;

  void append(Entry entry);
  /// Drops `from` and everything after it.
  void truncate(LogIndex from);
  /// Forgets entries up to `to`, which becomes the base.
  void compact(LogIndex to);

  /// The configuration that governs: the last one in the log, committed or not (section 4.1).
  [[nodiscard]] const Configuration& configuration() const { return configurations_.back().second; }
  [[nodiscard]] LogIndex configuration_index() const { return configurations_.back().first; }
  /// The last configuration at or below `index`, and where it stands.
  [[nodiscard]] const std::pair<LogIndex, Configuration>& configuration_at(LogIndex index) const;

  /// Bytes of the payloads of all entries after `index`.
  [[nodiscard]] std::size_t payload_bytes_after(LogIndex index) const;

 private:
  struct Slot {
    Entry entry;
    std::uint64_t hash;
    std::uint64_t bytes_before;  ///< payload bytes of all entries ever appended before this one
  };
  [[nodiscard]] const Slot& slot(LogIndex index) const {
    ERIS_ASSERT(holds(index), "the log holds only what lies above its base");
    return slots_[index.value - base_.index.value - 1];
  }

  LogPoint base_;
  std::uint64_t base_bytes_ = 0;
  std::deque<Slot> slots_;
  /// Ascending by index; never empty; the first stands at or below the base.
  std::vector<std::pair<LogIndex, Configuration>> configurations_;
};

}  // namespace eris::raft
