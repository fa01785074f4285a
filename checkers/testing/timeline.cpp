#include "checkers/testing/timeline.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::testing {

using base::Result;
using base::usage_error;
using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

/// Splits at spaces, keeping what stands in brackets together.
std::vector<std::string> tokens_of(std::string_view line) {
  std::vector<std::string> tokens;
  int depth = 0;
  bool inside = false;
  for (const char c : line) {
    if (c == ' ' && depth == 0) {
      inside = false;
      continue;
    }
    if (!inside) tokens.emplace_back();
    inside = true;
    tokens.back() += c;
    if (c == '[') ++depth;
    if (c == ']') --depth;
  }
  return tokens;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// nil, true, false, an integer, a list, or a word.
Value value_of(const std::string& token) {
  if (token == "nil") return {};
  if (token == "true" || token == "false") return Value(token == "true");
  if (token.front() == '[') {
    Value::List list;
    for (const std::string& item : tokens_of(std::string_view(token).substr(1, token.size() - 2)))
      list.push_back(value_of(item));
    return Value(std::move(list));
  }
  std::int64_t number = 0;
  const char* end = token.data() + token.size();
  if (std::from_chars(token.data(), end, number).ptr == end) return Value(number);
  return Value(std::string_view(token));
}

base::Instant time_of(model::EventIndex index) {
  return std::chrono::milliseconds(10 * index);
}

class LineReader {
 public:
  LineReader(History& history, std::vector<std::string> tokens)
      : history_(history), tokens_(std::move(tokens)) {}

  Result<Operation> read() {
    if (tokens_.size() < 4)
      return usage_error("a line needs a process, a function, a span, a status");
    ERIS_CHECK_OK(read_subject());
    ERIS_CHECK_OK(read_values());
    ERIS_CHECK_OK(read_span());
    ERIS_CHECK_OK(read_status());
    return std::move(operation_);
  }

 private:
  Result<void> read_subject() {
    const std::string& process = tokens_[next_++];
    const auto number = number_of(std::string_view(process).substr(1));
    if (process.front() != 'p' || !number) return usage_error("expected a process such as p1");
    operation_.process = base::ProcessId(*number);
    operation_.function = model::Function(std::string_view(tokens_[next_++]));
    return {};
  }

  /// The span is the last token in brackets; what comes before it are argument and result.
  Result<void> read_values() {
    span_ = tokens_.size();
    for (std::size_t i = next_; i < tokens_.size(); ++i)
      if (tokens_[i].front() == '[') span_ = i;
    if (span_ == tokens_.size()) return usage_error("expected a span such as [0 3]");
    Value::List arguments;
    for (; next_ < span_ && tokens_[next_] != "->"; ++next_)
      arguments.push_back(value_of(tokens_[next_]));
    if (arguments.size() == 1) operation_.argument = arguments[0];
    if (arguments.size() > 1) operation_.argument = Value(std::move(arguments));
    if (next_ < span_) {
      if (next_ + 2 != span_) return usage_error("expected one result after the arrow");
      operation_.result = value_of(tokens_[next_ + 1]);
    }
    return {};
  }

  Result<void> read_span() {
    const auto ends =
        tokens_of(std::string_view(tokens_[span_]).substr(1, tokens_[span_].size() - 2));
    const auto begin = ends.size() == 2 ? number_of(ends[0]) : std::nullopt;
    const auto end = ends.size() == 2 ? number_of(ends[1]) : std::nullopt;
    if (!begin || (!end && ends[1] != "-"))
      return usage_error("expected a span such as [0 3] or [0 -]");
    operation_.invoked = *begin;
    operation_.completed = end.value_or(model::never);
    operation_.invoked_at = time_of(*begin);
    operation_.completed_at = time_of(end.value_or(*begin + 100));
    return {};
  }

  Result<void> read_status() {
    if (span_ + 1 == tokens_.size()) return usage_error("expected ok, fail or info");
    const std::map<std::string, Status> known{
        {"ok", Status::ok}, {"fail", Status::fail}, {"info", Status::info}};
    const auto status = known.find(tokens_[span_ + 1]);
    if (status == known.end()) return usage_error("expected ok, fail or info");
    operation_.status = status->second;
    if ((operation_.status == Status::info) != (operation_.completed == model::never))
      return usage_error("exactly an operation of unknown outcome (info) has no end");
    std::string error;
    for (std::size_t i = span_ + 2; i < tokens_.size(); ++i)
      error += (error.empty() ? "" : " ") + tokens_[i];
    if (error.empty()) return {};
    operation_.error = static_cast<std::uint32_t>(history_.errors.size());
    history_.errors.push_back(error);
    return {};
  }

  History& history_;
  std::vector<std::string> tokens_;
  std::size_t next_ = 0;
  std::size_t span_ = 0;
  Operation operation_;
};

/// The numbers in "[9]" or "[10 12]".
Result<std::vector<model::EventIndex>> moments_in(const std::string& token) {
  std::vector<model::EventIndex> moments;
  if (token.size() < 2 || token.front() != '[') return usage_error("expected a moment such as [9]");
  for (const std::string& word : tokens_of(std::string_view(token).substr(1, token.size() - 2))) {
    const auto number = number_of(word);
    if (!number) return usage_error("expected a number in brackets");
    moments.push_back(*number);
  }
  return moments;
}

Result<void> read_node_event(History& history, const std::vector<std::string>& tokens) {
  const auto node = base::parse_node(tokens[0]);
  if (!node || tokens.size() < 3) return usage_error("expected: n1 beacon [9] term=3");
  ERIS_TRY(const auto moments, moments_in(tokens[2]));
  if (moments.size() != 1) return usage_error("expected one moment");
  model::NodeEvent event{.node = *node, .what = tokens[1], .fields = {}};
  for (std::size_t i = 3; i < tokens.size(); ++i) {
    const std::size_t equals = tokens[i].find('=');
    if (equals == std::string::npos) return usage_error("expected a field such as term=3");
    const std::string value = tokens[i].substr(equals + 1);
    event.fields.emplace_back(tokens[i].substr(0, equals),
                              value.empty() ? Value("") : value_of(value));
  }
  history.nodes.push_back({moments[0], time_of(moments[0]), std::move(event)});
  return {};
}

Result<void> read_fault(History& history, const std::vector<std::string>& tokens) {
  const auto number = number_of(std::string_view(tokens[0]).substr(1));
  if (!number || tokens.size() < 4) return usage_error("expected: f1 pause n1 [10 12]");
  ERIS_TRY(const auto moments, moments_in(tokens.back()));
  std::vector<base::NodeId> nodes;
  for (std::size_t i = 2; i + 1 < tokens.size(); ++i)
    nodes.push_back(base::parse_node(tokens[i]).value_or(base::NodeId()));
  model::FaultAction action = model::Pause{nodes};
  if (tokens[1] == "kill") action = model::Kill{nodes};
  if (tokens[1] == "wipe") action = model::Wipe{nodes};
  if (tokens[1] == "cut") action = model::Cut{{{nodes.front(), nodes.back()}}};
  if (moments.size() != 2) return usage_error("expected when it begins and ends");
  const auto add = [&](model::EventIndex index, model::FaultPhase phase) {
    history.faults.push_back({index,
                              time_of(index),
                              {.fault = *number,
                               .name = tokens[1],
                               .description = tokens[1],
                               .phase = phase,
                               .action = action,
                               .evidence = {}}});
  };
  add(moments[0], model::FaultPhase::applied);
  add(moments[1], model::FaultPhase::reverted);
  return {};
}

Result<void> read_line(History& history, std::vector<std::string> tokens) {
  if (tokens[0].front() == 'n') return read_node_event(history, tokens);
  if (tokens[0].front() == 'f') return read_fault(history, tokens);
  ERIS_TRY(Operation operation, LineReader(history, std::move(tokens)).read());
  history.operations.push_back(std::move(operation));
  return {};
}

}  // namespace

Result<History> parse_timeline(std::string_view text) {
  History history;
  history.keys.emplace_back("x");
  for (const std::string& raw : base::split(text, '\n')) {
    const std::string_view line = base::trim(std::string_view(raw).substr(0, raw.find('#')));
    if (line.empty()) continue;
    if (auto read = read_line(history, tokens_of(line)); !read) {
      read.error().where = fmt::format("line '{}'", line);
      return std::unexpected(read.error());
    }
  }
  std::stable_sort(history.operations.begin(), history.operations.end(),
                   [](const Operation& a, const Operation& b) { return a.invoked < b.invoked; });
  const auto by_index = [](const auto& a, const auto& b) { return a.index < b.index; };
  std::stable_sort(history.nodes.begin(), history.nodes.end(), by_index);
  std::stable_sort(history.faults.begin(), history.faults.end(), by_index);
  for (const auto& node : history.nodes) history.end = std::max(history.end, node.time);
  return history;
}

Result<std::vector<Golden>> parse_goldens(std::string_view text) {
  std::vector<Golden> goldens;
  for (const std::string& line : base::split(text, '\n')) {
    if (line.starts_with("== ")) {
      goldens.push_back({.name = line.substr(3)});
      continue;
    }
    if (line.starts_with("#") || base::trim(line).empty()) continue;
    if (goldens.empty()) return usage_error("expected '== name' first", line);
    Golden& golden = goldens.back();
    const std::size_t space = std::min(line.find(' '), line.size() - 1);
    const std::string word = line.substr(0, space);
    const std::string rest = line.substr(space + 1);
    if (word == "object") {
      golden.object = rest;
    } else if (word == "expect") {
      const std::size_t colon = rest.find(": ");
      golden.verdict = rest.substr(0, colon);
      if (colon != std::string::npos) golden.anomaly = rest.substr(colon + 2);
    } else if (word == "witness") {
      golden.witness = static_cast<std::size_t>(number_of(rest).value_or(0));
    } else if (word == "sentence") {
      golden.sentence = rest;
    } else {
      golden.timeline += line + "\n";
    }
  }
  return goldens;
}

}  // namespace eris::checkers::testing
