// Histories as small texts, for tests that people can read.
//
//   p1 write 1 [0 3] ok            process 1, from event 0 to event 3
//   p2 read -> nil [1 2] ok        what follows the arrow is the result
//   p3 cas 1 2 -> 4 [4 5] fail     a comparison that failed, seeing 4
//   p4 write 5 [6 -] info          outcome unknown
//   p5 write 6 [7 8] fail refused  the rest of the line is the error text
//
//   n1 beacon [9] term=3 role=leader   what node 1 did or said, and the fields of it
//   f1 pause n1 [10 12]            fault 1 in force; also cut n1 n2, kill n1, wipe n1
//
// One event takes 10 ms. Everything is on the key "x". '#' begins a comment.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::testing {

/// Errors: usage, with the line.
[[nodiscard]] base::Result<model::History> parse_timeline(std::string_view text);

/// A timeline with a name and what a checker must say of it.
struct Golden {
  std::string name;
  std::string object = "register";
  std::string verdict;      ///< "valid", "invalid", …
  std::string anomaly;      ///< for invalid
  std::size_t witness = 0;  ///< for invalid: how many operations prove it
  std::string sentence;     ///< for invalid, where one is given
  std::string timeline;
};

/// Reads many of them: "== name", then lines "object …", "expect …", "witness …", "sentence …",
/// then the timeline. Errors: usage, with the line.
[[nodiscard]] base::Result<std::vector<Golden>> parse_goldens(std::string_view text);

}  // namespace eris::checkers::testing
