// A run that is checked while it goes on: stopped early and with its witness when it goes wrong,
// and left alone when it does not. Real processes, real faults, and the simulator.
#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "ci/end_to_end/eris_command.hpp"
#include "ci/end_to_end/saved_run.hpp"
#include "harness/journal/journal.hpp"

namespace eris::end_to_end {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

class FailFast : public EndToEnd {
 protected:
  [[nodiscard]] Ended run_with(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"run", "raft", "--fail-fast"});
    arguments.insert(arguments.end(), {"--out", "run"});
    return eris(std::move(arguments));
  }
  [[nodiscard]] SavedRun saved() const { return SavedRun(directory() / "run"); }
  [[nodiscard]] model::History journal() const {
    const auto history = journal::read(directory() / "run/journal.jsonl");
    EXPECT_TRUE(history.has_value());
    return *history;
  }
};

const model::Timed<model::Note>* note_that_begins(const model::History& history,
                                                  std::string_view beginning) {
  for (const auto& note : history.notes)
    if (note.event.text.starts_with(beginning)) return &note;
  return nullptr;
}

/// The last operation of the first witness is the one that completed the violation.
base::Instant violation_of(const SavedRun& run, const model::History& history) {
  base::Instant last{};
  for (const auto& step : run.report()["findings"][0]["witness"]) {
    const model::Operation& operation = history.operations.at(step["operation"].get<std::size_t>());
    if (operation.status == model::Status::ok) last = std::max(last, operation.completed_at);
  }
  return last;
}

TEST_F(FailFast, ALiveRunWithAStaleReadStopsEarlyAndItsReportSaysWhy) {
  ERIS_SKIP_WITHOUT_NAMESPACES();
  const Ended ended = run_with({"--bug", "stale-read", "--time", "60s", "--faults",
                                "partition:shape=isolate-leader:every=4s"});
  ASSERT_EQ(ended.exit_code, 1) << ended;
  EXPECT_THAT(ended.out, HasSubstr("The run was stopped at"));
  EXPECT_THAT(ended.out, Not(HasSubstr("internal error")));
  EXPECT_EQ(saved().verdict(), "invalid");
  EXPECT_GE(saved().witness_size(), 2u);
  const model::History history = journal();
  const auto* const stop = note_that_begins(history, model::note::fail_fast);
  ASSERT_NE(stop, nullptr) << ended;
  EXPECT_LT(stop->time, 45s) << "the load was to last a minute";
  EXPECT_EQ(note_that_begins(history, "final-reads"), nullptr);
  EXPECT_TRUE(history.finished);
}

TEST_F(FailFast, ASimulatedRunStopsWithinATenthOfASecondOfTheAnswerThatRefutesIt) {
  const Ended ended = run_with({"--engine", "sim", "--bug", "stale-read", "--time", "60s", "--seed",
                                "1", "--faults", "partition:shape=isolate-leader:every=4s"});
  ASSERT_EQ(ended.exit_code, 1) << ended;
  const model::History history = journal();
  const auto* const stop = note_that_begins(history, model::note::fail_fast);
  ASSERT_NE(stop, nullptr) << ended;
  EXPECT_LE(stop->time - violation_of(saved(), history), 100ms);
  const std::string first = read(directory() / "run/journal.jsonl");
  EXPECT_EQ(eris({"run", "run/plan.toml", "--out", "again"}).exit_code, 1);
  EXPECT_EQ(first, read(directory() / "again/journal.jsonl")) << "the same plan, the same journal";
}

TEST_F(FailFast, ACorrectRunIsLeftAlone) {
  const Ended ended = run_with({"--engine", "sim", "--time", "10s", "--seed", "2", "--workload",
                                "kv", "--faults", "partition:every=2s:for=800ms"});
  ASSERT_EQ(ended.exit_code, 0) << ended;
  const model::History history = journal();
  EXPECT_EQ(note_that_begins(history, model::note::fail_fast), nullptr);
  EXPECT_NE(note_that_begins(history, "final-reads"), nullptr);
}

TEST_F(FailFast, WhatCannotBeFollowedIsRefusedBeforeTheRun) {
  const Ended ended =
      run_with({"--engine", "sim", "--consistency", "sequential", "--faults", "none"});
  EXPECT_EQ(ended.exit_code, 64) << ended;
  EXPECT_THAT(ended.err, HasSubstr("cannot be followed while it goes on"));
  EXPECT_FALSE(std::filesystem::exists(directory() / "run"));
}

/// A journal in which the online check claims what is not so: whoever is wrong, it is not hidden.
TEST_F(FailFast, AViolationThatTheWholeHistoryDoesNotShowIsReportedLoudly) {
  ASSERT_EQ(
      run_with({"--engine", "sim", "--time", "2s", "--seed", "2", "--faults", "none"}).exit_code,
      0);
  std::string journal = read(directory() / "run/journal.jsonl");
  const std::string heal = "\"note\":\"heal\"";
  const std::size_t place = journal.find(heal);
  ASSERT_NE(place, std::string::npos);
  journal.replace(place, heal.size(), "\"note\":\"fail-fast: key x is wrong\"");
  write("run/journal.jsonl", journal);
  const Ended ended = eris({"check", "run"});
  EXPECT_EQ(ended.exit_code, 2) << ended;
  EXPECT_THAT(ended.out + ended.err, HasSubstr("internal error of Eris"));
  EXPECT_THAT(ended.out + ended.err, HasSubstr("key x is wrong"));
}

}  // namespace
}  // namespace eris::end_to_end
