#include "harness/run/pacer.hpp"

#include <algorithm>
#include <cmath>

#include "harness/base/assert.hpp"

namespace eris::run {

namespace {

base::Duration mean_gap(double rate) {
  ERIS_ASSERT(rate >= 0 && std::isfinite(rate), "a rate is not negative");
  if (rate == 0) return {};
  // At least a nanosecond, the grain of time: 0 means "no limit". At most a year.
  const double year = 365.0 * 86'400e9;
  return base::Duration(std::llround(std::clamp(1e9 / rate, 1.0, year)));
}

}  // namespace

Pacer::Pacer(double rate, std::size_t burst, base::Rng rng)
    : gap_(mean_gap(rate)), lag_max_(gap_ * static_cast<std::int64_t>(burst)), rng_(rng) {}

void Pacer::offered(base::Instant now) {
  if (gap_.count() == 0) return;
  due_ = std::max(due_ + rng_.duration({}, 2 * gap_), now - lag_max_);
}

}  // namespace eris::run
