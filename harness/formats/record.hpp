// Record: one line of a foreign history, taken apart but not yet understood. What every reader of
// this folder hands to the Importer.
// Internal to harness/formats. Thread rule: plain value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/formats/function_names.hpp"
#include "harness/formats/malformed.hpp"
#include "harness/model/value.hpp"

namespace eris::formats {

/// A function's name as the file has it, looked up once.
struct Name {
  std::string foreign;
  model::Function function;           ///< as Eris has it; empty where it is too long for one
  const FunctionName* row = nullptr;  ///< where Eris knows it
};

enum class Type : std::uint8_t { missing, invoke, ok, fail, info };

/// The type of this name, or missing.
[[nodiscard]] constexpr Type parse_type(std::string_view name) {
  if (name == "invoke") return Type::invoke;
  if (name == "ok") return Type::ok;
  if (name == "fail") return Type::fail;
  if (name == "info") return Type::info;
  return Type::missing;
}

struct Record {
  const char* at = nullptr;              ///< where it begins
  std::optional<std::uint64_t> process;  ///< of a client
  std::string other_process;             ///< of what is no client: "nemesis"
  Type type = Type::missing;
  const Name* name = nullptr;
  bool has_value = false;
  bool is_pair = false;  ///< the value is a list of two, and stands in `pair`
  model::Value value;
  std::array<model::Value, 2> pair;
  const char* value_at = nullptr;
  std::string_view value_source;  ///< as it stands in the file
  std::int64_t time = -1;         ///< nanoseconds; negative: not told
  std::int64_t index = -1;        ///< negative: not told
  std::string error;
  // What only Eris and tables write, where the value cannot say it:
  std::optional<model::Value> key, argument, result, observed;
  /// A number in the value that no Value can hold.
  std::optional<Malformed> trouble;

  /// Takes the parts of a list.
  void set_list(std::vector<model::Value>& items) {
    is_pair = items.size() == 2;
    if (is_pair)
      pair = {std::move(items[0]), std::move(items[1])};
    else
      value = model::Value(std::move(items));
  }
  /// The value in one piece. It is gone afterwards.
  [[nodiscard]] model::Value take_value() {
    if (!is_pair) return std::move(value);
    model::Value::List items;
    items.reserve(2);
    for (model::Value& item : pair) items.push_back(std::move(item));
    return model::Value(std::move(items));
  }
};

}  // namespace eris::formats
