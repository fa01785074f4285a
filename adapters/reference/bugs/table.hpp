// The table of the mistakes that a reference node can be told to make: one switch each.
//
// Why: a tool that finds bugs must be seen to find them. Each switch is a mistake that real
// implementations have made, one or a few lines at the place where it was made; everything else
// stays correct. `eris prove` runs each and expects it to be found and named.
// A protocol's own bugs.hpp has the enumeration `Bug`, its bugs.cpp the table; names and numbers
// are stable: plans and suites refer to them. Invariant: a table ascends and names each bug once.
// Thread rule: constant data and plain values.
#pragma once

#include <bitset>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/assert.hpp"
#include "harness/base/result.hpp"
#include "harness/base/text.hpp"

namespace eris::bugs {

/// A line of the table.
template <typename Bug>
struct Info {
  Bug bug;
  std::string_view name;    ///< "stale-read"
  std::string_view forgot;  ///< what the implementer forgot, a sentence
  std::string_view seen;    ///< what a user of the system sees, a sentence
  /// Whether a run with real processes can show it to clients; otherwise only the simulator can,
  /// because it takes a power loss, a message schedule or a change of membership that processes do
  /// not give on demand.
  bool shown_live = false;
  std::string_view shows = {};  ///< under which options of the system; empty: under all
};

template <typename Bug>
using Table = std::span<const Info<Bug>>;

/// The mistakes that one node makes; none by default.
template <typename Bug>
class Set {
 public:
  Set() = default;
  Set(std::initializer_list<Bug> bugs) {
    for (const Bug bug : bugs) add(bug);
  }
  void add(Bug bug) { bits_.set(static_cast<std::size_t>(bug)); }
  [[nodiscard]] bool has(Bug bug) const { return bits_.test(static_cast<std::size_t>(bug)); }
  [[nodiscard]] bool empty() const { return bits_.none(); }

 private:
  std::bitset<64> bits_;
};

template <typename Bug>
[[nodiscard]] const Info<Bug>& info(Table<Bug> table, Bug bug) {
  for (const Info<Bug>& candidate : table)
    if (candidate.bug == bug) return candidate;
  ERIS_ASSERT(false, "every bug stands in the table");
}

template <typename Bug>
[[nodiscard]] std::vector<std::string> names(Table<Bug> table) {
  std::vector<std::string> all;
  for (const Info<Bug>& bug : table) all.emplace_back(bug.name);
  return all;
}

/// Name and what was forgotten, for a program's help.
template <typename Bug>
[[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> summaries(
    Table<Bug> table) {
  std::vector<std::pair<std::string_view, std::string_view>> all;
  for (const Info<Bug>& bug : table) all.emplace_back(bug.name, bug.forgot);
  return all;
}

/// Errors: usage, with "did you mean".
template <typename Bug>
[[nodiscard]] base::Result<Bug> find(Table<Bug> table, std::string_view name) {
  for (const Info<Bug>& candidate : table)
    if (candidate.name == name) return candidate.bug;
  return base::usage_error("unknown bug '" + std::string(name) + "'", {},
                           base::did_you_mean(name, names(table)));
}

/// All that are named. Errors: usage, as find has it.
template <typename Bug>
[[nodiscard]] base::Result<Set<Bug>> find_all(Table<Bug> table,
                                              const std::vector<std::string>& named) {
  Set<Bug> found;
  for (const std::string& name : named) {
    ERIS_TRY(const Bug bug, find(table, name));
    found.add(bug);
  }
  return found;
}

}  // namespace eris::bugs
