// What random schedules must show of every protocol: that a planted bug is found, shrinks to what a
// person can follow, and is printed as a scenario that shows it again.
// Thread rule: one test at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "adapters/reference/testing/scenario_files.hpp"
#include "adapters/reference/testing/schedule.hpp"
#include "harness/base/testing/scratch_directory.hpp"

namespace eris::reference::testing {

inline constexpr unsigned schedule_steps = 800;

/// Keeps every rule, or fails with the schedule; a property's body.
template <Scheduled S>
void keep_every_invariant() {
  const Schedule schedule = *schedules<S>(schedule_steps);
  const Played played = play<S>(schedule);
  if (!played.invariant.empty()) RC_FAIL(played.invariant + ": " + played.what);
}

/// Pasted into testdata/, the scenario prints the same when it is played anew.
template <Scheduled S>
void expect_same_in_testdata(const std::string& text) {
  const base::testing::ScratchDirectory testdata;
  const std::filesystem::path pasted = testdata / "pasted.txt";
  std::ofstream(pasted) << text;
  expect_as_written<typename S::Scenario>(pasted);
}

template <Scheduled S>
void expect_found_shrunk_and_printed(const std::string& bug, std::size_t commands_max = 30) {
  constexpr std::uint64_t seeds_max = 1000;
  Played found;
  std::uint64_t seed = 0;
  while (found.invariant.empty() && ++seed <= seeds_max)
    found = play_random<S>(base::Rng(seed), schedule_steps, "bug=" + bug);
  ASSERT_NE(found.invariant, "") << "no schedule breaks anything";

  const Played small = shrink<S>(found);
  EXPECT_EQ(small.invariant, found.invariant);
  EXPECT_LE(small.schedule.commands.size(), commands_max) << "a person must be able to follow it";

  const std::string file = to_scenario_file<S>(small);
  EXPECT_THAT(file, ::testing::HasSubstr("VIOLATION " + small.invariant));
  expect_same_in_testdata<S>(file);

  Schedule without_bug = small.schedule;
  without_bug.cluster.resize(without_bug.cluster.find(" bug="));
  EXPECT_EQ(play<S>(without_bug).invariant, "")
      << "the correct core keeps every rule under the same schedule";
  ::testing::Test::RecordProperty(
      "found", fmt::format("seed {}, {} commands shrunk to {}", seed,
                           found.schedule.commands.size(), small.schedule.commands.size()));
  ::testing::Test::RecordProperty("scenario", file);
}

}  // namespace eris::reference::testing
