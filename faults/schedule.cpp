#include "faults/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace eris::faults {

namespace {

base::Duration scaled(base::Duration duration, double factor) {
  return base::Duration(std::llround(static_cast<double>(duration.count()) * factor));
}

}  // namespace

Schedule::Schedule(const model::FaultPlan& plan, base::Rng rng)
    : every_(plan.every),
      duration_(plan.duration),
      jitter_(plan.jitter),
      rng_(rng),
      next_begin_(plan.start + scaled(plan.every, jitter_ * rng_.unit())) {}

base::Duration Schedule::jittered(base::Duration duration) {
  return scaled(duration, 1 + jitter_ * (2 * rng_.unit() - 1));
}

Window Schedule::next() {
  const base::Duration begin = next_begin_;
  const base::Duration end = begin + jittered(duration_);
  // A nanosecond between two windows keeps a plan with every = for = 0 from standing still.
  next_begin_ = std::max(begin + jittered(every_), end + base::Duration(1));
  return {begin, end};
}

}  // namespace eris::faults
