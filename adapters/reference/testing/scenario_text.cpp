#include "adapters/reference/testing/scenario_text.hpp"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::reference::testing {

using base::Result;

Words words_of(const std::string& line) {
  Words words;
  for (std::string& word : base::split(line, ' '))
    if (!word.empty()) words.push_back(std::move(word));
  return words;
}

Result<base::NodeId> node_in(const Words& words, std::size_t at) {
  const auto node = at < words.size() ? base::parse_node(words[at]) : std::nullopt;
  if (!node) return base::usage_error("a node such as n1 is missing");
  return *node;
}

Result<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return base::usage_error("'" + text + "' is no number");
  return number;
}

std::optional<std::string> option_in(const Words& words, const std::string& name) {
  for (const std::string& word : words) {
    if (word == name) return "";
    if (word.starts_with(name + "=")) return word.substr(name.size() + 1);
  }
  return std::nullopt;
}

Result<std::uint64_t> number_option_in(const Words& words, const std::string& name,
                                       std::uint64_t otherwise) {
  const auto text = option_in(words, name);
  return text ? number_in(*text) : otherwise;
}

Result<std::string> rewrite(
    const std::string& file,
    const std::function<Result<std::string>(const std::string& command)>& run) {
  std::string written;
  std::string block_output;
  bool in_output = false;
  std::size_t line_number = 0;
  for (const std::string& line : base::split(file, '\n')) {
    ++line_number;
    if (in_output) {
      in_output = !line.empty();
      if (in_output) continue;
    }
    if (line == "----") {
      written += line + "\n" + block_output;
      block_output.clear();
      in_output = true;
      continue;
    }
    written += line + "\n";
    if (line.empty() || line.starts_with('#')) continue;
    auto printed = run(line);
    if (!printed)
      return base::usage_error(printed.error().what, fmt::format("line {}: {}", line_number, line));
    block_output += *printed;
  }
  while (written.ends_with("\n\n")) written.pop_back();
  return written;
}

}  // namespace eris::reference::testing
