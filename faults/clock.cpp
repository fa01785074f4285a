#include "faults/clock.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "faults/targets.hpp"
#include "harness/base/text.hpp"

namespace eris::faults {

namespace {

using model::ClockBend;

constexpr const char* explanation =
    R"(Bends the clocks of nodes: what a process takes for the time is no longer the time, until the end
of the injection. A clock that is set back stands still for the process until it has caught up,
since careful programs use a clock that never runs backwards.

Ways:
  jump    the clock is set forwards or backwards by up to `by`, small and large jumps alike, as by
          an administrator or a time server that was wrong. Timeouts that all fire at once; leases
          taken for expired, or for still valid; timestamps from the future that win for ever.
  rate    the clock runs fast or slow by up to `skew` percent. Leases that last longer on one node
          than on another.
  strobe  the jump comes and goes many times a second.
  random  one of these for each injection, drawn from the seed.

A system that says how much its clocks may differ is not bent further than that: a lease that trusts
clocks to run at about the same rate gets rates within its allowance, and no jumps.

Targets are those of kill; the default is minority, since clocks that are all wrong in the same way
agree.)";

enum class Way { jump, rate, strobe };
constexpr std::string_view way_names[] = {"jump", "rate", "strobe"};

struct Settings {
  Target target;
  std::string way;
  base::Duration by_max;
  double skew_percent;
};

class Clock final : public Fault {
 public:
  explicit Clock(Settings settings) : settings_(std::move(settings)) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    const auto way = choose_way(view.tolerance, rng);
    if (!way) return std::unexpected(way.error());
    auto targets = choose_targets(settings_.target, view, rng);
    if (!targets) return std::unexpected(std::move(targets).error());
    const ClockBend bend = draw(*way, view.tolerance, rng);
    std::string description = describe(*way, bend) + targets->description;
    return Injection{model::BendClock{std::move(targets->nodes), bend}, std::move(description)};
  }

 private:
  [[nodiscard]] std::expected<Way, std::string> choose_way(const model::Tolerance& tolerance,
                                                           base::Rng& rng) const {
    const auto* named = std::ranges::find(way_names, settings_.way);
    const bool may_jump = tolerance.clock_jumps;
    if (named == std::end(way_names))
      return may_jump ? static_cast<Way>(rng.below(std::size(way_names))) : Way::rate;
    const Way way = static_cast<Way>(named - std::begin(way_names));
    if (way != Way::rate && !may_jump)
      return std::unexpected("the system, as it is set up, relies on clocks that do not jump");
    return way;
  }

  [[nodiscard]] ClockBend draw(Way way, const model::Tolerance& tolerance, base::Rng& rng) const {
    if (way == Way::rate) return {.rate_ppm = draw_rate(tolerance, rng)};
    ClockBend bend{.jump = draw_jump(rng)};
    if (way == Way::strobe)
      bend.strobe = rng.duration(std::chrono::milliseconds(5), std::chrono::milliseconds(200));
    return bend;
  }

  /// Each order of magnitude is as likely as the others.
  [[nodiscard]] base::Duration draw_jump(base::Rng& rng) const {
    std::int64_t high = std::max<std::int64_t>(settings_.by_max.count(), 2);
    for (std::uint64_t halvings = rng.below(8); halvings > 0 && high > 2; --halvings) high /= 2;
    const std::int64_t jump = rng.between(high / 2, high);
    return base::Duration(rng.below(2) == 0 ? jump : -jump);
  }

  [[nodiscard]] std::int64_t draw_rate(const model::Tolerance& tolerance, base::Rng& rng) const {
    // Two clocks may each be off, by drift of their own and by this: a quarter of the allowance,
    // less a little, for each.
    const std::int64_t allowed = tolerance.clock_drift_ppm * 45 / 200;
    const auto asked = static_cast<std::int64_t>(std::llround(settings_.skew_percent * 10'000));
    const std::int64_t high = std::max<std::int64_t>(std::min(allowed, asked), 1);
    const std::int64_t rate = rng.between((high + 1) / 2, high);
    return rng.below(2) == 0 ? rate : -rate;
  }

  static std::string describe(Way way, const ClockBend& bend) {
    if (way == Way::rate)
      return fmt::format("clocks {}.{:02} % {} on ", std::abs(bend.rate_ppm) / 10'000,
                         std::abs(bend.rate_ppm) % 10'000 / 100,
                         bend.rate_ppm > 0 ? "fast" : "slow");
    const bool ahead = bend.jump.count() > 0;
    return fmt::format("clocks {} {} {} on ", base::to_rounded_text(ahead ? bend.jump : -bend.jump),
                       ahead ? "ahead" : "behind",
                       way == Way::strobe ? "and back, again and again," : "from now");
  }

  Settings settings_;
};

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Clock>(Settings{.target = target_of(options),
                                          .way = options.text("way"),
                                          .by_max = options.duration("by"),
                                          .skew_percent = options.real("skew")});
}

model::OptionSchema targets() {
  model::OptionSchema option = target_option();
  option.default_value = std::string("minority");
  return option;
}

}  // namespace

FaultType clock_fault() {
  return {{.name = "clock",
           .summary = "sets the clocks of nodes wrong, or makes them run fast or slow",
           .explanation = explanation,
           .options = {targets(),
                       {.name = "way",
                        .kind = model::OptionKind::choice,
                        .default_value = std::string("random"),
                        .help = "How a clock departs from true time: jump, rate, strobe, or one "
                                "of them at random",
                        .choices = {"random", "jump", "rate", "strobe"}},
                       {.name = "by",
                        .kind = model::OptionKind::duration,
                        .default_value = base::Duration(std::chrono::seconds(4)),
                        .help = "The longest jump",
                        .minimum = 0.001,
                        .maximum = 3600},
                       {.name = "skew",
                        .kind = model::OptionKind::real,
                        .default_value = 20.0,
                        .help = "By how much a clock may run fast or slow, in percent",
                        .minimum = 0.001,
                        .maximum = 45}},
           .engines = {"sim"}},
          &make};
}

}  // namespace eris::faults
