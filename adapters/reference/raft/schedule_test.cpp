// Random schedules as text: what breaks an invariant is found, shrinks to what a person can follow,
// and is a scenario.
#include "adapters/reference/testing/schedule.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/raft/testing/schedules.hpp"

namespace eris::raft {
namespace {

using reference::testing::Played;
using reference::testing::Schedule;

constexpr unsigned steps = 800;

RC_GTEST_PROP(RaftSchedules, KeepEveryInvariant, ()) {
  const Schedule schedule = *reference::testing::schedules<RaftSchedules>(steps);
  const Played played = reference::testing::play<RaftSchedules>(schedule);
  if (!played.invariant.empty()) RC_FAIL(played.invariant + ": " + played.what);
}

TEST(RaftSchedules, AreTheSameForTheSameSeed) {
  const auto once = reference::testing::play_random<RaftSchedules>(base::Rng(7), steps);
  const auto again = reference::testing::play_random<RaftSchedules>(base::Rng(7), steps);
  EXPECT_EQ(once.schedule, again.schedule);
  EXPECT_GT(once.schedule.commands.size(), steps / 2);
}

class RaftBugSchedules : public testing::TestWithParam<Bug> {};

TEST_P(RaftBugSchedules, AreFoundShrunkAndPrintedAsAScenario) {
  const std::string bug = fmt::format("bug={}", raft::info(GetParam()).name);
  Played found;
  std::uint64_t seed = 0;
  while (found.invariant.empty() && ++seed <= 1000)
    found = reference::testing::play_random<RaftSchedules>(base::Rng(seed), steps, bug);
  ASSERT_NE(found.invariant, "") << "no schedule breaks anything";

  const Played small = reference::testing::shrink<RaftSchedules>(found);
  EXPECT_EQ(small.invariant, found.invariant);
  EXPECT_LE(small.schedule.commands.size(), 30u) << "a person must be able to follow it";

  const std::string file = reference::testing::to_scenario_file<RaftSchedules>(small);
  EXPECT_THAT(file, testing::HasSubstr("VIOLATION " + small.invariant));
  Scenario fresh;
  const auto again = reference::testing::rewrite(
      file, [&](const std::string& command) { return fresh.run(command); });
  ASSERT_TRUE(again.has_value()) << base::to_text(again.error());
  EXPECT_EQ(*again, file);

  Schedule without_bug = small.schedule;
  without_bug.cluster.resize(without_bug.cluster.find(" bug="));
  EXPECT_EQ(reference::testing::play<RaftSchedules>(without_bug).invariant, "")
      << "the correct core keeps every rule under the same schedule";
  RecordProperty("found",
                 fmt::format("seed {}, {} commands shrunk to {}", seed,
                             found.schedule.commands.size(), small.schedule.commands.size()));
  RecordProperty("scenario", file);
}

INSTANTIATE_TEST_SUITE_P(Some, RaftBugSchedules,
                         testing::Values(Bug::forgotten_vote, Bug::figure_8, Bug::truncate_always,
                                         Bug::previous_index_off_by_one,
                                         Bug::quorum_from_old_configuration,
                                         Bug::membership_before_own_term,
                                         Bug::next_index_kept_after_log_loss),
                         [](const auto& param) {
                           std::string name(raft::info(param.param).name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace eris::raft
