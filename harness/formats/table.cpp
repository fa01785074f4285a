#include "harness/formats/table.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::formats {

using model::Value;

namespace {

constexpr std::array<std::pair<std::string_view, Column>, 19> columns{{
    {"process", Column::process},
    {"f", Column::function},
    {"key", Column::key},
    {"value", Column::value},
    {"result", Column::result},
    {"observed", Column::observed},
    {"call", Column::call},
    {"return", Column::returned},
    {"status", Column::status},
    {"error", Column::error},
    {"call_time", Column::call_time},
    {"return_time", Column::return_time},
    {"client", Column::process},
    {"function", Column::function},
    {"op", Column::function},
    {"argument", Column::argument},
    {"start", Column::call},
    {"end", Column::returned},
    {"type", Column::status},
}};

[[noreturn]] void lacks(const Row& row, std::string_view column, std::string_view what) {
  throw Malformed{row.at, fmt::format("expected a '{}': {}", column, what)};
}

}  // namespace

Column parse_column(std::string_view name) {
  for (const auto& [known, column] : columns)
    if (known == name) return column;
  return Column::other;
}

std::string_view to_text(Column column) {
  for (const auto& [name, known] : columns)
    if (known == column) return name;
  return "?";
}

void Table::check(const Row& row) const {
  if (row.trouble) throw Malformed{*row.trouble};
  if (!row.process && row.process_name.empty()) lacks(row, "process", "an operation needs one");
  if (row.name == nullptr) lacks(row, "f", "an operation needs a function");
  if (!row.call) lacks(row, "call", "an operation needs the time at which it was called");
  if (row.status == Type::invoke)
    throw Malformed{row.at, "expected one of ok, fail, info as status, found 'invoke'",
                    "a row is a completed operation; a history of requests and answers is 'json'"};
  const bool is_unknown = row.status == Type::info || row.status == Type::missing;
  if (!row.returned && !is_unknown)
    lacks(row, "return", "only an operation of unknown outcome has none");
  if (row.returned && *row.returned < *row.call)
    throw Malformed{row.at, fmt::format("the operation returns at {}, before its call at {}",
                                        *row.returned, *row.call)};
}

/// Processes that are no numbers get some, in the order in which they appear.
void Table::name_process(Row& row) {
  if (row.process) {
    has_numbers_ = true;
  } else {
    row.process = names_.try_emplace(std::move(row.process_name), names_.size()).first->second;
  }
  number_max_ = std::max(number_max_, *row.process);
  if (has_numbers_ && !names_.empty())
    throw Malformed{row.at, "some processes are numbers, and others are words",
                    "name all of them in one way"};
}

void Table::add(Row row) {
  check(row);
  name_process(row);
  if (rows_.size() == std::numeric_limits<std::uint32_t>::max())
    throw Malformed{row.at, "a table has fewer than 2^32 rows"};
  rows_.push_back(std::move(row));
}

std::vector<std::uint32_t> Table::by_call() const {
  std::vector<std::uint32_t> order(rows_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, [this](std::uint32_t a, std::uint32_t b) {
    const auto place = [](const Row& row) {
      return std::tuple(*row.call, row.returned.value_or(std::numeric_limits<std::int64_t>::max()));
    };
    return place(rows_[a]) < place(rows_[b]);
  });
  return order;
}

/// A process does one thing after another. Where an operation is called at the very time at which
/// the last one returned, the two count as concurrent, and the process gets another number; so it
/// does after an operation that never returned.
void Table::separate(const std::vector<std::uint32_t>& order) {
  boost::unordered_flat_map<std::uint64_t, Busy> processes;
  std::uint64_t fresh = std::max<std::uint64_t>(999'999, number_max_);
  for (const std::uint32_t i : order) {
    Row& row = rows_[i];
    const auto [at, is_new] = processes.try_emplace(*row.process, Busy{*row.process, i});
    Busy& process = at->second;
    const Row& last = rows_[process.row];
    if (!is_new && last.returned && *row.call < *last.returned)
      throw Malformed{
          row.at,
          fmt::format("process {} calls '{}' at {}, before its '{}' returns at {}", *row.process,
                      row.name->foreign, *row.call, last.name->foreign, *last.returned),
          "a process does one thing at a time; give each client its own"};
    if (!is_new && last.returned && *row.call == *last.returned) ++touching_;
    if (!is_new && (!last.returned || *row.call == *last.returned)) process.number = ++fresh;
    process.row = i;
    row.process = process.number;
  }
}

std::vector<Table::Moment> Table::moments() const {
  std::vector<Moment> all;
  all.reserve(rows_.size() * 2);
  for (std::uint32_t i = 0; i < rows_.size(); ++i) {
    all.push_back({*rows_[i].call, i, false});
    if (rows_[i].returned) all.push_back({*rows_[i].returned, i, true});
  }
  std::ranges::sort(all, {}, [](const Moment& moment) {
    return std::tuple(moment.time, moment.is_return, moment.row);
  });
  return all;
}

Record Table::request_of(const Row& row) const {
  Record record{.at = row.at, .process = row.process, .type = Type::invoke, .name = row.name};
  record.key = row.key;
  record.argument = row.argument;
  record.has_value = row.value.has_value();
  if (row.value && row.value->is_list()) {
    Value::List items = copy_of(row.value->list());
    record.set_list(items);
  } else {
    record.value = row.value.value_or(Value());
  }
  record.value_at = row.at;
  record.time = row.call_time.value_or(*row.call);
  return record;
}

Record Table::answer_of(Row& row) const {
  Record record{.at = row.at, .process = row.process, .name = row.name};
  record.type = row.status;
  if (row.status == Type::missing) record.type = row.returned ? Type::ok : Type::info;
  record.key = row.key;
  record.result = std::move(row.result);
  if (record.type == Type::ok && !record.result) record.result = Value();
  record.observed = std::move(row.observed);
  record.error = std::move(row.error);
  record.time = row.return_time.value_or(row.returned.value_or(-1));
  return record;
}

void Table::finish() {
  separate(by_call());
  importer_.reserve(rows_.size());
  for (const Moment& moment : moments()) {
    Row& row = rows_[moment.row];
    Record record = moment.is_return ? answer_of(row) : request_of(row);
    importer_.add(record);
  }
  if (touching_ > 0)
    importer_.remark(fmt::format(
        "{} called at the very time at which the last one of the process returned: the two count "
        "as concurrent, and the process goes on under a number from 1000000 upwards",
        touching_ == 1 ? "one operation is" : fmt::format("{} operations are", touching_)));
}

}  // namespace eris::formats
