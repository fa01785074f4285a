// The same first light as an ordinary user: nodes, partitions, kills and pauses need no root, and
// leave nothing either.
#include <filesystem>

#include <gmock/gmock.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"
#include "ci/end_to_end/remains.hpp"
#include "ci/end_to_end/saved_run.hpp"

namespace eris::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

/// A number that no account has, and that nothing else on the machine runs as.
constexpr uid_t nobody_in_particular = 1'947'117;

/// As root: a user without rights, with copies of the programs that it may read. Otherwise: us.
class Rootless : public EndToEnd {
 protected:
  void SetUp() override {
    program_ = ERIS_PROGRAM;
    if (::geteuid() == 0) {
      for (const char* original : {ERIS_PROGRAM, ERIS_RAFT_PROGRAM})
        fs::copy_file(original, directory() / fs::path(original).filename());
      program_ = (directory() / "eris").string();
      user_ = nobody_in_particular;
      ASSERT_EQ(::chown(directory().c_str(), *user_, *user_), 0);
    }
    const Ended doctor = as_user({"doctor"});
    if (doctor.exit_code != 0)
      GTEST_SKIP() << "an ordinary user of this machine cannot run live clusters; eris doctor "
                      "says:\n"
                   << doctor;
  }

  [[nodiscard]] Ended as_user(
      std::vector<std::string> arguments,
      std::vector<std::pair<std::string, std::string>> environment = {}) const {
    return run({.arguments = std::move(arguments),
                .program = program_,
                .directory = directory(),
                .environment = std::move(environment),
                .user = user_});
  }

 private:
  std::string program_;
  std::optional<uid_t> user_;
};

TEST_F(Rootless, CorrectRaftIsValidUnderEveryFirstFaultWithEvidenceForEach) {
  const Remains remains(directory());
  const Ended ended =
      as_user({"run", "raft", "--time", "5s", "--quiet-period", "1s", "--out", "run", "--faults",
               "partition:every=2s:for=800ms,kill:every=2s:for=500ms,"
               "pause:every=2s:for=500ms"},
              remains.environment());
  ASSERT_EQ(ended.exit_code, 0) << ended;
  const auto faults = SavedRun(directory() / "run").faults_with_evidence();
  for (const char* name : {"partition", "kill", "pause"})
    EXPECT_TRUE(faults.contains(name)) << name << " left no evidence\n" << ended;
  EXPECT_THAT(remains.left(directory() / "run"), IsEmpty());
}

TEST_F(Rootless, AStaleReadUnderLeaderIsolationIsCaught) {
  const Ended ended =
      as_user({"run", "raft", "--bug", "stale-read", "--time", "5s", "--quiet-period", "500ms",
               "--faults", "partition:shape=isolate-leader", "--out", "run"});
  EXPECT_EQ(ended.exit_code, 1) << ended;
  EXPECT_LE(SavedRun(directory() / "run").witness_size(), 6u);
}

TEST_F(Rootless, ADirectoryOfSomeoneElseIsOneMessage) {
  const Ended ended = as_user({"run", "raft", "--out", "/proc/1/run"});
  EXPECT_EQ(ended.exit_code, 4) << ended;
  EXPECT_THAT(ended.err, HasSubstr("cannot create the run directory"));
  EXPECT_EQ(ended.out, "");
}

}  // namespace
}  // namespace eris::end_to_end
