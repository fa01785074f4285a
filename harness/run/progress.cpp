#include "harness/run/progress.hpp"

namespace eris::run {

namespace {

constexpr base::Duration period = std::chrono::milliseconds(250);
constexpr base::Duration window = std::chrono::seconds(1);

}  // namespace

double ProgressMeter::sample(base::Instant now, std::uint64_t operations) {
  due_ = now + period;
  samples_.push_back({now, operations});
  while (samples_.size() > 2 && samples_[1].time <= now - window) samples_.pop_front();
  const Sample& first = samples_.front();
  const double seconds = base::to_seconds(now - first.time);
  return seconds > 0 ? static_cast<double>(operations - first.operations) / seconds : 0;
}

}  // namespace eris::run
