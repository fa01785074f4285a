#include "harness/run/progress_text.hpp"

#include <cmath>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::run {

namespace {

std::string times_of(const Progress& progress) {
  const double limit = base::to_seconds(progress.time_limit);
  // "20 s", not "20.0 s": limits are round in practice, while the time must not jump about.
  return fmt::format("{:.1f} s of {:.10g} s", base::to_seconds(progress.time), limit);
}

}  // namespace

std::string to_text(const Progress& progress) {
  using base::with_separators;
  std::string text;
  if (progress.stage != "load") text = progress.stage + " | ";
  text += times_of(progress);
  text += fmt::format(
      " | {} op/s | ok {} fail {} info {}",
      with_separators(static_cast<std::uint64_t>(std::llround(progress.operations_per_second))),
      with_separators(progress.operations.ok), with_separators(progress.operations.fail),
      with_separators(progress.operations.info));
  for (const std::string& fault : progress.faults) text += " | " + fault;
  if (progress.leader) {
    text += " | leader " + base::to_text(*progress.leader);
    if (progress.term) text += fmt::format(" term {}", progress.term->value);
  }
  return text;
}

}  // namespace eris::run
