// NodeClock: what a node takes for the time, as a function of the true (virtual) time: an offset,
// and a rate at which it runs.
// Invariant: the rate is positive, so that every local time comes.
// Thread rule: plain value.
#pragma once

#include <algorithm>
#include <cstdint>

#include "harness/base/time.hpp"

namespace eris::sim {

class NodeClock {
 public:
  /// What the node reads when it is truly `now`.
  [[nodiscard]] base::Instant read(base::Instant now) const {
    return anchor_local_ + scaled(now - anchor_true_, rate_);
  }
  /// The true time at which the node reads `local`, or `now` when that is past.
  [[nodiscard]] base::Instant when(base::Instant local, base::Instant now) const {
    // Rounded up, so that the clock has reached `local` when that time comes.
    const base::Instant at =
        anchor_true_ + scaled(local - anchor_local_, 1 / rate_) + base::Duration(1);
    return rate_ == 1 ? std::max(now, at - base::Duration(1)) : std::max(now, at);
  }

  void jump(base::Instant now, base::Duration by) { set(now, read(now) + by, rate_); }
  /// 1 is true time; 1.1 runs a tenth fast.
  void set_rate(base::Instant now, double rate) { set(now, read(now), rate); }

 private:
  static base::Duration scaled(base::Duration duration, double by) {
    if (by == 1) return duration;
    return base::Duration(static_cast<std::int64_t>(static_cast<double>(duration.count()) * by));
  }
  void set(base::Instant now, base::Instant local, double rate) {
    anchor_true_ = now;
    anchor_local_ = local;
    rate_ = rate;
  }

  base::Instant anchor_true_{};
  base::Instant anchor_local_{};
  double rate_ = 1;
};

}  // namespace eris::sim
