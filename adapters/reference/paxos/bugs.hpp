// The mistakes that the Paxos node can be told to make: one switch each.
//
// Why: a tool that finds bugs must be seen to find them. Each switch is a mistake that real
// implementations have made, one or a few lines at the place where it was made; everything else
// stays correct. `eris prove` runs each and expects it to be found and named.
// Names and numbers are stable: plans and suites refer to them.
// Thread rule: plain values.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace eris::paxos {

/// Numbered as in the catalogue of Multi-Paxos bugs.
enum class Bug : std::uint8_t {
  promise_not_persisted = 1,
  accepted_not_persisted = 2,
  accept_ignores_promise = 3,
  shared_ballots = 4,
  adopts_first_value = 5,
  adoption_skips_slots = 6,
  gap_filled_without_phase_1 = 7,
  accepts_across_ballots = 8,
  even_split_quorum = 9,
  duplicate_accept_counted = 10,
  execution_skips_gaps = 11,
  ballot_reused = 12,
  leader_reads_unconfirmed = 13,
  truncated_without_transfer = 14,
  reconfiguration_ignores_window = 15,
  command_proposed_twice = 16,
};

struct BugInfo {
  Bug bug;
  int number;
  std::string_view name;    ///< "ballot-reused"
  std::string_view forgot;  ///< what the implementer forgot, a sentence
  std::string_view seen;    ///< what a user of the system sees, a sentence
  /// Whether a run with real processes can show it; otherwise only the simulator can, because it
  /// takes a power loss or a message schedule that a network of processes does not give on demand.
  bool shown_live;
};

/// Every bug, ascending by number.
[[nodiscard]] const std::vector<BugInfo>& all_bugs();
[[nodiscard]] const BugInfo& info(Bug bug);
/// Errors: usage, with "did you mean".
[[nodiscard]] base::Result<Bug> find_bug(std::string_view name);

/// The mistakes that one node makes; none by default.
class BugSet {
 public:
  BugSet() = default;
  BugSet(std::initializer_list<Bug> bugs) {
    for (const Bug bug : bugs) add(bug);
  }
  void add(Bug bug) { bits_.set(static_cast<std::size_t>(bug)); }
  [[nodiscard]] bool has(Bug bug) const { return bits_.test(static_cast<std::size_t>(bug)); }
  [[nodiscard]] bool empty() const { return bits_.none(); }

 private:
  std::bitset<64> bits_;
};

}  // namespace eris::paxos
