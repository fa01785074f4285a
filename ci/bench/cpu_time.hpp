// CPU time of this process, and checks that may use so much of it.
// Thread rule: pure functions, apart from the clock.
#pragma once

#include <ctime>

#include "checkers/checker.hpp"

namespace eris::bench {

/// User and system.
[[nodiscard]] inline double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// From now on.
[[nodiscard]] inline checkers::CheckContext within(double seconds) {
  const double end = cpu_seconds() + seconds;
  return {.out_of_time = [end] { return cpu_seconds() > end; }};
}

}  // namespace eris::bench
