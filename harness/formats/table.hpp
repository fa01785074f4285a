// Table: completed operations in any order, each with the times of its call and its return, turned
// into records in the order in which things happened.
// Invariant: what happens at one time is concurrent: calls come before returns.
// Errors: throws Malformed.
// Internal to harness/formats. Thread rule: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "harness/formats/importer.hpp"
#include "harness/formats/malformed.hpp"
#include "harness/model/value.hpp"

namespace eris::formats {

/// What a column, or a member, means.
enum class Column : std::uint8_t {
  process,
  function,
  key,
  value,
  argument,
  result,
  observed,
  call,
  returned,
  status,
  error,
  call_time,
  return_time,
  other,
};

[[nodiscard]] Column parse_column(std::string_view name);
[[nodiscard]] std::string_view to_text(Column column);

struct Row {
  const char* at = nullptr;
  std::optional<std::uint64_t> process;
  std::string process_name;  ///< of a process that is no number
  const Name* name = nullptr;
  std::optional<model::Value> key, value, argument, result, observed;
  std::optional<std::int64_t> call, returned, call_time, return_time;
  Type status = Type::missing;
  std::string error;
  std::optional<Malformed> trouble;
};

class Table {
 public:
  explicit Table(Importer& importer) : importer_(importer) {}

  [[nodiscard]] Importer& importer() { return importer_; }
  void add(Row row);
  /// Hands everything to the importer.
  void finish();

 private:
  struct Moment {
    std::int64_t time;
    std::uint32_t row;
    bool is_return;
  };
  struct Busy {
    std::uint64_t number = 0;
    std::uint32_t row = 0;  ///< its last
  };

  void check(const Row& row) const;
  void name_process(Row& row);
  std::vector<std::uint32_t> by_call() const;
  void separate(const std::vector<std::uint32_t>& order);
  std::vector<Moment> moments() const;
  Record request_of(const Row& row) const;
  Record answer_of(Row& row) const;

  Importer& importer_;
  std::vector<Row> rows_;
  boost::unordered_flat_map<std::string, std::uint64_t> names_;
  std::uint64_t number_max_ = 0;
  bool has_numbers_ = false;
  std::uint64_t touching_ = 0;
};

}  // namespace eris::formats
