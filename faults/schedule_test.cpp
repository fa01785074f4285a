#include "faults/schedule.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::faults {
namespace {

using namespace std::chrono_literals;

std::vector<Window> windows(const model::FaultPlan& plan, std::uint64_t seed, std::size_t count) {
  Schedule schedule(plan, base::Rng(seed));
  std::vector<Window> found;
  for (std::size_t i = 0; i < count; ++i) found.push_back(schedule.next());
  return found;
}

TEST(Schedule, KeepsThePlansTimesExactlyWithoutJitter) {
  const model::FaultPlan plan{.start = 2s, .every = 5s, .duration = 3s, .jitter = 0};
  EXPECT_EQ(windows(plan, 1, 3), (std::vector<Window>{{2s, 5s}, {7s, 10s}, {12s, 15s}}));
}

TEST(Schedule, FollowsTheSeed) {
  const model::FaultPlan plan;
  EXPECT_EQ(windows(plan, 7, 20), windows(plan, 7, 20));
  EXPECT_NE(windows(plan, 7, 20), windows(plan, 8, 20));
}

RC_GTEST_PROP(Schedule, WindowsAscendWithoutOverlapWithinTheJitter, (std::uint64_t seed)) {
  model::FaultPlan plan;
  plan.start = std::chrono::milliseconds(*rc::gen::inRange(0, 5000));
  plan.every = std::chrono::milliseconds(*rc::gen::inRange(0, 5000));
  plan.duration = std::chrono::milliseconds(*rc::gen::inRange(0, 5000));
  plan.jitter = *rc::gen::inRange(0, 101) / 100.0;
  const auto found = windows(plan, seed, 30);
  RC_ASSERT(found.front().begin >= plan.start);
  const auto late = static_cast<double>((found.front().begin - plan.start).count());
  RC_ASSERT(late <= plan.jitter * static_cast<double>(plan.every.count()) + 1);
  const double lasting = static_cast<double>(plan.duration.count());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto length = static_cast<double>((found[i].end - found[i].begin).count());
    RC_ASSERT(std::abs(length - lasting) <= plan.jitter * lasting + 1);
    if (i > 0) RC_ASSERT(found[i].begin > found[i - 1].end);
  }
}

}  // namespace
}  // namespace eris::faults
