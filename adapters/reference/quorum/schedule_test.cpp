// Random schedules as text; see adapters/reference/testing/schedule.hpp.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/quorum/testing/schedules.hpp"
#include "adapters/reference/testing/schedule_checks.hpp"

namespace eris::quorum {
namespace {

RC_GTEST_PROP(QuorumSchedules, KeepEveryInvariant, ()) {
  reference::testing::keep_every_invariant<QuorumSchedules>();
}

class QuorumBugSchedules : public testing::TestWithParam<Bug> {};

TEST_P(QuorumBugSchedules, AreFoundShrunkAndPrintedAsAScenario) {
  reference::testing::expect_found_shrunk_and_printed<QuorumSchedules>(
      std::string(quorum::info(GetParam()).name));
}

/// All but one that shows only on keys of the last leaf in a range: more keys than a schedule has
/// that a person can follow.
std::vector<Bug> bugs_for_schedules() {
  std::vector<Bug> bugs;
  for (const BugInfo& bug : all_bugs())
    if (bug.bug != Bug::merkle_range_off_by_one) bugs.push_back(bug.bug);
  return bugs;
}

INSTANTIATE_TEST_SUITE_P(Each, QuorumBugSchedules, testing::ValuesIn(bugs_for_schedules()),
                         [](const auto& param) {
                           std::string name(quorum::info(param.param).name);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace eris::quorum
