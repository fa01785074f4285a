// What must be seen of a first light: correct systems pass under every first fault, planted bugs
// and weak reads are caught, and a run that tested nothing says so. Real processes, real faults.
#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"
#include "ci/end_to_end/saved_run.hpp"

namespace eris::end_to_end {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class FirstLight : public EndToEnd {
 protected:
  void SetUp() override { ERIS_SKIP_WITHOUT_NAMESPACES(); }

  /// Runs with these arguments into the directory "run".
  [[nodiscard]] Ended run_with(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--out", "run"});
    return eris(std::move(arguments));
  }
  [[nodiscard]] SavedRun saved() const { return SavedRun(directory() / "run"); }
};

class FirstLightEtcd : public FirstLight {
 protected:
  void SetUp() override {
    if (find_program("etcd").empty())
      GTEST_SKIP() << "etcd is not installed: apt-get install etcd-server";
    FirstLight::SetUp();
  }
};

TEST_F(FirstLight, CorrectRaftIsValidUnderEveryFirstFaultWithEvidenceForEach) {
  const Ended ended = run_with({"raft", "--time", "5s", "--quiet-period", "1s", "--faults",
                                "partition:every=2s:for=800ms,kill:every=2s:for=500ms,"
                                "pause:every=2s:for=500ms"});
  ASSERT_EQ(ended.exit_code, 0) << ended;
  EXPECT_THAT(ended.out, HasSubstr("Valid:"));
  const SavedRun run = saved();
  EXPECT_EQ(run.verdict(), "valid");
  const auto faults = run.faults_with_evidence();
  for (const char* name : {"partition", "kill", "pause"})
    EXPECT_TRUE(faults.contains(name)) << name << " left no evidence\n" << ended;
  EXPECT_GT(run.operations(), 1000u);
  EXPECT_THAT(run.missing_files(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(run.directory() / "data")) << "the nodes' data is removed";
}

TEST_F(FirstLight, AStaleReadUnderLeaderIsolationHasAWitnessOfAtMostSixOperations) {
  const Ended ended = run_with({"raft", "--bug", "stale-read", "--time", "5s", "--quiet-period",
                                "500ms", "--faults", "partition:shape=isolate-leader"});
  ASSERT_EQ(ended.exit_code, 1) << ended;
  EXPECT_THAT(ended.out, HasSubstr("Invalid:"));
  EXPECT_THAT(ended.out, HasSubstr("isolate leader")) << "the fault that caused it is named";
  EXPECT_THAT(ended.out, HasSubstr("reproduce  eris run run/plan.toml --seed "));
  const SavedRun run = saved();
  EXPECT_EQ(run.verdict(), "invalid");
  EXPECT_GE(run.witness_size(), 2u);
  EXPECT_LE(run.witness_size(), 6u);
  EXPECT_THAT(run.missing_files(), IsEmpty());
  EXPECT_THAT(read(run.directory() / "junit.xml"), HasSubstr("<failure"));
  EXPECT_EQ(eris({"check", "run"}).exit_code, 1) << "a saved run keeps its verdict";
}

TEST_F(FirstLight, ThePlanThatARunSavedRunsAgain) {
  ASSERT_EQ(
      run_with({"raft", "--time", "1s", "--faults", "none", "--quiet-period", "200ms"}).exit_code,
      0);
  const Ended again = eris({"run", "run/plan.toml", "--out", "again"});
  EXPECT_EQ(again.exit_code, 0) << again;
  EXPECT_EQ(read(directory() / "run/plan.toml"), read(directory() / "again/plan.toml"));
}

TEST_F(FirstLight, ARunWithoutFaultsIsNotVacuous) {
  const Ended ended =
      run_with({"raft", "--time", "1s", "--faults", "none", "--quiet-period", "200ms"});
  EXPECT_EQ(ended.exit_code, 0) << ended;
  EXPECT_THAT(ended.out, HasSubstr("no fault"));
}

TEST_F(FirstLight, ARunWhoseFaultCouldNotStrikeIsVacuousAndNamesTheFault) {
  const Ended ended = run_with({"raft", "--nodes", "1", "--time", "1s", "--quiet-period", "200ms",
                                "--faults", "partition:start=200ms:jitter=0"});
  EXPECT_EQ(ended.exit_code, 3) << ended;
  EXPECT_THAT(ended.out, HasSubstr("Vacuous:"));
  EXPECT_THAT(ended.out, HasSubstr("partition never took effect"));
}

// In virtual time: on a busy machine a pause of 100 ms lasts until the next operation is asked.
TEST_F(FirstLight, ARunThatAskedNothingDuringItsFaultIsVacuousAndNamesTheFault) {
  const Ended ended =
      run_with({"raft", "--engine", "sim", "--seed", "1", "--nodes", "3", "--workload",
                "register:cas=0:readers=0", "--rate", "1", "--time", "2500ms", "--quiet-period",
                "200ms", "--faults", "pause:start=1500ms:for=100ms:jitter=0"});
  EXPECT_EQ(ended.exit_code, 3) << ended;
  EXPECT_THAT(ended.out, HasSubstr("no operation ran while pause was in force"));
}

TEST_F(FirstLight, ARunInWhichHardlyAnythingWasAskedIsVacuousAndNamesWhatNeverSucceeded) {
  const Ended ended = run_with(
      {"raft", "--time", "500ms", "--rate", "2", "--faults", "none", "--quiet-period", "200ms"});
  EXPECT_EQ(ended.exit_code, 3) << ended;
  EXPECT_THAT(ended.out, HasSubstr("cas"));
}

TEST_F(FirstLight, WithJsonTheReportIsAllOfStdout) {
  const Ended ended =
      run_with({"raft", "--time", "1s", "--faults", "none", "--quiet-period", "200ms", "--json"});
  ASSERT_EQ(ended.exit_code, 0) << ended;
  const auto report = nlohmann::json::parse(ended.out, nullptr, false);
  ASSERT_TRUE(report.is_object()) << ended;
  EXPECT_EQ(report["verdict"], "valid");
  EXPECT_TRUE(report["run"]["versions"].contains("eris-raft")) << report["run"]["versions"];
}

TEST_F(FirstLightEtcd, OneNodeIsValid) {
  const Ended ended = run_with(
      {"etcd", "--nodes", "1", "--time", "2s", "--faults", "none", "--quiet-period", "1s"});
  EXPECT_EQ(ended.exit_code, 0) << ended;
}

TEST_F(FirstLightEtcd, ThreeNodesAreValidUnderPartitions) {
  const Ended ended = run_with(
      {"etcd", "--nodes", "3", "--time", "5s", "--faults", "partition:start=1s:every=4s:for=2s"});
  EXPECT_EQ(ended.exit_code, 0) << ended;
  EXPECT_TRUE(saved().faults_with_evidence().contains("partition")) << ended;
}

TEST_F(FirstLightEtcd, SerializableReadsHeldToLinearizableAreCaught) {
  const Ended ended = run_with({"etcd", "--nodes", "3", "--read-mode", "serializable",
                                "--consistency", "linearizable", "--time", "5s", "--faults",
                                "partition:shape=isolate-leader:start=1s:every=4s:for=2s"});
  ASSERT_EQ(ended.exit_code, 1) << ended;
  EXPECT_LE(saved().witness_size(), 6u);
}

}  // namespace
}  // namespace eris::end_to_end
