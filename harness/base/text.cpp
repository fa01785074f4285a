#include "harness/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace eris::base {

namespace {

// Optimal string alignment distance: insert, delete, replace, swap of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

struct ByteUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array<ByteUnit, 8> byte_units{{{"GiB", 1ull << 30},
                                              {"MiB", 1ull << 20},
                                              {"KiB", 1ull << 10},
                                              {"GB", 1'000'000'000},
                                              {"MB", 1'000'000},
                                              {"kB", 1'000},
                                              {"B", 1},
                                              {"", 1}}};

}  // namespace

std::optional<std::string> nearest(std::string_view text,
                                   const std::vector<std::string>& candidates) {
  const std::size_t limit = std::max<std::size_t>(1, text.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(text, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  if (best) return best;
  // "part" for "partition": people shorten names too.
  for (const std::string& candidate : candidates)
    if (text.size() >= 3 && candidate.starts_with(text)) return candidate;
  return std::nullopt;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string>& candidates) {
  if (const auto candidate = nearest(text, candidates))
    return fmt::format("did you mean '{}'?", *candidate);
  if (candidates.empty()) return {};
  return fmt::format("one of: {}", fmt::join(candidates, ", "));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string join_words(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  if (words.size() == 1) return words.front();
  const std::vector<std::string> head(words.begin(), words.end() - 1);
  return fmt::format("{} and {}", fmt::join(head, ", "), words.back());
}

std::string count_of(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", with_separators(count), singular, count == 1 ? "" : "s");
}

std::string with_separators(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  double number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc{} && number >= 0) {
    const std::string_view suffix(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    for (const ByteUnit& unit : byte_units) {
      const double bytes = number * static_cast<double>(unit.bytes);
      if (unit.name == suffix && bytes < 9.0e18) return static_cast<std::uint64_t>(bytes);
    }
  }
  return usage_error(fmt::format("'{}' is not a size", text), {},
                     "write a number and a unit: 512, 64KiB, 2GiB, 10MB");
}

std::string bytes_to_text(std::uint64_t bytes) {
  for (const ByteUnit& unit : byte_units) {
    if (unit.bytes > 1 && bytes >= unit.bytes && bytes % unit.bytes == 0 && unit.name.size() == 3)
      return fmt::format("{}{}", bytes / unit.bytes, unit.name);
  }
  return std::to_string(bytes);
}

std::string to_text(NodeId node) {
  return fmt::format("n{}", node.value);
}

std::string to_text(const std::vector<NodeId>& nodes) {
  std::vector<std::string> names;
  names.reserve(nodes.size());
  for (const NodeId node : nodes) names.push_back(to_text(node));
  return join_words(names);
}

std::optional<NodeId> parse_node(std::string_view text) {
  std::uint32_t number = 0;
  if (text.size() < 2 || text[0] != 'n') return std::nullopt;
  const auto [rest, problem] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  if (problem != std::errc{} || rest != text.data() + text.size() || number == 0)
    return std::nullopt;
  return NodeId(number);
}

}  // namespace eris::base
