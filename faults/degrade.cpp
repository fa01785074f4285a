#include "faults/degrade.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "faults/link_choice.hpp"

namespace eris::faults {

namespace {

using model::LinkQuality;

constexpr const char* explanation =
    R"(Makes links between nodes bad without cutting them: for a while they lose, repeat, reorder, corrupt
or delay a share of the messages. A corrupted message is one that the receiver finds to be corrupted
by its checksum; it closes the connection, and what was under way on it is lost.

Each injection draws which of these it has, and how much of each, up to the shares that the options
give. A share of 0 leaves that one out.

Tends to find: answers counted twice, or counted for a later question than the one that they answer;
acknowledgements that overtake what they acknowledge; code that takes silence for agreement; retries
that are not idempotent; elections that never end, since one message in ten is missing.)";

struct Settings {
  LinkChoice links;
  LinkQuality most;
};

class Degrade final : public Fault {
 public:
  explicit Degrade(Settings settings) : settings_(settings) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    auto chosen = choose_links(settings_.links, view, rng);
    if (!chosen) return std::unexpected(std::move(chosen).error());
    const LinkQuality quality = draw(rng);
    return Injection{model::Degrade{std::move(chosen->links), quality},
                     "degrade " + chosen->description};
  }

 private:
  /// Each on or off; never all off.
  [[nodiscard]] LinkQuality draw(base::Rng& rng) const {
    const LinkQuality& most = settings_.most;
    LinkQuality drawn;
    for (int tries = 0; tries < 64 && drawn == LinkQuality{}; ++tries)
      drawn = {.loss_ppm = share(most.loss_ppm, rng),
               .duplicate_ppm = share(most.duplicate_ppm, rng),
               .reorder_ppm = share(most.reorder_ppm, rng),
               .corrupt_ppm = share(most.corrupt_ppm, rng),
               .delay = base::Duration(share(most.delay.count(), rng))};
    return drawn == LinkQuality{} ? most : drawn;
  }
  static std::int64_t share(std::int64_t most, base::Rng& rng) {
    if (rng.below(2) == 0 || most == 0) return 0;
    return rng.between(most / 8 + 1, most);
  }

  Settings settings_;
};

std::int64_t ppm(const model::Options& options, std::string_view name) {
  return std::llround(options.real(name) * 10'000);
}

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Degrade>(Settings{.links = link_choice_of(options),
                                            .most = {.loss_ppm = ppm(options, "loss"),
                                                     .duplicate_ppm = ppm(options, "duplicate"),
                                                     .reorder_ppm = ppm(options, "reorder"),
                                                     .corrupt_ppm = ppm(options, "corrupt"),
                                                     .delay = options.duration("delay")}});
}

model::OptionSchema percent(std::string name, double usual, std::string help) {
  return {.name = std::move(name),
          .kind = model::OptionKind::real,
          .default_value = usual,
          .help = std::move(help),
          .minimum = 0,
          .maximum = 100};
}

}  // namespace

FaultType degrade_fault() {
  return {
      {.name = "degrade",
       .summary = "makes links lose, repeat, reorder, corrupt or delay messages",
       .explanation = explanation,
       .options = {links_option(),
                   percent("loss", 20, "At most so many percent of the messages are lost"),
                   percent("duplicate", 20, "At most so many percent arrive twice"),
                   percent("reorder", 30, "At most so many percent are overtaken by later ones"),
                   percent("corrupt", 2,
                           "At most so many percent are corrupted, and close their connection"),
                   {.name = "delay",
                    .kind = model::OptionKind::duration,
                    .default_value = base::Duration(std::chrono::milliseconds(100)),
                    .help = "How much longer messages take on average, at most",
                    .minimum = 0,
                    .maximum = 60}},
       .engines = {"sim"}},
      &make};
}

}  // namespace eris::faults
