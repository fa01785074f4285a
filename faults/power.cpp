#include "faults/power.hpp"

#include <utility>

#include "faults/targets.hpp"

namespace eris::faults {

namespace {

constexpr const char* explanation =
    R"(Cuts the power of machines, then starts the same program on what their disks hold. Unlike with kill,
what the operating system had not yet brought to the disk is gone: only what was synced survives,
and the last thing that was being written may be there in part.

Tends to find: answers given before the sync that should have come first; syncs that were left out
for speed; files that were synced and whose directory was not; a torn last record that is taken for a
whole one.

Losing the power of all machines at once is within what a replicated system must survive: what it
acknowledged is on the disks of a majority.

Targets: random (one node), leader, minority, majority, all.)";

class Power final : public Fault {
 public:
  explicit Power(Target target) : target_(target) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    std::expected<Targets, std::string> targets = choose_targets(target_, view, rng);
    if (!targets) return std::unexpected(std::move(targets).error());
    return Injection{model::PowerOff{std::move(targets->nodes)},
                     "cut the power of " + targets->description};
  }

 private:
  Target target_;
};

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Power>(target_of(options));
}

}  // namespace

FaultType power_fault() {
  return {{.name = "power",
           .summary = "cuts the power: what was not synced is lost",
           .explanation = explanation,
           .options = {target_option()},
           .engines = {"sim"}},
          &make};
}

}  // namespace eris::faults
