#include "harness/sim/node_clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::sim {
namespace {

using namespace std::chrono_literals;

TEST(NodeClock, ShowsTrueTimeUntilItIsBentAndAfterItWasMended) {
  NodeClock clock;
  EXPECT_EQ(clock.read(7s), 7s);
  clock.bend(10s, {.jump = 3s});
  EXPECT_EQ(clock.read(12s), 15s);
  clock.mend();
  EXPECT_EQ(clock.read(12s), 12s);
}

TEST(NodeClock, RunsAtItsRate) {
  NodeClock clock;
  clock.bend(10s, {.rate_ppm = 200'000});
  EXPECT_EQ(clock.read(20s), 22s);
  NodeClock slow(-100'000);
  EXPECT_EQ(slow.read(10s), 9s);
}

TEST(NodeClock, StandsStillForTheProcessWhereItWasSetBack) {
  NodeClock clock;
  EXPECT_EQ(clock.tell(10s), 10s);
  clock.bend(10s, {.jump = -4s});
  EXPECT_EQ(clock.tell(11s), 10s);
  EXPECT_EQ(clock.tell(15s), 11s);
  clock.process_began();
  clock.mend();
  EXPECT_EQ(clock.tell(16s), 16s);
}

TEST(NodeClock, StrobesBetweenItsJumpAndNone) {
  NodeClock clock;
  clock.bend(10s, {.jump = 1s, .strobe = 10ms});
  clock.flip(10s);
  EXPECT_EQ(clock.read(10s), 10s);
  clock.flip(10s);
  EXPECT_EQ(clock.read(10s), 11s);
}

RC_GTEST_PROP(NodeClock, HasReachedWhatATimerWaitsForWhenItIsDueAndNotLongBefore, ()) {
  NodeClock clock(*rc::gen::inRange<std::int64_t>(-50'000, 50'000));
  const auto nanoseconds = [] {
    return base::Duration(*rc::gen::inRange<std::int64_t>(0, 1LL << 40));
  };
  const base::Instant bent = nanoseconds();
  clock.bend(bent, {.jump = nanoseconds() - nanoseconds(),
                    .rate_ppm = *rc::gen::inRange<std::int64_t>(-400'000, 400'000)});
  const base::Instant now = bent + nanoseconds();
  const base::Instant local = clock.tell(now) + nanoseconds();
  const base::Instant due = clock.when(local, now);
  RC_ASSERT(due >= now);
  RC_ASSERT(clock.read(due) >= local);
  if (due > now) RC_ASSERT(clock.read(due - 10ns) <= local);
}

}  // namespace
}  // namespace eris::sim
