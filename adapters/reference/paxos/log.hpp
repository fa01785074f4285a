// Log: what a node has accepted or learned in each slot, above a base that snapshots move up.
//
// Unlike a Raft log it may have gaps, and each slot has a ballot of its own.
// Invariant: every slot held is above the base. Thread rule: one owner.
#pragma once

#include <cstddef>
#include <map>

#include "adapters/reference/paxos/decree.hpp"

namespace eris::paxos {

class Log {
 public:
  struct Entry {
    Ballot ballot;
    Decree decree;
    bool learned = false;  ///< known to be chosen from someone else, not accepted here
  };
  using Entries = std::map<Slot, Entry>;

  [[nodiscard]] Slot base() const { return base_; }
  /// The highest slot held; the base where there is none.
  [[nodiscard]] Slot last() const { return entries_.empty() ? base_ : entries_.rbegin()->first; }
  /// nullptr where nothing is held.
  [[nodiscard]] const Entry* find(Slot slot) const;
  [[nodiscard]] const Entries& entries() const { return entries_; }
  /// The entries in slots above this one.
  [[nodiscard]] Entries::const_iterator after(Slot slot) const {
    return entries_.upper_bound(slot);
  }

  /// Puts an entry, in place of what stood there. Nothing happens at or below the base.
  void put(Slot slot, Entry entry);
  /// Forgets the slots up to `to`, which becomes the base.
  void compact(Slot to);

 private:
  Slot base_;
  Entries entries_;
};

}  // namespace eris::paxos
