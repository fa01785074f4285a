#include "faults/pause.hpp"

#include <utility>

#include "faults/targets.hpp"

namespace eris::faults {

namespace {

constexpr const char* explanation =
    R"(Stops node processes with SIGSTOP and lets them go on with SIGCONT, as a long garbage collection, a
swapping machine or a migrating virtual machine does. The process does not know that time has
passed: it goes on in the middle of what it was doing, with timers, leases and decisions that the
rest of the world has long left behind. Its connections stay open and fill up.

Tends to find: an old leader that answers reads, or acknowledges writes, from before its pause;
leases measured by a clock that was not read again; a lock that two hold at once; election timeouts
that all fire together on waking.

Targets: random (one node), leader (the classic), minority, majority (nothing may be acknowledged),
all (everybody wakes with every timer due).)";

class Pause final : public Fault {
 public:
  explicit Pause(Target target) : target_(target) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    std::expected<Targets, std::string> targets = choose_targets(target_, view, rng);
    if (!targets) return std::unexpected(std::move(targets).error());
    return Injection{model::Pause{std::move(targets->nodes)}, "pause " + targets->description};
  }

 private:
  Target target_;
};

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Pause>(target_of(options));
}

}  // namespace

FaultType pause_fault() {
  return {{.name = "pause",
           .summary = "stops nodes with SIGSTOP and lets them go on later",
           .explanation = explanation,
           .options = {target_option()}},
          &make};
}

}  // namespace eris::faults
