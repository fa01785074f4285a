// What is done with simulated runs: exploring seeds, doing one again, making it small, proving.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"
#include "ci/end_to_end/saved_run.hpp"

namespace eris::end_to_end {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int exit_invalid = 1;
constexpr int exit_unknown = 2;
constexpr int exit_usage = 64;

class Simulation : public EndToEnd {
 protected:
  /// Three nodes, a leader that is cut off now and then, and what else is asked for.
  [[nodiscard]] static std::vector<std::string> with_cuts(std::vector<std::string> arguments) {
    for (const char* each :
         {"--nodes", "3", "--time", "3s", "--rate", "300", "--operation-timeout", "400ms",
          "--faults", "partition:shape=isolate-leader:start=500ms:every=1500ms:for=800ms"})
      arguments.emplace_back(each);
    return arguments;
  }

  /// The directory of a run that shows a stale read.
  [[nodiscard]] fs::path broken_run() const {
    const Ended found = eris(with_cuts(
        {"sim", "raft", "--bug", "stale-read", "--runs", "20", "--out", "found", "--json"}));
    EXPECT_EQ(found.exit_code, exit_invalid) << found;
    const json report = json::parse(found.out, nullptr, false);
    if (!report.is_object() || report["findings"].empty()) return {};
    return directory() / report["findings"][0]["run"].get<std::string>();
  }

  /// The same journal, said to be of real processes.
  void pretend_live(const fs::path& run, const std::string& name) const {
    fs::create_directory(directory() / name);
    std::string text = read(run / "journal.jsonl");
    const std::string sim = R"("engine":"sim")";
    const std::size_t at = text.find(sim);
    ASSERT_NE(at, std::string::npos);
    write(name + "/journal.jsonl", text.replace(at, sim.size(), R"("engine":"live")"));
  }
};

TEST_F(Simulation, FindsTheSameWhateverTheNumberOfJobs) {
  const auto explored = [&](const char* jobs) {
    const Ended ended = eris(with_cuts({"sim", "raft", "--bug", "stale-read", "--runs", "6",
                                        "--keep-going", "--json", "--jobs", jobs}));
    EXPECT_EQ(ended.exit_code, exit_invalid) << ended;
    json report = json::parse(ended.out, nullptr, false);
    for (json& finding : report["findings"]) finding.erase("run");
    return report;
  };
  const json one = explored("1");
  EXPECT_EQ(one["runs"], 6);
  EXPECT_FALSE(one["findings"].empty());
  EXPECT_EQ(one, explored("3"));
}

TEST_F(Simulation, KeepsTheFirstFailureAsARunThatReplays) {
  const fs::path run = broken_run();
  EXPECT_TRUE(SavedRun(run).missing_files().empty());
  EXPECT_EQ(SavedRun(run).verdict(), "invalid");
  EXPECT_THAT(read(run / "report.txt"), HasSubstr("eris replay "));
  const Ended replayed = eris({"replay", run.string()});
  EXPECT_EQ(replayed.exit_code, 0) << replayed;
  EXPECT_THAT(replayed.out, HasSubstr("identical byte for byte"));
}

TEST_F(Simulation, OfAPlanThatNamesNoEngineMeansTheSimulated) {
  write("dark.toml",
        "name = \"dark\"\nnodes = 3\nrate = 200\ntime-limit = \"3s\"\n[system]\nname = \"raft\"\n"
        "[workload]\nname = \"register\"\n[[fault]]\nname = \"power\"\n");
  const Ended explored = eris({"sim", "dark.toml", "--runs", "3", "--heartbeat", "30ms"});
  EXPECT_EQ(explored.exit_code, 0) << explored;
  EXPECT_EQ(eris({"run", "dark.toml", "--engine", "sim", "--seed", "1"}).exit_code, 0);
  const Ended live = eris({"run", "dark.toml"});
  EXPECT_EQ(live.exit_code, exit_usage) << live;
  EXPECT_THAT(live.err, HasSubstr("write engine = \"sim\" in the plan or --engine sim"));
}

TEST_F(Simulation, KeepsRunsWithoutAWordOfTheirProgress) {
  const Ended found = eris(with_cuts({"sim", "raft", "--bug", "stale-read", "--runs", "20"}));
  EXPECT_EQ(found.exit_code, exit_invalid) << found;
  EXPECT_THAT(found.err, Not(HasSubstr("setup |")));
}

TEST_F(Simulation, OfACorrectSystemCountsRunsOfEveryVerdict) {
  const Ended ended = eris(with_cuts({"sim", "raft", "--runs", "5", "--json"}));
  EXPECT_EQ(ended.exit_code, 0) << ended;
  const json report = json::parse(ended.out, nullptr, false);
  std::uint64_t sum = 0;
  for (const auto& count : report["verdicts"]) sum += count.get<std::uint64_t>();
  EXPECT_EQ(sum, 5u);
  EXPECT_EQ(report["runs"], 5);
}

TEST_F(Simulation, InterruptedSaysWhatWasFoundSoFar) {
  Running exploring(
      {.arguments = with_cuts({"sim", "raft", "--runs", "1000000"}), .directory = directory()});
  // Progress is shown once the signal is heeded; off a terminal its first line comes at once.
  ASSERT_TRUE(eventually([&] { return exploring.has_said("runs |"); }));
  exploring.send(SIGINT);
  const Ended ended = exploring.wait();
  EXPECT_FALSE(ended.timed_out) << ended;
  EXPECT_EQ(ended.exit_code, exit_unknown) << ended;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("runs  "), HasSubstr("interrupted; go on with --from")));
}

TEST_F(Simulation, ReplaySaysWhereAChangedJournalDiffers) {
  const fs::path run = broken_run();
  std::string text = read(run / "journal.jsonl");
  const std::size_t beacon = text.find("\"beacon\"");
  ASSERT_NE(beacon, std::string::npos);
  text.replace(beacon, 8, "\"beakon\"");
  std::ofstream(run / "journal.jsonl", std::ios::binary) << text;
  fs::create_directory(directory() / "temporary");
  const auto replayed = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"replay", run.string()});
    return end_to_end::run({.arguments = std::move(arguments),
                            .directory = directory(),
                            .environment = {{"TMPDIR", (directory() / "temporary").string()}}});
  };
  const Ended ended = replayed({});
  EXPECT_EQ(ended.exit_code, exit_unknown) << ended;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("They differ at event"), HasSubstr("beakon")));
  EXPECT_TRUE(fs::is_empty(directory() / "temporary")) << "nothing may be left behind";
  const Ended kept = replayed({"--out", "again.jsonl"});
  EXPECT_EQ(kept.exit_code, exit_unknown) << kept;
  EXPECT_THAT(read(directory() / "again.jsonl"),
              AllOf(HasSubstr("\"beacon\""), Not(HasSubstr("\"beakon\""))));
  EXPECT_EQ(replayed({"--out", "again.jsonl"}).exit_code, exit_usage) << "never overwritten";
}

TEST_F(Simulation, ShrinksToASmallerPlanThatTheTestsCanRun) {
  const fs::path run = broken_run();
  const Ended ended = eris({"shrink", run.string(), "--out", "small", "--json"});
  ASSERT_EQ(ended.exit_code, exit_invalid) << ended;
  const json report = json::parse(ended.out, nullptr, false);
  EXPECT_LT(report["after"]["operations"], report["before"]["operations"]);
  EXPECT_LE(report["after"]["injections"], report["before"]["injections"]);
  EXPECT_EQ(report["minimal"], true);
  std::uint64_t runs = 0;
  for (const auto& effort : report["tried"]) runs += effort["runs"].get<std::uint64_t>();
  EXPECT_EQ(report["runs"], runs);
  EXPECT_TRUE(SavedRun(directory() / "small").missing_files().empty());
  const fs::path regression = report["regression"].get<std::string>();
  EXPECT_THAT(read(regression), testing::StartsWith("# expect: invalid, "));
  fs::create_directory(directory() / "negative");
  fs::copy(regression, directory() / "negative");
  const Ended held = eris({"prove", "negative"});
  EXPECT_EQ(held.exit_code, 0) << held;
  EXPECT_THAT(held.out, HasSubstr("as expected"));
}

TEST_F(Simulation, APlanThatIsKeptForABugMayShowItOnAnotherSeed) {
  const std::string plan =
      "time-limit = \"2s\"\nquirks = false\nnodes = 3\nrate = 300\nengine = \"sim\"\n"
      "name = \"kept\"\n[system]\nname = \"raft\"\nbug = [\"stale-read\"]\n"
      "[workload]\nname = \"register\"\n[[fault]]\nname = \"partition\"\n"
      "shape = \"isolate-leader\"\nstart = \"500ms\"\nfor = \"800ms\"\n";
  write("kept.toml", plan);
  std::string innocent;
  for (int seed = 1; seed <= 60 && innocent.empty(); ++seed) {
    const std::string from = std::to_string(seed);
    if (eris({"sim", "kept.toml", "--runs", "1", "--from", from}).exit_code == 0) innocent = from;
  }
  ASSERT_NE(innocent, "") << "a seed that does not show the bug";
  fs::create_directory(directory() / "negative");
  const std::string expect = "# expect: invalid, stale read or stale-read\n";
  write("negative/kept.toml", expect + "seed = " + innocent + "\n" + plan);
  EXPECT_EQ(eris({"prove", "negative"}).exit_code, exit_invalid);
  write("negative/kept.toml", expect + "# seeds: 60\nseed = " + innocent + "\n" + plan);
  const Ended held = eris({"prove", "negative"});
  EXPECT_EQ(held.exit_code, 0) << held;
  write("negative/kept.toml", expect + "# seeds: many\n" + plan);
  EXPECT_THAT(eris({"prove", "negative"}).err, HasSubstr("wants a number"));
}

TEST_F(Simulation, ShrinksTheHistoryOfALiveRun) {
  pretend_live(broken_run(), "live");
  const Ended ended =
      eris({"shrink", "live", "--finding", "stale read", "--out", "small", "--json"});
  ASSERT_EQ(ended.exit_code, exit_invalid) << ended;
  const json report = json::parse(ended.out, nullptr, false);
  EXPECT_LT(report["after"], report["before"].get<int>() / 10);
  EXPECT_TRUE(fs::exists(directory() / "small" / "history.edn"));
  const Ended checked = eris({"check", "small"});
  EXPECT_EQ(checked.exit_code, exit_invalid) << checked;
}

TEST_F(Simulation, ShrinksTheHistoryOfALiveRunToTheElementsThatWereLost) {
  const fs::path plan = fs::path(ERIS_SOURCE_DIR) / "ci/negative/quorum-siblings-dropped.toml";
  const Ended found =
      eris({"sim", plan.string(), "--time", "3s", "--runs", "20", "--out", "found", "--json"});
  ASSERT_EQ(found.exit_code, exit_invalid) << found;
  const json findings = json::parse(found.out, nullptr, false)["findings"];
  pretend_live(directory() / findings[0]["run"].get<std::string>(), "live");
  const Ended ended =
      eris({"shrink", "live", "--finding", "lost element", "--out", "small", "--json"});
  ASSERT_EQ(ended.exit_code, exit_invalid) << ended;
  const json report = json::parse(ended.out, nullptr, false);
  EXPECT_LT(report["after"], report["before"].get<int>() / 4);
  const Ended checked = eris({"check", "small"});
  EXPECT_EQ(checked.exit_code, exit_invalid) << checked;
  EXPECT_THAT(checked.out, HasSubstr("lost element"));
}

TEST_F(Simulation, DoesNotReplayALiveRun) {
  pretend_live(broken_run(), "live");
  const Ended ended = eris({"replay", "live"});
  EXPECT_EQ(ended.exit_code, exit_usage) << ended;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("cannot be replayed"), HasSubstr("eris check live"),
                               HasSubstr("eris shrink live")));
}

TEST_F(Simulation, DoesNotShrinkARunWithoutAFinding) {
  const Ended run =
      eris(with_cuts({"run", "raft", "--engine", "sim", "--seed", "1", "--out", "good"}));
  ASSERT_EQ(run.exit_code, 0) << run;
  const Ended ended = eris({"shrink", "good"});
  EXPECT_EQ(ended.exit_code, exit_usage) << ended;
  EXPECT_THAT(ended.err, HasSubstr("shows no finding"));
}

TEST_F(Simulation, SaysWhatItCannotDo) {
  const struct {
    std::vector<std::string> arguments;
    const char* said;
  } mistakes[] = {{{"sim", "etcd"}, "etcd cannot be simulated"},
                  {{"sim", "raft", "--jobs", "0"}, "--jobs"},
                  {{"sim", "raft", "--runs", "0"}, "--runs"},
                  {{"replay", "nowhere"}, "no such file or directory"},
                  {{"shrink", "nowhere"}, "no such file or directory"},
                  {{"prove", "etcd"}, "etcd cannot be simulated"},
                  {{"prove", "raft/stale-raed"}, "did you mean 'stale-read'?"},
                  {{"prove", "--live", "raft/stale-raed"}, "did you mean 'stale-read'?"},
                  {{"prove", "nothing.toml"}, "nothing.toml"}};
  for (const auto& mistake : mistakes) {
    const Ended ended = eris(mistake.arguments);
    EXPECT_EQ(ended.exit_code, exit_usage) << ended;
    EXPECT_THAT(ended.err, HasSubstr(mistake.said));
    EXPECT_EQ(ended.out, "");
  }
  EXPECT_FALSE(fs::exists(directory() / "eris-runs"));
}

TEST_F(Simulation, ProvesACorrectSystemAndAHandfulOfBugs) {
  const Ended correct = eris({"prove", "raft", "--correct-only", "--runs", "20"});
  EXPECT_EQ(correct.exit_code, 0) << correct;
  const Ended bugs = eris({"prove", "raft/stale-read", "raft/apply-before-commit",
                           "raft/no-up-to-date-check", "raft/double-apply", "--searches", "1"});
  EXPECT_EQ(bugs.exit_code, 0) << bugs;
  EXPECT_THAT(bugs.out, AllOf(HasSubstr("4 of 4 bugs found"), Not(HasSubstr("NOT FOUND"))));
}

TEST_F(Simulation, ProvesThePlansOfOneBug) {
  const fs::path source = ERIS_SOURCE_DIR;
  fs::create_directories(directory() / "ci" / "negative");
  for (const char* plan : {"trap-raft-stale-read.toml", "trap-paxos-lost-promise.toml"})
    fs::copy(source / "ci/negative" / plan, directory() / "ci" / "negative");
  const Ended held = eris({"prove", "--live", "raft/stale-read"});
  EXPECT_EQ(held.exit_code, 0) << held;
  EXPECT_THAT(held.out, AllOf(HasSubstr("trap-raft-stale-read"), Not(HasSubstr("trap-paxos"))));
  const Ended none = eris({"prove", "--live", "raft/figure-8"});
  EXPECT_EQ(none.exit_code, exit_usage) << none;
  EXPECT_THAT(none.err, HasSubstr("no plan shows raft/figure-8"));
}

TEST_F(Simulation, PlansOfTheTreeGiveWhatTheyExpect) {
  const fs::path source = ERIS_SOURCE_DIR;
  const Ended ended =
      eris({"prove", (source / "ci/suites").string(), (source / "ci/negative").string(), "--json"});
  EXPECT_EQ(ended.exit_code, 0) << ended;
  EXPECT_FALSE(json::parse(ended.out, nullptr, false)["results"].empty()) << ended;
}

}  // namespace
}  // namespace eris::end_to_end
