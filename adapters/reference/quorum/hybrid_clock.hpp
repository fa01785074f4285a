// HybridClock: a hybrid logical clock (Kulkarni et al. 2014) that survives restarts.
//
// Why: stamps must never be given twice, also not by a node that comes back with its clock set
// back, and must never fall behind what their node has heard. So times are reserved in advance, in
// the log.
// Thread rule: one owner.
#pragma once

#include <algorithm>

#include "adapters/reference/quorum/cell.hpp"

namespace eris::quorum {

class HybridClock {
 public:
  /// What has been heard of is in the past.
  void observe(HybridTime time) { last_ = std::max(last_, time); }
  [[nodiscard]] HybridTime now(Instant instant) const {
    return std::max(last_, to_hybrid(instant));
  }
  /// Later than everything before.
  [[nodiscard]] HybridTime next(Instant instant) {
    last_ = std::max(last_ + 1, to_hybrid(instant));
    return last_;
  }

 private:
  HybridTime last_ = 0;
};

}  // namespace eris::quorum
