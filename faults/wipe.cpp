#include "faults/wipe.hpp"

#include <algorithm>
#include <utility>

#include "faults/core_quorum.hpp"
#include "faults/targets.hpp"
#include "harness/base/text.hpp"

namespace eris::faults {

namespace {

constexpr const char* explanation =
    R"(Takes the disks of nodes away and starts the nodes again with empty ones, under their old names. Such
a node has forgotten every promise: whom it voted for, which entries it acknowledged.

Only systems that say they tolerate it are struck, and of these a minority of the nodes over the
whole run. Raft and Paxos do not tolerate it from a single node on: the forgetful node may vote again,
and what it had acknowledged counts no more. There a server is replaced by a change of the
membership; see the fault membership.

Tends to find: data that comes back from the dead, since the node's old copies outlive their
deletion; copies that are never made again; clocks and counters that start afresh, so that new
versions look older than old ones.

Targets: random (one node), leader, minority; majority and all are cut down to a minority.)";

class Wipe final : public Fault {
 public:
  explicit Wipe(Target target) : target_(target) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    if (!view.tolerance.empty_disks)
      return std::unexpected("the system does not tolerate a node that forgets what it promised");
    auto targets = choose_targets(target_, view, rng);
    if (!targets) return std::unexpected(std::move(targets).error());
    const std::size_t spare = disks_to_spare(view);
    if (spare == 0)
      return std::unexpected("no more disks can be lost: a majority must keep what it promised");
    Nodes struck = draw_nodes(targets->nodes, std::min(spare, targets->nodes.size()), rng);
    std::string description = "wipe the disk of " + base::to_text(struck);
    return Injection{model::Wipe{std::move(struck)}, std::move(description)};
  }

 private:
  Target target_;
};

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Wipe>(target_of(options));
}

}  // namespace

FaultType wipe_fault() {
  return {{.name = "wipe",
           .summary = "has nodes come back with empty disks",
           .explanation = explanation,
           .options = {target_option()},
           .engines = {"sim"}},
          &make};
}

}  // namespace eris::faults
