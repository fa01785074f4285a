// Configurations: which acceptors govern which slot.
//
// A configuration that is chosen in slot i governs from slot i + alpha ("Paxos Made Simple",
// section 3; Lamport, Malkhi and Zhou, "Reconfiguring a State Machine", 2010). So whoever knows
// what is chosen up to slot c knows who governs every slot up to c + alpha, and may propose in no
// later one. Invariant: never empty, ascending by slot. Thread rule: one owner.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "adapters/reference/paxos/decree.hpp"

namespace eris::paxos {

class Configurations {
 public:
  using Chosen = std::pair<Slot, Configuration>;

  /// `first` governs from slot 1, as if it had been chosen before all.
  Configurations(Configuration first, std::uint64_t alpha) : alpha_(alpha) {
    chosen_.emplace_back(Slot(), std::move(first));
  }

  /// Taken over from a snapshot.
  void replace(std::vector<Chosen> chosen) { chosen_ = std::move(chosen); }
  void add(Slot slot, Configuration configuration) {
    chosen_.emplace_back(slot, std::move(configuration));
  }
  /// Forgets configurations that govern no slot from `from` on.
  void forget_before(Slot from);

  /// The configuration for a slot, and where it was chosen.
  [[nodiscard]] const Chosen& governing(Slot slot) const;
  /// The one chosen last; perhaps it does not govern yet.
  [[nodiscard]] const Chosen& latest() const { return chosen_.back(); }
  /// The first slot that the latest one governs.
  [[nodiscard]] Slot latest_governs_from() const { return governs_from(chosen_.back().first); }
  /// The last slot that those before it govern; 0 where there were none.
  [[nodiscard]] Slot latest_waits_for() const { return Slot(latest_governs_from().value - 1); }
  /// Everyone in a configuration that governs `from` or any later slot.
  [[nodiscard]] std::set<NodeId> members_from(Slot from) const;
  [[nodiscard]] const std::vector<Chosen>& all() const { return chosen_; }

 private:
  [[nodiscard]] Slot governs_from(Slot chosen) const {
    return chosen == Slot() ? Slot(1) : Slot(chosen.value + alpha_);
  }

  std::uint64_t alpha_;
  std::vector<Chosen> chosen_;
};

}  // namespace eris::paxos
