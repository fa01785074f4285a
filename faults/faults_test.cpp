#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "faults/fault.hpp"
#include "faults/partition_shapes.hpp"
#include "faults/targets.hpp"

namespace eris::faults {
namespace {

model::ClusterView healthy(std::uint32_t nodes, std::uint32_t leader = 0) {
  model::ClusterView view;
  for (std::uint32_t id = 1; id <= nodes; ++id) view.nodes.push_back({base::NodeId(id)});
  if (leader != 0) view.leader = base::NodeId(leader);
  return view;
}

std::unique_ptr<Fault> fault_with(std::string_view name, const std::string& option,
                                  const std::string& value) {
  for (const FaultType& type : registry()) {
    if (type.schema.name != name) continue;
    model::Options options(type.schema.options);
    for (const model::OptionSchema& schema : type.schema.options)
      if (schema.name == option && !options.set(schema, value)) ADD_FAILURE() << value;
    return make_fault(name, options);
  }
  ADD_FAILURE() << "no fault named " << name;
  return nullptr;
}

std::expected<Injection, std::string> choose(std::string_view name, const std::string& option,
                                             const std::string& value,
                                             const model::ClusterView& view,
                                             std::uint64_t seed = 1) {
  base::Rng rng(seed);
  return fault_with(name, option, value)->choose(view, rng);
}

const std::vector<std::string> shapes{"halves", "isolate-one", "isolate-leader", "majorities-ring",
                                      "bridge", "one-way",     "random"};

TEST(FaultRegistry, ExplainsEveryFaultAndKnowsNoOther) {
  std::set<std::string> names;
  for (const FaultType& type : registry()) {
    EXPECT_TRUE(names.insert(type.schema.name).second);
    EXPECT_FALSE(type.schema.summary.empty());
    EXPECT_GT(type.schema.explanation.size(), 200u);
    EXPECT_NE(make_fault(type.schema.name, model::Options(type.schema.options)), nullptr);
  }
  EXPECT_EQ(names, (std::set<std::string>{"clock", "clog", "degrade", "disk", "kill", "membership",
                                          "partition", "pause", "power", "wipe"}));
  EXPECT_EQ(make_fault("partitoin", {}), nullptr);
}

TEST(Partition, IsolatesTheLeaderFromEverybodyElse) {
  const auto chosen = choose("partition", "shape", "isolate-leader", healthy(3, 2));
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->description, "isolate leader n2");
  EXPECT_EQ(model::to_text(chosen->action), "cut n1→n2, n2→n1, n2→n3, n3→n2");
}

TEST(Partition, IsSkippedWithTheReasonWhereItMakesNoSense) {
  EXPECT_EQ(choose("partition", "shape", "isolate-leader", healthy(3)).error(),
            "no leader is known");
  EXPECT_EQ(choose("partition", "shape", "bridge", healthy(2)).error(),
            "bridge needs at least 3 nodes, the cluster has 2");
  EXPECT_EQ(choose("partition", "shape", "random", healthy(1)).error(),
            "a partition needs at least 2 nodes, the cluster has 1");
}

TEST(Partition, RandomUsesEveryShapeInTime) {
  std::set<std::string> first_words;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string text =
        choose("partition", "shape", "random", healthy(5, 4), seed)->description;
    first_words.insert(text.find("cannot") != std::string::npos ? "one-way"
                       : text.starts_with("isolate leader")     ? "isolate leader"
                                                                : text.substr(0, text.find(' ')));
  }
  EXPECT_EQ(first_words, (std::set<std::string>{"bridge", "isolate", "isolate leader", "majorities",
                                                "one-way", "split"}));
}

RC_GTEST_PROP(Partition, CutsDifferentLinksAndItsInverseHealsThem, (std::uint64_t seed)) {
  const auto nodes = *rc::gen::element<std::uint32_t>(2, 3, 4, 5, 7);
  const auto view = healthy(nodes, *rc::gen::inRange<std::uint32_t>(0, nodes + 1));
  const auto chosen = choose("partition", "shape", *rc::gen::elementOf(shapes), view, seed);
  if (!chosen) {
    RC_ASSERT(!chosen.error().empty());
    return;
  }
  const auto& links = std::get<model::Cut>(chosen->action).links;
  RC_ASSERT(!links.empty());
  RC_ASSERT(std::ranges::is_sorted(links));
  RC_ASSERT(std::ranges::adjacent_find(links) == links.end());
  for (const model::Link& link : links) RC_ASSERT(link.from != link.to);
  RC_ASSERT(std::get<model::Heal>(model::inverse(chosen->action)).links == links);
}

RC_GTEST_PROP(Partition, OneWayLeavesTheOtherDirectionAlone, (std::uint64_t seed)) {
  const auto nodes = *rc::gen::element<std::uint32_t>(3, 4, 5, 7);
  const auto chosen = choose("partition", "shape", "one-way", healthy(nodes, 1), seed);
  const auto& links = std::get<model::Cut>(chosen->action).links;
  for (const model::Link& link : links)
    RC_ASSERT(std::ranges::find(links, model::Link{link.to, link.from}) == links.end());
}

TEST(Kill, StrikesTheShareOfTheClusterThatWasAskedFor) {
  const auto size = [](const std::string& target, std::uint32_t nodes) {
    return model::nodes_of(choose("kill", "target", target, healthy(nodes, 1))->action).size();
  };
  for (const std::uint32_t nodes : {3u, 4u, 5u, 7u}) {
    EXPECT_EQ(size("random", nodes), 1u);
    EXPECT_EQ(size("leader", nodes), 1u);
    EXPECT_EQ(size("minority", nodes), minority_of(nodes));
    EXPECT_EQ(size("majority", nodes), majority_of(nodes));
    EXPECT_EQ(size("all", nodes), nodes);
  }
  EXPECT_EQ(choose("kill", "target", "leader", healthy(3, 2))->description, "kill leader n2");
}

TEST(Kill, IsSkippedWithTheReasonWhereNobodyFits) {
  auto view = healthy(3, 2);
  view.nodes[1].state = model::NodeState::paused;
  EXPECT_EQ(choose("kill", "target", "leader", view).error(), "leader n2 is not running");
  EXPECT_EQ(choose("kill", "target", "minority", healthy(2)).error(),
            "2 nodes cannot have a minority");
  for (auto& node : view.nodes) node.state = model::NodeState::dead;
  EXPECT_EQ(choose("kill", "target", "all", view).error(), "no node is running");
}

RC_GTEST_PROP(Pause, StrikesRunningNodesOnly, (std::uint64_t seed)) {
  auto view = healthy(*rc::gen::inRange<std::uint32_t>(1, 8), 1);
  for (auto& node : view.nodes)
    node.state = *rc::gen::element(model::NodeState::running, model::NodeState::paused,
                                   model::NodeState::dead);
  const auto target =
      *rc::gen::element<std::string>("random", "leader", "minority", "majority", "all");
  const auto chosen = choose("pause", "target", target, view, seed);
  if (!chosen) return;
  const auto running = view.in_state(model::NodeState::running);
  const auto& struck = std::get<model::Pause>(chosen->action).nodes;
  RC_ASSERT(!struck.empty());
  RC_ASSERT(std::ranges::includes(running, struck));
}

}  // namespace
}  // namespace eris::faults
