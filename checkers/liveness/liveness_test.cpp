#include "checkers/liveness/liveness.hpp"

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::checkers {
namespace {

using namespace std::chrono_literals;
using base::NodeId;
using model::Verdict;
using ::testing::HasSubstr;

/// A run of five nodes that never served again after its heal.
model::History silent_run() {
  model::History history;
  history.header.plan.engine = "sim";
  history.header.plan.nodes = 5;
  history.notes.push_back(
      {.event = {std::string(model::note::did_not_recover) + " within 30s of the quiet period"}});
  return history;
}

void add_fault(model::History& history, model::FaultAction action,
               model::FaultPhase phase = model::FaultPhase::applied) {
  history.faults.push_back({.event = {.phase = phase, .action = std::move(action)}});
}

TEST(Liveness, HoldsWhereAnOperationSucceededAfterTheHeal) {
  model::History history = silent_run();
  history.notes.clear();
  EXPECT_EQ(make_liveness_checker()->check(history, {}).verdict, Verdict::valid);
}

TEST(Liveness, IsViolatedWhereAMajorityIsWholeAndServesNobody) {
  model::History history = silent_run();
  add_fault(history, model::PowerOff{{NodeId(1), NodeId(2), NodeId(3), NodeId(4), NodeId(5)}});
  add_fault(history, model::HarmDisk{{NodeId(1), NodeId(2)}, model::DiskTrouble::corrupted});
  const auto result = make_liveness_checker()->check(history, {});
  EXPECT_EQ(result.verdict, Verdict::invalid);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings.front().property, "liveness");
  EXPECT_THAT(result.findings.front().sentence, HasSubstr("3 of 5 nodes"));
}

TEST(Liveness, BlamesNobodyWhereFaultsTookTheDisksOfAMajority) {
  model::History history = silent_run();
  add_fault(history, model::HarmDisk{{NodeId(1), NodeId(2)}, model::DiskTrouble::corrupted});
  add_fault(history, model::Wipe{{NodeId(3)}});
  const auto result = make_liveness_checker()->check(history, {});
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("disks of a majority"));
}

TEST(Liveness, BlamesNobodyWhereAFaultCouldNotBeUndone) {
  model::History history = silent_run();
  add_fault(history, model::Kill{{NodeId(1)}}, model::FaultPhase::failed);
  EXPECT_EQ(make_liveness_checker()->check(history, {}).verdict, Verdict::unknown);
}

TEST(Liveness, BlamesNobodyByABoundThatIsTooShort) {
  model::History history = silent_run();
  history.header.plan.ready_timeout = 9s;
  const auto result = make_liveness_checker()->check(history, {});
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_THAT(result.reason, HasSubstr("raise ready-timeout"));
}

}  // namespace
}  // namespace eris::checkers
