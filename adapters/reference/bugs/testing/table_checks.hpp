// What holds of the table of every protocol.
// Thread rule: one owner.
#pragma once

#include <set>
#include <string_view>

#include <gtest/gtest.h>

#include "adapters/reference/bugs/table.hpp"

namespace eris::bugs::testing {

template <typename Bug>
void expect_sound(Table<Bug> table) {
  std::set<std::string_view> names;
  int last = 0;
  for (const Info<Bug>& bug : table) {
    EXPECT_TRUE(names.insert(bug.name).second) << bug.name;
    EXPECT_EQ(static_cast<int>(bug.bug), last + 1) << bug.name << ": numbers have no gaps";
    EXPECT_EQ(find(table, bug.name), bug.bug);
    EXPECT_EQ(bug.forgot.back(), '.') << bug.name;
    EXPECT_EQ(bug.seen.back(), '.') << bug.name;
    last = static_cast<int>(bug.bug);
  }
}

/// `nearly` is the name `meant`, misspelt.
template <typename Bug>
void expect_proposal(Table<Bug> table, std::string_view nearly, std::string_view meant) {
  const auto found = find(table, nearly);
  ASSERT_FALSE(found.has_value());
  const std::string proposal = "did you mean '" + std::string(meant) + "'";
  EXPECT_NE(base::to_text(found.error()).find(proposal), std::string::npos);
}

}  // namespace eris::bugs::testing
