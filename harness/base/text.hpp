// Small helpers for text that people read.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::base {

/// The candidate nearest to `text` by edit distance (adjacent swaps count once), or nothing when
/// none is near enough to be worth proposing.
[[nodiscard]] std::optional<std::string> nearest(std::string_view text,
                                                 const std::vector<std::string>& candidates);

/// "did you mean 'X'?" where something is near, else "one of: a, b, c" (or nothing for no
/// candidates). Meant as Error::next_step.
[[nodiscard]] std::string did_you_mean(std::string_view text,
                                       const std::vector<std::string>& candidates);

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string_view trim(std::string_view text);
/// "a, b and c".
[[nodiscard]] std::string join_words(const std::vector<std::string>& words);
/// "1 operation", "2 operations".
[[nodiscard]] std::string count_of(std::uint64_t count, std::string_view singular);
/// 1234567 as "1,234,567".
[[nodiscard]] std::string with_separators(std::uint64_t number);

/// Reads "512", "64KiB", "2GiB", "10MB". Errors: usage.
[[nodiscard]] Result<std::uint64_t> parse_bytes(std::string_view text);
/// The shortest exact form that parse_bytes reads back: "2GiB", "1500".
[[nodiscard]] std::string bytes_to_text(std::uint64_t bytes);

/// "n3".
[[nodiscard]] std::string to_text(NodeId node);
/// "n1, n2 and n5".
[[nodiscard]] std::string to_text(const std::vector<NodeId>& nodes);
/// Reads "n3".
[[nodiscard]] std::optional<NodeId> parse_node(std::string_view text);

}  // namespace eris::base
