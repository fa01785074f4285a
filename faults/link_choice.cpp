#include "faults/link_choice.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::faults {

namespace {

/// By LinkChoice.
constexpr std::string_view names[] = {"random", "all", "leader", "node"};

Links links_of_node(base::NodeId node, const Nodes& all) {
  return links_between({node}, others(all, {node}));
}

ChosenLinks some_links(const Nodes& all, base::Rng& rng) {
  Links every;
  for (const base::NodeId node : all)
    std::ranges::copy(links_from({node}, others(all, {node})), std::back_inserter(every));
  const std::uint64_t percent = 1 + rng.below(99);
  Links drawn;
  for (const model::Link& link : every)
    if (rng.below(100) < percent) drawn.push_back(link);
  if (drawn.empty()) drawn.push_back(rng.pick(every));
  std::ranges::sort(drawn);
  std::string description = base::count_of(drawn.size(), "link");
  return {std::move(drawn), std::move(description)};
}

}  // namespace

model::OptionSchema links_option() {
  model::OptionSchema option{.name = "links",
                             .kind = model::OptionKind::choice,
                             .default_value = std::string("random"),
                             .help =
                                 "Which links: some, drawn at random, each direction by itself; "
                                 "all; those of the leader; those of one node"};
  for (const std::string_view name : names) option.choices.emplace_back(name);
  return option;
}

LinkChoice link_choice_of(const model::Options& options) {
  const auto* found = std::ranges::find(names, options.text("links"));
  ERIS_ASSERT(found != std::end(names), "the schema allows only choices that exist");
  return static_cast<LinkChoice>(found - std::begin(names));
}

std::expected<ChosenLinks, std::string> choose_links(LinkChoice choice,
                                                     const model::ClusterView& view,
                                                     base::Rng& rng) {
  Nodes all;
  for (const model::NodeView& node : view.nodes) all.push_back(node.id);
  if (all.size() < 2) return std::unexpected("one node has no links");
  if (choice == LinkChoice::all) {
    Links links;
    for (const base::NodeId node : all)
      std::ranges::copy(links_from({node}, others(all, {node})), std::back_inserter(links));
    std::ranges::sort(links);
    return ChosenLinks{std::move(links), "all links"};
  }
  if (choice == LinkChoice::leader) {
    if (!view.leader) return std::unexpected("no leader is known");
    return ChosenLinks{links_of_node(*view.leader, all),
                       "links of leader " + base::to_text(*view.leader)};
  }
  if (choice == LinkChoice::node) {
    const base::NodeId node = rng.pick(all);
    return ChosenLinks{links_of_node(node, all), "links of " + base::to_text(node)};
  }
  return some_links(all, rng);
}

}  // namespace eris::faults
