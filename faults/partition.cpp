#include "faults/partition.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "faults/partition_shapes.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::faults {

namespace {

constexpr const char* explanation =
    R"(Cuts links between nodes for a while. Packets on a cut link vanish silently, as in a real
network: nobody gets an error, connections stall, and timeouts are all that a node has to go by.
Clients still reach every node, so a node on the wrong side goes on answering whoever asks it.

Shapes, and what each tends to find:
  halves           a bare majority on one side, the rest on the other; of an even number two equal
                   sides. A minority that still answers: stale reads, writes acknowledged without
                   a quorum, two leaders.
  isolate-one      one node, drawn at random, alone. Catch-up after the heal; a rejoining node that
                   unseats a healthy leader because its term ran away.
  isolate-leader   the leader alone. The old leader that has not noticed yet: stale reads from it,
                   entries it appended and loses, clients told "done" too early.
  majorities-ring  each node sees a majority, no two the same one. Systems that count votes per
                   connection instead of per term; election storms; gossip that never settles.
                   (Of three nodes, two lose sight of one another.)
  bridge           two groups that only one node connects. Leaders whose followers disagree on who
                   is alive; votes and heartbeats that travel different ways.
  one-way          all links from, or to, one node, the leader, or a minority die, the other
                   direction lives. A leader that sends heartbeats but hears no answer keeps
                   everyone from electing another; a node that hears nothing calls elections for
                   ever.
  random           one of these for each injection, drawn from the seed.)";

using Chosen = std::expected<Injection, std::string>;

Nodes all_nodes(const model::ClusterView& view) {
  Nodes nodes;
  for (const model::NodeView& node : view.nodes) nodes.push_back(node.id);
  return nodes;
}

Injection cut(Links links, std::string description) {
  return {model::Cut{std::move(links)}, std::move(description)};
}

std::unexpected<std::string> too_small(std::string_view shape, std::size_t needed,
                                       std::size_t nodes) {
  return std::unexpected(
      fmt::format("{} needs at least {} nodes, the cluster has {}", shape, needed, nodes));
}

Chosen halves(const model::ClusterView& view, base::Rng& rng) {
  const Halves sides = draw_halves(all_nodes(view), rng);
  return cut(
      links_between(sides.larger, sides.smaller),
      fmt::format("split {} from {}", base::to_text(sides.larger), base::to_text(sides.smaller)));
}

Chosen isolate_one(const model::ClusterView& view, base::Rng& rng) {
  const Nodes all = all_nodes(view);
  const Nodes one = draw_nodes(all, 1, rng);
  return cut(links_between(one, others(all, one)), "isolate " + base::to_text(one));
}

Chosen isolate_leader(const model::ClusterView& view, base::Rng&) {
  if (!view.leader) return std::unexpected("no leader is known");
  return cut(links_between({*view.leader}, others(all_nodes(view), {*view.leader})),
             "isolate leader " + base::to_text(*view.leader));
}

Chosen ring(const model::ClusterView& view, base::Rng& rng) {
  Nodes order = all_nodes(view);
  if (order.size() < 3) return too_small("majorities-ring", 3, order.size());
  rng.shuffle(order);
  std::string description = "majorities ring";
  for (const base::NodeId node : order) description += " " + base::to_text(node);
  return cut(majorities_ring(order), std::move(description));
}

Chosen bridge(const model::ClusterView& view, base::Rng& rng) {
  const Nodes all = all_nodes(view);
  if (all.size() < 3) return too_small("bridge", 3, all.size());
  const Bridge drawn = draw_bridge(all, rng);
  return cut(links_between(drawn.left, drawn.right),
             fmt::format("bridge {} between {} on one side and {} on the other",
                         base::to_text(drawn.middle), base::to_text(drawn.left),
                         base::to_text(drawn.right)));
}

/// One node, the leader, or a minority, with what to call it.
std::pair<Nodes, std::string> draw_group(const model::ClusterView& view, base::Rng& rng) {
  const Nodes all = all_nodes(view);
  enum class Group { one, leader, minority };
  std::vector<Group> possible{Group::one};
  if (view.leader) possible.push_back(Group::leader);
  if (minority_of(all.size()) > 1) possible.push_back(Group::minority);
  switch (rng.pick(possible)) {
    case Group::leader:
      return {{*view.leader}, "leader " + base::to_text(*view.leader)};
    case Group::minority: {
      Nodes group = draw_nodes(all, minority_of(all.size()), rng);
      std::string name = base::to_text(group);
      return {std::move(group), std::move(name)};
    }
    case Group::one:
      break;
  }
  Nodes group = draw_nodes(all, 1, rng);
  std::string name = base::to_text(group);
  return {std::move(group), std::move(name)};
}

Chosen one_way(const model::ClusterView& view, base::Rng& rng) {
  const auto [group, name] = draw_group(view, rng);
  const Nodes rest = others(all_nodes(view), group);
  if (rng.chance(0.5)) return cut(links_from(group, rest), name + " cannot send to the rest");
  return cut(links_from(rest, group), name + " cannot hear the rest");
}

struct Shape {
  std::string_view name;
  Chosen (*choose)(const model::ClusterView& view, base::Rng& rng);
};

constexpr Shape shapes[] = {
    {"halves", halves},        {"isolate-one", isolate_one}, {"isolate-leader", isolate_leader},
    {"majorities-ring", ring}, {"bridge", bridge},           {"one-way", one_way},
};

/// Draws among the shapes that are possible now, so that an unknown leader costs no injection.
Chosen any_shape(const model::ClusterView& view, base::Rng& rng) {
  std::vector<const Shape*> order;
  for (const Shape& shape : shapes) order.push_back(&shape);
  rng.shuffle(order);
  Chosen chosen = std::unexpected<std::string>("no shape is possible");
  for (const Shape* shape : order)
    if (chosen = shape->choose(view, rng); chosen) break;
  return chosen;
}

class Partition final : public Fault {
 public:
  explicit Partition(const Shape* shape) : shape_(shape) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    if (view.nodes.size() < 2) return too_small("a partition", 2, view.nodes.size());
    return shape_ != nullptr ? shape_->choose(view, rng) : any_shape(view, rng);
  }

 private:
  const Shape* shape_;  ///< nullptr: drawn anew for each injection
};

std::unique_ptr<Fault> make(const model::Options& options) {
  const std::string& name = options.text("shape");
  if (name == "random") return std::make_unique<Partition>(nullptr);
  const Shape* shape = std::ranges::find(shapes, name, &Shape::name);
  ERIS_ASSERT(shape != std::end(shapes), "the schema allows only shapes that exist");
  return std::make_unique<Partition>(shape);
}

}  // namespace

FaultType partition_fault() {
  model::OptionSchema shape{
      .name = "shape",
      .kind = model::OptionKind::choice,
      .default_value = std::string("random"),
      .help = "which links are cut; random draws one of the others for each injection"};
  for (const Shape& known : shapes) shape.choices.emplace_back(known.name);
  shape.choices.emplace_back("random");
  return {{.name = "partition",
           .summary = "cuts links between nodes, silently, as a failing network does",
           .explanation = explanation,
           .options = {std::move(shape)}},
          &make};
}

}  // namespace eris::faults
