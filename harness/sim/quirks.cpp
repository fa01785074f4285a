#include "harness/sim/quirks.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::sim {

namespace {

using namespace std::chrono_literals;

/// Draws each quirk from a stream of its own, so that a new one leaves the others as they are.
class Drawing {
 public:
  explicit Drawing(base::Rng rng) : rng_(std::move(rng)) {}

  /// Off in three runs of four; else up to `ppm_max`, small values as likely as large ones.
  [[nodiscard]] Odds odds(std::string_view name, std::uint32_t ppm_max) const {
    base::Rng rng = rng_.stream(name);
    if (!is_on(rng)) return {};
    const std::uint64_t halvings = rng.below(4);
    return {static_cast<std::uint32_t>(1 + rng.below(ppm_max >> halvings))};
  }
  [[nodiscard]] base::Duration duration(std::string_view name, base::Duration low,
                                        base::Duration high) const {
    base::Rng rng = rng_.stream(name);
    return rng.duration(low, high);
  }
  [[nodiscard]] bool chosen(std::string_view name) const {
    base::Rng rng = rng_.stream(name);
    return is_on(rng);
  }

 private:
  static bool is_on(base::Rng& rng) { return rng.below(4) == 0; }

  base::Rng rng_;
};

std::string share(Odds odds) {
  return fmt::format("{}.{:02} %", odds.ppm / 10'000, odds.ppm % 10'000 / 100);
}

}  // namespace

Quirks draw_quirks(base::Rng rng) {
  const Drawing draw(std::move(rng));
  Quirks quirks{.lost = draw.odds("lost", 20'000),
                .repeated = draw.odds("repeated", 50'000),
                .reordered = draw.odds("reordered", 100'000),
                .stragglers = draw.odds("stragglers", 5'000),
                .straggler_delay_max = draw.duration("straggler delay", 50ms, 2s),
                .lost_requests = draw.odds("lost requests", 20'000),
                .lost_answers = draw.odds("lost answers", 20'000),
                .slow_syncs = draw.odds("slow syncs", 20'000),
                .slow_sync_max = draw.duration("slow sync", 20ms, 500ms),
                .late_timers = draw.odds("late timers", 50'000),
                .timer_delay_max = draw.duration("timer delay", 5ms, 200ms),
                .awkward_ends = draw.odds("awkward ends", 1'000'000),
                .restart_storms = draw.odds("restart storms", 500'000),
                .tuned = draw.chosen("tuned")};
  if (draw.chosen("far behind")) quirks.overtaken_max = draw.duration("overtaken by", 20ms, 1500ms);
  if (draw.chosen("drift")) quirks.drift_percent = 45;
  if (draw.chosen("slow starts")) quirks.start_delay_max = draw.duration("start delay", 1ms, 500ms);
  return quirks;
}

std::string to_text(const Quirks& quirks) {
  const std::array<std::pair<std::string_view, Odds>, 9> odds{
      {{"messages lost", quirks.lost},
       {"messages repeated", quirks.repeated},
       {"messages reordered", quirks.reordered},
       {"messages very late", quirks.stragglers},
       {"requests lost", quirks.lost_requests},
       {"answers lost", quirks.lost_answers},
       {"slow syncs", quirks.slow_syncs},
       {"late timers", quirks.late_timers},
       {"awkward ends", quirks.awkward_ends}}};
  std::string text;
  const auto add = [&text](std::string_view what) {
    text += text.empty() ? "" : ", ";
    text += what;
  };
  for (const auto& [name, each] : odds)
    if (each.ppm != 0) add(fmt::format("{} {}", name, share(each)));
  if (quirks.restart_storms.ppm != 0)
    add(fmt::format("restart storms {}", share(quirks.restart_storms)));
  if (quirks.overtaken_max != Quirks{}.overtaken_max)
    add(fmt::format("overtaken by up to {}", base::to_rounded_text(quirks.overtaken_max)));
  if (quirks.drift_percent != 0) add("clocks drift");
  if (quirks.start_delay_max.count() != 0) add("slow starts");
  if (quirks.tuned) add("the system's settings drawn");
  return text.empty() ? "none" : text;
}

}  // namespace eris::sim
