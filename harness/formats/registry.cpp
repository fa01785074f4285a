// The formats that Eris knows, and how it tells them apart.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/formats/formats.hpp"

namespace eris::formats {

namespace {

const char* const journal_explanation =
    "What `eris run` writes: JSON Lines with a header that holds the plan. docs/journal-format.md "
    "describes it.";

const char* const edn_explanation =
    "Jepsen's history.edn: {:process 3, :type :invoke, :f :write, :value 5, :time …, :index …} one "
    "a line, or all in one vector or list, with tags (#jepsen.history.Op{…}) or without. A process "
    "that is no whole number is a nemesis; what it did becomes a note. Maps in values become lists "
    "of [key value] pairs, sets become lists, keywords text. A cas that failed tells nothing about "
    "what was there, since it may have failed for any reason, unless --failed-cas compared says "
    "that only the comparison can fail, or the operation has an :observed.";

const char* const text_explanation =
    "Jepsen's history.txt, and the operations in a jepsen.log (what follows `jepsen.util`): "
    "process, "
    "type, function, value and error in a line, as in `3 :invoke :cas [1 2]`. A word in the place "
    "of the value (:timed-out) says what went wrong. A cas that failed without an error found "
    "another value than it expected. Other lines of a log are passed over.";

const char* const json_explanation =
    "What elle-cli reads: the maps of Jepsen's history.edn as JSON, keywords as strings, in one "
    "array or one a line. Members of objects in values that look like integers are integers.";

const char* const csv_explanation =
    "A table of operations, one a row, in any order: process, f, key, value, result, call, return, "
    "and perhaps status and error. The first line names the columns. `call` and `return` are whole "
    "numbers that give the order, nanoseconds for one; what happens at the same one is concurrent. "
    "status is ok, fail (it certainly did nothing) or info (unknown); without it an operation is "
    "ok "
    "if it returned, and else unknown. `value` is what was asked (of a cas: [old new]), `result` "
    "what came back. Cells hold integers, true, false, text, or lists as in JSON or EDN; an empty "
    "one is nil.";

const char* const jsonl_explanation =
    "A table of operations as JSON Lines: an object a line with the columns of `csv` as members.";

bool looks_like_table_header(std::string_view line) {
  std::string lower(line);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(base::split(lower, ','), [&](const std::string& cell) {
      std::string_view word = base::trim(cell);
      if (word.size() > 2 && word.front() == '"') word = word.substr(1, word.size() - 2);
      return word == name;
    });
  };
  return line.find(',') != std::string_view::npos && (has("process") || has("client")) &&
         (has("call") || has("start"));
}

/// The first object's own member names tell a table from a history of events.
Format json_or_table(std::string_view text) {
  const std::size_t line_end = std::min(text.find('\n'), text.find('}'));
  const std::string_view first = text.substr(0, line_end);
  const bool has_call = first.find("\"call\"") != std::string_view::npos ||
                        first.find("\"start\"") != std::string_view::npos;
  const bool has_type = first.find("\"invoke\"") != std::string_view::npos;
  return has_call && !has_type ? Format::jsonl : Format::json;
}

bool looks_like_operation_line(std::string_view line) {
  if (line.find("jepsen.util") != std::string_view::npos) return true;
  for (const std::string_view type : {":invoke", ":ok", ":fail", ":info"})
    if (const std::size_t at = line.find(type); at != std::string_view::npos && at > 0)
      return line[0] != '{' && (line[at - 1] == ' ' || line[at - 1] == '\t');
  return false;
}

/// Blanks, commas and comments, as EDN has them.
std::string_view without_blanks(std::string_view text) {
  for (;;) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n,\f\v");
    text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
    if (!text.starts_with(';')) return text;
    const std::size_t newline = text.find('\n');
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline);
  }
}

std::optional<Format> guess_by_lines(std::string_view text) {
  constexpr std::size_t lines_max = 1000;
  const std::size_t line_end = text.find('\n');
  if (looks_like_table_header(text.substr(0, line_end))) return Format::csv;
  for (std::size_t i = 0; i < lines_max && !text.empty(); ++i) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (looks_like_operation_line(line)) return Format::text;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return std::nullopt;
}

}  // namespace

const std::vector<model::EntrySchema>& registry() {
  static const std::vector<model::EntrySchema> all{
      {.name = "journal",
       .summary = "a run's own journal.jsonl",
       .explanation = journal_explanation},
      {.name = "edn", .summary = "Jepsen's history.edn", .explanation = edn_explanation},
      {.name = "text",
       .summary = "Jepsen's history.txt, or the operations in a jepsen.log",
       .explanation = text_explanation},
      {.name = "json", .summary = "elle-cli's JSON", .explanation = json_explanation},
      {.name = "csv", .summary = "a table of operations", .explanation = csv_explanation},
      {.name = "jsonl",
       .summary = "a table of operations as JSON Lines",
       .explanation = jsonl_explanation},
  };
  return all;
}

std::string_view to_text(Format format) {
  return registry()[static_cast<std::size_t>(format)].name;
}

base::Result<Format> parse_format(std::string_view name) {
  std::vector<std::string> names;
  for (const model::EntrySchema& entry : registry()) {
    if (entry.name == name) return static_cast<Format>(names.size());
    names.push_back(entry.name);
  }
  return base::usage_error(fmt::format("unknown format '{}'", name), {},
                           base::did_you_mean(name, names));
}

std::optional<Format> guess_format(std::string_view text) {
  constexpr std::size_t beginning_bytes = 64 * 1024;
  text = text.substr(0, beginning_bytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("{\"eris-journal\"")) return Format::journal;
  const std::string_view begin = without_blanks(text);
  if (begin.empty()) return std::nullopt;
  if (begin[0] == '(' || begin[0] == '#') return Format::edn;
  if (begin[0] == '[' || begin[0] == '{') {
    const std::string_view inside = without_blanks(begin.substr(1));
    const bool is_json =
        inside.starts_with('"') ||
        (inside.starts_with('{') && without_blanks(inside.substr(1)).starts_with('"'));
    return is_json ? json_or_table(begin) : Format::edn;
  }
  return guess_by_lines(begin);
}

}  // namespace eris::formats
