#include "harness/sim/node_clock.hpp"

#include <algorithm>

#include "harness/base/assert.hpp"

namespace eris::sim {

namespace {

constexpr std::int64_t million = 1'000'000;

/// duration · numerator / denominator, rounded down. In whole numbers, since a run must be the same
/// in every build, and in two parts, since the product of days and millionths overflows.
base::Duration scaled(base::Duration duration, std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t whole = duration.count() / denominator;
  const std::int64_t rest = duration.count() % denominator;
  return base::Duration(whole * numerator + rest * numerator / denominator);
}

}  // namespace

base::Instant NodeClock::read(base::Instant now) const {
  const base::Duration passed = now - anchor_true_;
  if (rate_ppm_ == 0) return anchor_local_ + passed;
  return anchor_local_ + scaled(passed, million + rate_ppm_, million);
}

base::Instant NodeClock::tell(base::Instant now) {
  told_ = std::max(told_, read(now));
  return told_;
}

base::Instant NodeClock::when(base::Instant local, base::Instant now) const {
  if (local <= told_) return now;
  const base::Duration ahead = local - anchor_local_;
  if (rate_ppm_ == 0) return std::max(now, anchor_true_ + ahead);
  // Rounded up, so that the clock has reached `local` when that time comes.
  return std::max(now,
                  anchor_true_ + scaled(ahead, million, million + rate_ppm_) + base::Duration(2));
}

void NodeClock::bend(base::Instant now, const model::ClockBend& bend) {
  ERIS_ASSERT(!bend_, "a clock is bent one way at a time");
  ERIS_ASSERT(bend.rate_ppm > -million, "time does not run backwards");
  bend_ = bend;
  jumped_ = true;
  set(now, read(now) + bend.jump, drift_ppm_ + bend.rate_ppm);
}

void NodeClock::mend() {
  bend_.reset();
  jumped_ = false;
  anchor_true_ = base::Instant{};
  anchor_local_ = base::Instant{};
  rate_ppm_ = drift_ppm_;
}

void NodeClock::flip(base::Instant now) {
  if (!bend_) return;
  jumped_ = !jumped_;
  set(now, read(now) + (jumped_ ? bend_->jump : -bend_->jump), rate_ppm_);
}

void NodeClock::set(base::Instant now, base::Instant local, std::int64_t rate_ppm) {
  anchor_true_ = now;
  anchor_local_ = local;
  rate_ppm_ = std::max(rate_ppm, -million / 2);
}

}  // namespace eris::sim
