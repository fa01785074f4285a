// JSON, read with simdjson one object at a time, as elle-cli's histories and tables have it.
//
// Why one at a time: simdjson indexes what it parses as a whole, and a history in one array may be
// larger than memory has room for beside it.
// Errors: throws Malformed.
// Internal to harness/formats. Thread rule: one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include <simdjson.h>

#include "harness/formats/malformed.hpp"
#include "harness/formats/word_cache.hpp"
#include "harness/model/value.hpp"

namespace eris::formats {

using JsonValue = simdjson::ondemand::value;

class JsonReader {
 public:
  /// Calls `read_member` with each member of the object, whose braces `object` begins and ends
  /// with. SIMDJSON_PADDING readable bytes follow it.
  void read_object(std::string_view object,
                   const std::function<void(std::string_view name, JsonValue value)>& read_member);

  /// An object becomes the list of its [key value] pairs, ascending; keys that are integers become
  /// integers.
  [[nodiscard]] model::Value read_value(JsonValue json);
  /// The items of an array, valid until the next call.
  [[nodiscard]] std::vector<model::Value>& read_array(JsonValue json);
  [[nodiscard]] std::string_view read_text(JsonValue json, std::string_view expected);
  [[nodiscard]] std::int64_t read_integer(JsonValue json, std::string_view expected);

  /// Where a value begins in the text.
  [[nodiscard]] static const char* place_of(JsonValue& json);
  /// As EdnReader::trouble().
  [[nodiscard]] std::optional<Malformed> trouble() { return std::exchange(trouble_, std::nullopt); }

 private:
  model::Value read_nested(JsonValue json, int depth);
  model::Value read_map(JsonValue json, int depth);
  model::Value read_number(JsonValue json);

  simdjson::ondemand::parser parser_;
  WordCache words_;
  std::vector<model::Value> items_;
  std::optional<Malformed> trouble_;
};

/// Takes objects off a text one by one: from an array, or side by side.
class JsonObjects {
 public:
  explicit JsonObjects(std::string_view text);
  /// The next object with its braces, or nothing at the end.
  [[nodiscard]] std::optional<std::string_view> next();

 private:
  void skip_blank();
  std::string_view take_object();

  const char* at_;
  const char* end_;
  const char* array_ = nullptr;  ///< where the array begins, if all is in one
  bool first_ = true;
  bool closed_ = false;
};

}  // namespace eris::formats
