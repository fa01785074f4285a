#include "harness/base/time.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace eris::base {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Largest first, so that to_text finds the largest unit that divides.
constexpr std::array<Unit, 6> units{{{"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};

std::unexpected<Error> not_a_duration(std::string_view text) {
  return usage_error(fmt::format("'{}' is not a duration", text), {},
                     "write a number and a unit: 250ms, 20s, 1.5m, 1h");
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  double number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || !(number >= 0)) return not_a_duration(text);
  const std::string_view suffix(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (suffix.empty() && number == 0) return Duration::zero();
  for (const Unit& unit : units) {
    if (unit.name != suffix) continue;
    const double nanoseconds = number * static_cast<double>(unit.nanoseconds);
    if (nanoseconds > 9.0e18) return not_a_duration(text);
    return Duration(std::llround(nanoseconds));
  }
  return not_a_duration(text);
}

std::string to_text(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  for (const Unit& unit : units) {
    if (duration.count() % unit.nanoseconds == 0)
      return fmt::format("{}{}", duration.count() / unit.nanoseconds, unit.name);
  }
  return fmt::format("{}ns", duration.count());
}

std::string to_rounded_text(Duration duration) {
  const double nanoseconds = static_cast<double>(duration.count());
  const double size = std::abs(nanoseconds);
  if (size >= 1e9) return fmt::format("{:.3g} s", nanoseconds / 1e9);
  if (size >= 1e6) return fmt::format("{:.3g} ms", nanoseconds / 1e6);
  if (size >= 1e3) return fmt::format("{:.3g} µs", nanoseconds / 1e3);
  return fmt::format("{} ns", duration.count());
}

}  // namespace eris::base
