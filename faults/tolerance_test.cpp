// Faults keep to what a system says it tolerates, and leave a core quorum of whole disks.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "faults/core_quorum.hpp"
#include "faults/fault.hpp"
#include "harness/model/plan.hpp"

namespace eris::faults {
namespace {

model::ClusterView healthy(std::uint32_t nodes) {
  model::ClusterView view;
  for (std::uint32_t id = 1; id <= nodes; ++id) view.nodes.push_back({.id = base::NodeId(id)});
  view.leader = base::NodeId(1);
  return view;
}

std::unique_ptr<Fault> fault_with(std::string_view name,
                                  std::vector<std::pair<std::string, std::string>> options) {
  std::vector<model::EntrySchema> schemas;
  for (const FaultType& type : registry()) schemas.push_back(type.schema);
  const auto choice = model::resolve(schemas, "fault", name, options);
  if (!choice) ADD_FAILURE() << base::to_text(choice.error());
  return make_fault(name, choice->options);
}

bool loses_data(const model::FaultAction& action) {
  const auto* harm = std::get_if<model::HarmDisk>(&action);
  return std::holds_alternative<model::Wipe>(action) ||
         (harm != nullptr && (harm->settings == model::DiskTrouble::corrupted ||
                              harm->settings == model::DiskTrouble::misdirected));
}

void lose(model::ClusterView& view, const std::vector<base::NodeId>& nodes) {
  for (model::NodeView& node : view.nodes)
    if (std::ranges::find(nodes, node.id) != nodes.end()) {
      node.disk_lost = true;
      node.state = model::NodeState::dead;
    }
}

RC_GTEST_PROP(CoreQuorum, KeepsItsDisksHoweverManyFaultsStrike, (std::uint64_t seed)) {
  auto view = healthy(*rc::gen::inRange<std::uint32_t>(1, 8));
  view.tolerance.empty_disks = true;
  base::Rng rng(seed);
  for (int i = 0; i < 20; ++i) {
    const auto target = *rc::gen::element<std::string>("random", "minority", "majority", "all");
    const auto fault = *rc::gen::arbitrary<bool>() ? fault_with("wipe", {{"target", target}})
                                                   : fault_with("disk", {{"target", target}});
    const auto chosen = fault->choose(view, rng);
    if (chosen && loses_data(chosen->action)) lose(view, model::nodes_of(chosen->action));
    RC_ASSERT(lost_disks(view) <= minority_of(view.nodes.size()));
  }
}

TEST(CoreQuorum, IsAMajorityOfThoseWhoHoldTheSame) {
  auto view = healthy(5);
  EXPECT_EQ(disks_to_spare(view), 2u);
  view.tolerance.copies = 3;
  EXPECT_EQ(disks_to_spare(view), 1u) << "the other two may be the other replicas";
}

RC_GTEST_PROP(CoreQuorum, IsAMajorityOfThoseWhoStayWhenAServerLeaves, (std::uint64_t seed)) {
  auto view = healthy(*rc::gen::inRange<std::uint32_t>(3, 9));
  view.tolerance.membership = true;
  const auto lost = *rc::gen::inRange<std::size_t>(0, minority_of(view.nodes.size()) + 1);
  for (std::size_t i = 0; i < lost; ++i) view.nodes[i].disk_lost = true;
  base::Rng rng(seed);
  const auto change = *rc::gen::element<std::string>("shrink", "replace");
  const auto chosen = fault_with("membership", {{"change", change}})->choose(view, rng);
  if (!chosen) return;
  const auto leavers = model::nodes_of(chosen->action);
  const std::size_t stay = view.nodes.size() - leavers.size();
  RC_ASSERT(stay >= 3u);
  std::size_t whole = 0;
  for (const model::NodeView& node : view.nodes)
    if (!node.disk_lost && std::ranges::find(leavers, node.id) == leavers.end()) ++whole;
  RC_ASSERT(whole >= majority_of(stay));
}

TEST(Wipe, SparesASystemThatDoesNotTolerateIt) {
  base::Rng rng(1);
  EXPECT_EQ(fault_with("wipe", {})->choose(healthy(5), rng).error(),
            "the system does not tolerate a node that forgets what it promised");
}

TEST(Membership, LeavesASystemAloneThatCannotChangeIt) {
  base::Rng rng(1);
  EXPECT_EQ(fault_with("membership", {})->choose(healthy(5), rng).error(),
            "the system's membership cannot be changed");
}

TEST(Membership, NumbersNewServersAfterThoseThereAre) {
  auto view = healthy(3);
  view.tolerance.membership = true;
  base::Rng rng(1);
  const auto chosen = fault_with("membership", {{"change", "grow"}})->choose(view, rng);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->action, model::FaultAction(model::AddServer{{base::NodeId(4)}}));
}

RC_GTEST_PROP(Clock, StaysWithinWhatALeaseAllows, (std::uint64_t seed)) {
  auto view = healthy(5);
  view.tolerance.clock_jumps = false;
  view.tolerance.clock_drift_ppm = *rc::gen::inRange<std::int64_t>(1'000, 200'000);
  base::Rng rng(seed);
  const auto chosen = fault_with("clock", {})->choose(view, rng);
  RC_ASSERT(chosen.has_value());
  const auto& bend = std::get<model::BendClock>(chosen->action).settings;
  RC_ASSERT(bend.jump.count() == 0);
  RC_ASSERT(4 * std::abs(bend.rate_ppm) < view.tolerance.clock_drift_ppm);
}

TEST(Clock, DoesNotJumpWhereLeasesTrustIt) {
  auto view = healthy(5);
  view.tolerance.clock_jumps = false;
  base::Rng rng(1);
  EXPECT_EQ(fault_with("clock", {{"way", "jump"}})->choose(view, rng).error(),
            "the system, as it is set up, relies on clocks that do not jump");
}

TEST(Clock, UsesEveryWayInTimeAndAlwaysDoesSomething) {
  std::set<std::string> ways;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    base::Rng rng(seed);
    const auto chosen = fault_with("clock", {})->choose(healthy(5), rng);
    const auto& bend = std::get<model::BendClock>(chosen->action).settings;
    EXPECT_NE(bend, model::ClockBend{});
    ways.insert(bend.strobe.count() > 0 ? "strobe" : bend.rate_ppm != 0 ? "rate" : "jump");
  }
  EXPECT_EQ(ways, (std::set<std::string>{"jump", "rate", "strobe"}));
}

RC_GTEST_PROP(Degrade, AlwaysHasSomethingWrongAndNeverMoreThanAsked, (std::uint64_t seed)) {
  base::Rng rng(seed);
  const auto fault = fault_with("degrade", {{"loss", "10"}, {"corrupt", "0"}, {"delay", "50ms"}});
  const auto chosen = fault->choose(healthy(5), rng);
  const auto& [links, quality] = std::get<model::Degrade>(chosen->action);
  RC_ASSERT(!links.empty());
  RC_ASSERT(std::ranges::is_sorted(links));
  RC_ASSERT(std::ranges::adjacent_find(links) == links.end());
  RC_ASSERT(!(quality == model::LinkQuality{}));
  RC_ASSERT(quality.loss_ppm <= 100'000);
  RC_ASSERT(quality.corrupt_ppm == 0);
  RC_ASSERT(quality.delay <= std::chrono::milliseconds(50));
}

TEST(Clog, TakesTheLinksOfTheLeaderWhereAskedTo) {
  base::Rng rng(1);
  const auto chosen = fault_with("clog", {{"links", "leader"}})->choose(healthy(3), rng);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(model::to_text(chosen->action), "clog n1→n2, n1→n3, n2→n1, n3→n1");
}

}  // namespace
}  // namespace eris::faults
