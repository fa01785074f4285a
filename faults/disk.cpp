#include "faults/disk.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "faults/core_quorum.hpp"
#include "faults/targets.hpp"
#include "harness/base/text.hpp"

namespace eris::faults {

namespace {

using model::DiskTrouble;

constexpr const char* explanation =
    R"(Spoils the disks of nodes.

Troubles:
  slow         each sync takes a tenth of a second or so. Leaders that are elected and cannot keep
               up; timeouts shorter than a sync.
  full         no room: the next write is an error, and the process ends of it, as it must, since it
               cannot know what is on the disk. When there is room again it is started again.
  failing      the next write is an input/output error; likewise.
  corrupted    the machine fails, and bits have flipped in what was written long ago. The process
               finds that by its checksums when it starts, and refuses to; the others must go on
               without it, for the rest of the run.
  misdirected  the machine fails, and its last write has landed on the place of an earlier one;
               likewise.
  random       one of these for each injection, drawn from the seed.

Over a whole run at most a minority of the members lose what is on their disks, by this fault and by
others: no protocol survives more. Nor is the last write damaged where it lies, since that cannot be
told from a write that a crash tore (Alagappan et al., FAST 2018).

Tends to find: processes that go on after a failed sync, and acknowledge what is nowhere; damaged
records that are skipped or taken for good; elections by nodes that forgot.

Targets are those of kill.)";

/// By DiskTrouble.
constexpr DiskTrouble troubles[] = {DiskTrouble::slow, DiskTrouble::full, DiskTrouble::failing,
                                    DiskTrouble::corrupted, DiskTrouble::misdirected};

bool loses_data(DiskTrouble trouble) {
  return trouble == DiskTrouble::corrupted || trouble == DiskTrouble::misdirected;
}

class Disk final : public Fault {
 public:
  Disk(Target target, std::string trouble) : target_(target), trouble_(std::move(trouble)) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    const DiskTrouble trouble = draw(view, rng);
    auto targets = choose_targets(target_, view, rng);
    if (!targets) return std::unexpected(std::move(targets).error());
    if (loses_data(trouble))
      if (auto spared = keep_core_quorum(*targets, view, rng); !spared)
        return std::unexpected(std::move(spared).error());
    std::string description =
        fmt::format("{} disk of {}", model::to_text(trouble), targets->description);
    return Injection{model::HarmDisk{std::move(targets->nodes), trouble}, std::move(description)};
  }

 private:
  /// At random, one of those that lose data only while there are disks to spare.
  [[nodiscard]] DiskTrouble draw(const model::ClusterView& view, base::Rng& rng) const {
    const auto* named = std::ranges::find(
        troubles, trouble_, [](DiskTrouble trouble) { return model::to_text(trouble); });
    if (named != std::end(troubles)) return *named;
    return troubles[rng.below(disks_to_spare(view) > 0 ? std::size(troubles) : 3)];
  }

  static std::expected<void, std::string> keep_core_quorum(Targets& targets,
                                                           const model::ClusterView& view,
                                                           base::Rng& rng) {
    const Nodes whole = whole_nodes(view);
    Nodes struck;
    std::ranges::copy_if(targets.nodes, std::back_inserter(struck), [&](base::NodeId node) {
      return std::ranges::find(whole, node) != whole.end();
    });
    struck = draw_nodes(struck, std::min(struck.size(), disks_to_spare(view)), rng);
    if (struck.empty())
      return std::unexpected("no more disks can be lost: a majority must keep what it promised");
    if (struck != targets.nodes) targets = {struck, base::to_text(struck)};
    return {};
  }

  Target target_;
  std::string trouble_;
};

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Disk>(target_of(options), options.text("trouble"));
}

model::OptionSchema trouble_option() {
  model::OptionSchema option{.name = "trouble",
                             .kind = model::OptionKind::choice,
                             .default_value = std::string("random"),
                             .help = "What happens to the disks",
                             .choices = {"random"}};
  for (const DiskTrouble trouble : troubles) option.choices.emplace_back(model::to_text(trouble));
  return option;
}

}  // namespace

FaultType disk_fault() {
  return {{.name = "disk",
           .summary = "makes disks slow, full or faulty, or damages what is on them",
           .explanation = explanation,
           .options = {target_option(), trouble_option()},
           .engines = {"sim"}},
          &make};
}

}  // namespace eris::faults
