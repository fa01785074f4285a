#include "faults/targets.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "faults/partition_shapes.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::faults {

namespace {

/// By Target.
constexpr std::string_view names[] = {"random", "leader", "minority", "majority", "all"};

using Chosen = std::expected<Targets, std::string>;

Chosen choose_leader(const Nodes& running, const model::ClusterView& view) {
  if (!view.leader) return std::unexpected("no leader is known");
  if (std::ranges::find(running, *view.leader) == running.end())
    return std::unexpected(fmt::format("leader {} is not running", base::to_text(*view.leader)));
  return Targets{{*view.leader}, "leader " + base::to_text(*view.leader)};
}

Chosen choose_share(std::string_view name, std::size_t count, const Nodes& running,
                    base::Rng& rng) {
  Nodes drawn = draw_nodes(running, std::min(count, running.size()), rng);
  std::string description = fmt::format("{} {}", name, base::to_text(drawn));
  return Targets{std::move(drawn), std::move(description)};
}

}  // namespace

model::OptionSchema target_option() {
  model::OptionSchema option{
      .name = "target",
      .kind = model::OptionKind::choice,
      .default_value = std::string("random"),
      .help =
          "which running nodes: one at random, the leader, the largest minority, the smallest "
          "majority, or all"};
  for (const std::string_view name : names) option.choices.emplace_back(name);
  return option;
}

Target target_of(const model::Options& options) {
  const auto* found = std::ranges::find(names, options.text("target"));
  ERIS_ASSERT(found != std::end(names), "the schema allows only targets that exist");
  return static_cast<Target>(found - std::begin(names));
}

std::expected<Targets, std::string> choose_targets(Target target, const model::ClusterView& view,
                                                   base::Rng& rng) {
  const Nodes running = view.in_state(model::NodeState::running);
  if (running.empty()) return std::unexpected("no node is running");
  switch (target) {
    case Target::leader:
      return choose_leader(running, view);
    case Target::minority:
      if (minority_of(view.nodes.size()) == 0)
        return std::unexpected(
            fmt::format("{} cannot have a minority", base::count_of(view.nodes.size(), "node")));
      return choose_share("minority", minority_of(view.nodes.size()), running, rng);
    case Target::majority:
      return choose_share("majority", majority_of(view.nodes.size()), running, rng);
    case Target::all:
      return Targets{running, "all of " + base::to_text(running)};
    case Target::random:
      break;
  }
  Nodes one = draw_nodes(running, 1, rng);
  std::string description = base::to_text(one);
  return Targets{std::move(one), std::move(description)};
}

}  // namespace eris::faults
