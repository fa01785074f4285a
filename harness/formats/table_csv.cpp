// Tables as CSV (RFC 4180): a line of column names, then an operation a row.
//
// A cell is an integer, true, false, nothing (nil), a list as EDN or JSON have it, quoted text, or
// else text as it stands.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <deque>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/formats/edn_reader.hpp"
#include "harness/formats/readers.hpp"
#include "harness/formats/table.hpp"

namespace eris::formats {

using model::Value;

namespace {

struct Cell {
  const char* at = nullptr;  ///< its first character, after a quote
  std::string_view text;
  bool quoted = false;
};

/// Takes cells off a text; a quoted one may hold line breaks.
class CsvLines {
 public:
  explicit CsvLines(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  [[nodiscard]] const char* at() const { return at_; }
  /// The cells of the next line that is not empty; false at the end. They live until the next call.
  bool next(std::vector<Cell>& cells) {
    unquoted_.clear();
    cells.clear();
    while (at_ != end_ && (*at_ == '\n' || *at_ == '\r')) ++at_;
    if (at_ == end_) return false;
    do cells.push_back(take_cell());
    while (at_ != end_ && *at_++ == ',');
    return true;
  }

 private:
  Cell take_cell() {
    if (at_ != end_ && *at_ == '"') return take_quoted();
    const char* const begin = at_;
    while (at_ != end_ && *at_ != ',' && *at_ != '\n') ++at_;
    const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    return {begin, base::trim(text), false};
  }

  Cell take_quoted() {
    const char* const open = at_++;
    std::string text;
    for (;; ++at_) {
      if (at_ == end_) throw Malformed{open, "this '\"' has no other: the file ends before it"};
      if (*at_ == '"') {
        if (at_ + 1 == end_ || at_[1] != '"') break;
        ++at_;
      }
      text += *at_;
    }
    ++at_;
    if (at_ != end_ && *at_ == '\r') ++at_;
    if (at_ != end_ && *at_ != ',' && *at_ != '\n')
      throw Malformed{at_, fmt::format("expected ',' or the end of the line after a quoted cell, "
                                       "found '{}'",
                                       *at_)};
    text.append(padding_bytes, '\0');
    unquoted_.push_back(std::move(text));
    const std::string& kept = unquoted_.back();
    return {open + 1, std::string_view(kept).substr(0, kept.size() - padding_bytes), true};
  }

  const char* at_;
  const char* end_;
  std::deque<std::string> unquoted_;
};

class CsvReader {
 public:
  CsvReader(std::string_view text, Importer& importer)
      : lines_(text), table_(importer), edn_(std::string_view("", 0)) {}

  void run() {
    read_header();
    std::vector<Cell> cells;
    while (lines_.next(cells)) {
      if (cells.size() > columns_.size())
        throw Malformed{cells[columns_.size()].at,
                        fmt::format("expected {} in this row, found {}",
                                    base::count_of(columns_.size(), "cell"), cells.size()),
                        "put quotes around a cell that holds a comma"};
      Row row{.at = cells[0].at};
      for (std::size_t i = 0; i < cells.size(); ++i) take_cell(row, columns_[i], cells[i]);
      table_.add(std::move(row));
    }
    table_.finish();
  }

 private:
  void read_header() {
    std::vector<Cell> cells;
    const char* const begin = lines_.at();
    if (!lines_.next(cells)) throw Malformed{begin, "expected a line of column names"};
    for (const Cell& cell : cells) {
      std::string name(cell.text);
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      columns_.push_back(parse_column(name));
      const Column column = columns_.back();
      if (column != Column::other && std::ranges::count(columns_, column) > 1)
        throw Malformed{cell.at,
                        fmt::format("the column '{}' stands there twice", to_text(column))};
    }
    for (const Column needed : {Column::process, Column::function, Column::call, Column::returned})
      if (std::ranges::find(columns_, needed) == columns_.end())
        throw Malformed{begin, fmt::format("expected a column '{}'", to_text(needed)),
                        "a table has process, f, key, value, result, call, return, and perhaps "
                        "status and error"};
  }

  void take_cell(Row& row, Column column, const Cell& cell) {
    if (cell.text.empty() && !cell.quoted) return;
    switch (column) {
      case Column::process:
        return take_process(row, cell);
      case Column::function:
        row.name = table_.importer().name(cell.text);
        return;
      case Column::key:
        row.key = value_of(row, cell);
        return;
      case Column::value:
        row.value = value_of(row, cell);
        return;
      case Column::argument:
        row.argument = value_of(row, cell);
        return;
      case Column::result:
        row.result = value_of(row, cell);
        return;
      case Column::observed:
        row.observed = value_of(row, cell);
        return;
      case Column::call:
        row.call = integer_of(column, cell);
        return;
      case Column::returned:
        row.returned = integer_of(column, cell);
        return;
      case Column::call_time:
        row.call_time = integer_of(column, cell);
        return;
      case Column::return_time:
        row.return_time = integer_of(column, cell);
        return;
      case Column::status:
        row.status = parse_type(cell.text);
        if (row.status == Type::missing)
          throw Malformed{cell.at, fmt::format("expected one of ok, fail, info as status, found "
                                               "'{}'",
                                               cell.text)};
        return;
      case Column::error:
        row.error = cell.text;
        return;
      case Column::other:
        return;
    }
  }

  static void take_process(Row& row, const Cell& cell) {
    std::uint64_t number = 0;
    const char* const end = cell.text.data() + cell.text.size();
    const auto [rest, problem] = std::from_chars(cell.text.data(), end, number);
    if (problem == std::errc{} && rest == end)
      row.process = number;
    else
      row.process_name = cell.text;
  }

  static std::int64_t integer_of(Column column, const Cell& cell) {
    std::int64_t number = 0;
    const char* const end = cell.text.data() + cell.text.size();
    const auto [rest, problem] = std::from_chars(cell.text.data(), end, number);
    if (problem == std::errc{} && rest == end) return number;
    throw Malformed{
        cell.at, fmt::format("expected an integer as {}, found '{}'", to_text(column), cell.text),
        "any whole numbers that give the order will do, nanoseconds for one"};
  }

  Value value_of(Row& row, const Cell& cell) {
    const std::string_view text = cell.text;
    if (text.empty()) return {};
    if (text == "null") return {};
    const char first = text[0];
    const bool is_form = first == '[' || first == '{' || first == '(' || first == '#' ||
                         first == '"' || (first >= '0' && first <= '9') || first == '-' ||
                         text == "nil" || text == "true" || text == "false";
    if (!is_form) return words_.value_of(text);
    return form_of(row, cell);
  }

  Value form_of(Row& row, const Cell& cell) {
    edn_.restart(cell.text, "cell");
    try {
      Value value = edn_.read();
      if (!edn_.at_end()) value = Value(cell.text);  // "2024-01-02 03:04" is text
      if (auto trouble = edn_.trouble(); trouble && !row.trouble) {
        row.trouble = std::move(trouble);
        row.trouble->at = cell.at;
      }
      return value;
    } catch (Malformed& malformed) {
      malformed.at = cell.at;
      throw;
    }
  }

  CsvLines lines_;
  Table table_;
  std::vector<Column> columns_;
  EdnReader edn_;
  WordCache words_;
};

}  // namespace

void read_csv(std::string_view text, Importer& importer) {
  CsvReader(text, importer).run();
}

}  // namespace eris::formats
