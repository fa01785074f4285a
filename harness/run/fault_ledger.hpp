// FaultLedger: which injections are in force, so that each is undone exactly once and no two
// fight over the same node or link.
//
// Faults of different kinds may overlap: a partition while a node is down is worth having, and so
// is a bent clock on a node that is killed. But a node that one fault holds dead or paused belongs
// to that fault, and so does a link that it cut; otherwise undoing one would undo the other.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/fault.hpp"

namespace eris::run {

struct ActiveFault {
  std::uint64_t fault = 0;  ///< number of the injection
  std::string name;
  std::string description;
  model::FaultAction action;
  bool took_effect = false;  ///< as its evidence said when it was applied
};

class FaultLedger {
 public:
  /// Why the action cannot be added to what is in force; nothing when it can.
  [[nodiscard]] std::optional<std::string> conflict(const model::FaultAction& action) const;
  void add(ActiveFault active);
  void remove(std::uint64_t fault);
  /// The oldest first.
  [[nodiscard]] const std::vector<ActiveFault>& in_force() const { return in_force_; }

 private:
  std::vector<ActiveFault> in_force_;
};

}  // namespace eris::run
