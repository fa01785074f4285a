// Random schedules as text; see adapters/reference/testing/schedule.hpp.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/reference/paxos/testing/schedules.hpp"
#include "adapters/reference/testing/schedule_checks.hpp"

namespace eris::paxos {
namespace {

RC_GTEST_PROP(PaxosSchedules, KeepEveryInvariant, ()) {
  reference::testing::keep_every_invariant<PaxosSchedules>();
}

class PaxosBugSchedules : public testing::TestWithParam<Bug> {};

TEST_P(PaxosBugSchedules, AreFoundShrunkAndPrintedAsAScenario) {
  reference::testing::expect_found_shrunk_and_printed<PaxosSchedules>(
      std::string(paxos::info(GetParam()).name));
}

INSTANTIATE_TEST_SUITE_P(Some, PaxosBugSchedules,
                         testing::Values(Bug::promise_not_persisted, Bug::accept_ignores_promise,
                                         Bug::adopts_first_value, Bug::duplicate_accept_counted),
                         [](const auto& param) {
                           std::string name(paxos::info(param.param).name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace eris::paxos
