// Random schedules as text; see adapters/reference/testing/schedule.hpp.
#include "adapters/reference/testing/schedule.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/raft/testing/schedules.hpp"
#include "adapters/reference/testing/schedule_checks.hpp"

namespace eris::raft {
namespace {

RC_GTEST_PROP(RaftSchedules, KeepEveryInvariant, ()) {
  reference::testing::keep_every_invariant<RaftSchedules>();
}

TEST(RaftSchedules, AreTheSameForTheSameSeed) {
  const auto once = reference::testing::play_random<RaftSchedules>(base::Rng(7), 500);
  const auto again = reference::testing::play_random<RaftSchedules>(base::Rng(7), 500);
  EXPECT_EQ(once.schedule, again.schedule);
  EXPECT_GT(once.schedule.commands.size(), 250u);
}

class RaftBugSchedules : public testing::TestWithParam<Bug> {};

TEST_P(RaftBugSchedules, AreFoundShrunkAndPrintedAsAScenario) {
  // It takes three reigns and a change of membership: no command of the 35, and no two, can go.
  const std::size_t commands_max = GetParam() == Bug::next_index_kept_after_log_loss ? 35 : 30;
  reference::testing::expect_found_shrunk_and_printed<RaftSchedules>(
      std::string(raft::info(GetParam()).name), commands_max);
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
