// What `cmake --install` puts in place works there: the program finds its nodes, and a project of
// someone else finds the headers and libraries.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"
#include "ci/end_to_end/saved_run.hpp"

namespace eris::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Installed : public EndToEnd {
 protected:
  void SetUp() override {
    const Ended installed = cmake({"--install", ERIS_BINARY_DIR, "--prefix", prefix().string()});
    ASSERT_EQ(installed.exit_code, 0) << installed;
  }

  [[nodiscard]] fs::path prefix() const { return directory() / "prefix"; }
  [[nodiscard]] Ended cmake(std::vector<std::string> arguments) const {
    return run({.arguments = std::move(arguments),
                .program = ERIS_CMAKE,
                .directory = directory(),
                .deadline = std::chrono::seconds(240)});
  }
  /// The installed eris, with a PATH that holds nothing.
  [[nodiscard]] Ended installed_eris(std::vector<std::string> arguments) const {
    return run({.arguments = std::move(arguments),
                .program = (prefix() / "bin/eris").string(),
                .directory = directory(),
                .environment = {{"PATH", (directory() / "nothing").string()}}});
  }
  /// One client writes ever greater values and reads them: a register, and a max register too.
  void record_a_run() const {
    const Ended ended =
        installed_eris({"run", "raft", "--nodes", "1", "--concurrency", "1", "--workload",
                        "register:cas=0:keys=1", "--time", "500ms", "--rate", "200", "--faults",
                        "none", "--quiet-period", "100ms", "--out", "run"});
    ASSERT_EQ(ended.exit_code, 0) << ended;
  }
  /// The same journal, but its last read saw the first value written.
  void damage_the_last_read() const {
    std::string journal = read(directory() / "run/journal.jsonl");
    const std::string answer = R"("type":"ok","f":"read")";
    const std::size_t value = journal.find("\"value\":", journal.rfind(answer)) + 8;
    ASSERT_LT(value, journal.size());
    journal.replace(value, journal.find_first_not_of("0123456789", value) - value, "1");
    write("damaged.jsonl", journal);
  }
};

TEST_F(Installed, ErisFindsItsNodes) {
  ERIS_SKIP_WITHOUT_NAMESPACES();
  record_a_run();
  EXPECT_EQ(SavedRun(directory() / "run").verdict(), "valid");
}

TEST_F(Installed, ManualAndCompletionStandWhereOthersLookForThem) {
  EXPECT_TRUE(fs::exists(prefix() / "share/man/man1/eris.1"));
  EXPECT_TRUE(fs::exists(prefix() / "share/bash-completion/completions/eris"));
}

TEST_F(Installed, AnObjectOfSomeoneElseIsJudgedByErisCheckers) {
  ERIS_SKIP_WITHOUT_NAMESPACES();
  const fs::path source = fs::path(ERIS_SOURCE_DIR) / "ci/end_to_end/consumer";
  const Ended configured = cmake({"-G", "Ninja", "-S", source.string(), "-B", "consumer",
                                  "-DCMAKE_PREFIX_PATH=" + prefix().string(),
                                  std::string("-DCMAKE_CXX_COMPILER=") + ERIS_CXX_COMPILER,
                                  std::string("-DCMAKE_CXX_FLAGS=") + ERIS_CXX_FLAGS});
  ASSERT_EQ(configured.exit_code, 0) << configured;
  const Ended built = cmake({"--build", "consumer"});
  ASSERT_EQ(built.exit_code, 0) << built;

  record_a_run();
  const std::string program = (directory() / "consumer/max_register").string();
  const Ended good =
      run({.arguments = {"run/journal.jsonl"}, .program = program, .directory = directory()});
  EXPECT_EQ(good.exit_code, 0) << good;
  EXPECT_EQ(good.out, "valid\n");
  damage_the_last_read();
  const Ended bad =
      run({.arguments = {"damaged.jsonl"}, .program = program, .directory = directory()});
  EXPECT_EQ(bad.exit_code, 1) << bad;
  EXPECT_THAT(bad.out, HasSubstr("read 1"));
}

}  // namespace
}  // namespace eris::end_to_end
