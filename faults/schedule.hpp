// Schedule: when a fault strikes, as a pure function of its plan and a random stream.
//
// The n-th injection begins one `every` after the one before, and lasts for `duration`; both are
// stretched or shrunk by up to ±jitter of themselves, so that faults drift against one another and
// against the system's own timers. The first begins at `start` plus up to jitter·every: never
// earlier, since `start` promises quiet, and spread out, so that faults with equal plans do not all
// strike at once.
// Invariants: windows of one schedule do not overlap and never end before they begin; the same plan
// and seed give the same windows.
// Thread rule: one owner.
#pragma once

#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "harness/model/plan.hpp"

namespace eris::faults {

/// One injection's time, counted from the beginning of the load phase.
struct Window {
  base::Duration begin{};
  base::Duration end{};
  bool operator==(const Window&) const = default;
};

class Schedule {
 public:
  Schedule(const model::FaultPlan& plan, base::Rng rng);

  /// The next window. There is always one; the caller stops at its time limit.
  [[nodiscard]] Window next();

 private:
  [[nodiscard]] base::Duration jittered(base::Duration duration);

  base::Duration every_;
  base::Duration duration_;
  double jitter_;
  base::Rng rng_;
  base::Duration next_begin_;
};

}  // namespace eris::faults
