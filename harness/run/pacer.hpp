// Pacer: when the next operation is to be offered.
//
// Gaps are drawn uniformly between 0 and twice the mean, so that operations come at the asked rate
// on average without marching in step with heartbeats and timers (Jepsen's `stagger`). When the
// system cannot keep up, what is overdue is made up for by a short burst at most: a longer one
// would measure the backlog and not the system.
// Thread rule: one owner.
#pragma once

#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"

namespace eris::run {

class Pacer {
 public:
  /// `rate` in operations a second; 0: no limit. `burst` is the greatest number of overdue
  /// operations that are made up for.
  Pacer(double rate, std::size_t burst, base::Rng rng);

  /// The first operation is due at once.
  void start(base::Instant now) { due_ = now; }
  [[nodiscard]] bool is_due(base::Instant now) const { return gap_.count() == 0 || due_ <= now; }
  /// When the next one is due; in the past when it is overdue. Means nothing without a limit.
  [[nodiscard]] base::Instant due() const { return due_; }
  /// One was offered.
  void offered(base::Instant now);

 private:
  base::Duration gap_;  ///< mean; 0: no limit
  base::Duration lag_max_;
  base::Rng rng_;
  base::Instant due_{};
};

}  // namespace eris::run
