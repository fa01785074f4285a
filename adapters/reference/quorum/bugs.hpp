// The mistakes that the quorum-KV node can be told to make: one switch each.
//
// Why: a tool that finds bugs must be seen to find them. Each switch is a mistake that real
// implementations have made, one or a few lines at the place where it was made; everything else
// stays correct. Names and numbers are stable: plans and suites refer to them.
// Thread rule: plain values.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace eris::quorum {

/// Numbered as in the catalogue of quorum-KV bugs.
enum class Bug : std::uint8_t {
  r_plus_w_too_small = 1,
  ack_before_w = 2,
  hint_counts_reads_ignore = 3,
  hint_dropped_before_ack = 4,
  read_repair_writes_older = 5,
  client_clock_timestamps = 6,
  tie_keeps_local = 7,
  siblings_dropped = 8,
  clock_bumped_by_non_coordinator = 9,
  tombstone_collected_early = 10,
  merkle_range_off_by_one = 11,
  partial_write_reported_failed = 12,
  no_write_back = 13,
  rebalancing_drops_range = 14,
};

struct BugInfo {
  Bug bug;
  int number;
  std::string_view name;    ///< "no-write-back"
  std::string_view forgot;  ///< what the implementer forgot, a sentence
  std::string_view seen;    ///< what a user of the system sees, a sentence
  std::string_view shows;   ///< under which configuration, as options of the system
  /// Whether a run with real processes can show it to clients; otherwise it takes a schedule or a
  /// change of membership that only the simulator and the tests of the core give on demand.
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

}  // namespace eris::quorum
