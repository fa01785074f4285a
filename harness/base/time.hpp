// Time in Eris: nanoseconds since the start of the run, real or simulated.
// Thread rule: plain values. Nothing here reads a clock; only harness/live and the simulator do.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"

namespace eris::base {

using Duration = std::chrono::nanoseconds;
/// A point on a run's timeline: the time since the run began.
using Instant = std::chrono::nanoseconds;

/// Reads "250ms", "20s", "1.5s", "2m", "1h", "80us", "10ns" or "0".
/// Errors: usage, naming the text and the units.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// The shortest exact form that parse_duration reads back: "250ms", "20s", "1500us".
[[nodiscard]] std::string to_text(Duration duration);

/// For people: three significant digits, "1.23 s", "456 ms", "7.89 µs".
[[nodiscard]] std::string to_rounded_text(Duration duration);

[[nodiscard]] constexpr double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace eris::base
