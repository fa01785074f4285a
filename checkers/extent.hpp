// Extent: how large a history is in the ways that make checking hard; for verdicts that say what
// they could not get through.
// Thread rule: pure functions, plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "harness/model/history.hpp"

namespace eris::checkers {

struct Extent {
  std::size_t operations = 0;
  std::size_t concurrency = 0;  ///< the most open at once, those without an outcome apart
  std::size_t unknown_outcomes = 0;
};

[[nodiscard]] Extent extent_of(const model::History& history);
/// Of these operations alone. They ascend.
[[nodiscard]] Extent extent_of(const model::History& history,
                               std::span<const std::uint32_t> operations);

/// "500 operations, at most 7 open at once, with 12 unknown outcomes". `noun`: "operation".
[[nodiscard]] std::string to_text(const Extent& extent, std::string_view noun = "operation");

}  // namespace eris::checkers
