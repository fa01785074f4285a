#include "faults/kill.hpp"

#include <utility>

#include "faults/targets.hpp"

namespace eris::faults {

namespace {

constexpr const char* explanation =
    R"(Kills node processes with SIGKILL, then starts the same program on the same data directory. A
process that dies this way flushes nothing and says goodbye to nobody. What it had handed to the
operating system survives, so this finds what was kept in memory only; losing power, which also
loses what was not synced, is a fault of its own.

Tends to find: promises (votes, terms, accepted entries) that were answered before they were
written down; logs and snapshots that a restart reads back wrongly; a torn last record taken for a
whole one; requests applied twice after a client retried.

Targets: random (one node), leader (elections, and requests in flight), minority (the rest must go
on), majority (nothing may be acknowledged meanwhile, nothing acknowledged may be lost), all (only
the disks remember).)";

class Kill final : public Fault {
 public:
  explicit Kill(Target target) : target_(target) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    std::expected<Targets, std::string> targets = choose_targets(target_, view, rng);
    if (!targets) return std::unexpected(std::move(targets).error());
    return Injection{model::Kill{std::move(targets->nodes)}, "kill " + targets->description};
  }

 private:
  Target target_;
};

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Kill>(target_of(options));
}

}  // namespace

FaultType kill_fault() {
  return {{.name = "kill",
           .summary = "kills nodes with SIGKILL and starts them again on the same data",
           .explanation = explanation,
           .options = {target_option()}},
          &make};
}

}  // namespace eris::faults
