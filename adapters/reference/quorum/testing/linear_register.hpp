// Whether what clients saw of one register could have happened to a single copy of it.
//
// Why here: the core's tests know nothing of the harness' checkers, and histories of a property
// test are short, so the plain search does (Wing and Gong 1993, with Lowe's memory of places that
// were tried, 2017).
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <climits>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace eris::quorum {

/// Moments are counted by asking and answering.
struct RegisterOperation {
  static constexpr unsigned never = UINT_MAX;
  bool is_write = false;
  std::int64_t value = 0;  ///< written or read; 0 for nothing
  unsigned begin = 0;
  unsigned end = never;  ///< a write without a known end may take effect late, or not at all
};

class LinearSearch {
 public:
  explicit LinearSearch(const std::vector<RegisterOperation>& history) : history_(history) {}

  [[nodiscard]] bool succeeds() { return goes_on(std::vector<bool>(history_.size()), 0); }

 private:
  /// From a register that holds `value` after the operations that are `done`.
  [[nodiscard]] bool goes_on(const std::vector<bool>& done, std::int64_t value) {
    if (!tried_.insert({done, value}).second) return false;
    unsigned first_end = RegisterOperation::never;
    for (std::size_t i = 0; i < history_.size(); ++i)
      if (!done[i]) first_end = std::min(first_end, history_[i].end);
    if (first_end == RegisterOperation::never) return true;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const RegisterOperation& next = history_[i];
      if (done[i] || next.begin > first_end || (!next.is_write && next.value != value)) continue;
      std::vector<bool> more = done;
      more[i] = true;
      if (goes_on(more, next.is_write ? next.value : value)) return true;
    }
    return false;
  }

  const std::vector<RegisterOperation>& history_;
  std::set<std::pair<std::vector<bool>, std::int64_t>> tried_;
};

/// The register holds nothing at first. Reads are those that were answered.
[[nodiscard]] inline bool is_linearizable(const std::vector<RegisterOperation>& history) {
  return LinearSearch(history).succeeds();
}

}  // namespace eris::quorum
