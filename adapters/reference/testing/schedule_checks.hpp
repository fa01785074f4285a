// What random schedules must show of every protocol: that a planted bug is found, shrinks to what a
// person can follow, and is printed as a scenario that shows it again.
// Thread rule: one test at a time.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "adapters/reference/testing/schedule.hpp"

namespace eris::reference::testing {

inline constexpr unsigned schedule_steps = 800;

/// Keeps every rule, or fails with the schedule; a property's body.
template <Scheduled S>
void keep_every_invariant() {
  const Schedule schedule = *schedules<S>(schedule_steps);
  const Played played = play<S>(schedule);
  if (!played.invariant.empty()) RC_FAIL(played.invariant + ": " + played.what);
}

/// Played anew from its text, the scenario prints the same.
template <Scheduled S>
void expect_same_when_read_back(const std::string& file) {
  typename S::Scenario fresh;
  const auto again = rewrite(file, [&](const std::string& command) { return fresh.run(command); });
  ASSERT_TRUE(again.has_value()) << base::to_text(again.error());
  EXPECT_EQ(*again, file);
}

/// A schedule that breaks a rule, as it was found and as small as it gets.
struct Shrunk {
  std::uint64_t seed = 0;
  Played found;
  Played small;
};

/// The next one that is found after this seed; nothing broken when there is none.
template <Scheduled S>
Shrunk find_and_shrink(std::uint64_t seed, const std::string& bug) {
  constexpr std::uint64_t seeds_max = 1000;
  Shrunk shrunk{.seed = seed};
  while (shrunk.found.invariant.empty() && ++shrunk.seed <= seeds_max)
    shrunk.found = play_random<S>(base::Rng(shrunk.seed), schedule_steps, "bug=" + bug);
  if (!shrunk.found.invariant.empty()) shrunk.small = shrink<S>(shrunk.found);
  return shrunk;
}

template <Scheduled S>
void expect_found_shrunk_and_printed(const std::string& bug) {
  // Some ways to break a rule are long at their smallest; of a few, one is short.
  constexpr std::size_t followed_max = 30;
  constexpr int tries_max = 5;
  Shrunk best = find_and_shrink<S>(0, bug);
  ASSERT_NE(best.found.invariant, "") << "no schedule breaks anything";
  Shrunk last = best;
  for (int tries = 1; tries < tries_max && best.small.schedule.commands.size() > followed_max;
       ++tries) {
    last = find_and_shrink<S>(last.seed, bug);
    if (last.found.invariant.empty()) break;
    if (last.small.schedule.commands.size() < best.small.schedule.commands.size()) best = last;
  }
  const auto& [seed, found, small] = best;
  EXPECT_EQ(small.invariant, found.invariant);
  EXPECT_LE(small.schedule.commands.size(), followed_max) << "a person must be able to follow it";

  const std::string file = to_scenario_file<S>(small);
  EXPECT_THAT(file, ::testing::HasSubstr("VIOLATION " + small.invariant));
  expect_same_when_read_back<S>(file);

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
