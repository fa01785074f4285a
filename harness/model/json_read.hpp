// Reading JSON with simdjson's on-demand parser: the pieces that the journal's lines and its
// documents share. Internal to harness/model: include it in .cpp files only.
//
// Failure inside these functions is a thrown Malformed (or simdjson_error), caught where parsing
// starts, in read_document(): a Result at every level would double the code and slow down the
// reading of millions of lines, none of which normally fails.
// Thread rule: a parser belongs to one thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/model/value.hpp"

namespace eris::model::json {

using simdjson::ondemand::json_type;
using JsonValue = simdjson::ondemand::value;

/// What is wrong and what to do, as in base::Error.
struct Malformed {
  std::string what;
  std::string next_step{};
};

/// Lists nested deeper than this are refused, since reading them is recursive.
inline constexpr int depth_max = 500;

[[noreturn]] void expected_word(JsonValue json);
[[noreturn]] void expected_integer(JsonValue json);
[[noreturn]] void expected_count(JsonValue json);

/// A plain string, which lives until the parser is used again.
[[nodiscard]] inline std::string_view read_word(JsonValue json) {
  std::string_view word;
  if (json.get_string().get(word) != simdjson::SUCCESS) expected_word(json);
  return word;
}

[[nodiscard]] inline std::int64_t read_integer(JsonValue json) {
  std::int64_t number = 0;
  if (json.get_int64().get(number) != simdjson::SUCCESS) expected_integer(json);
  return number;
}

[[nodiscard]] inline std::uint64_t read_count(JsonValue json) {
  std::uint64_t number = 0;
  if (json.get_uint64().get(number) != simdjson::SUCCESS) expected_count(json);
  return number;
}

[[nodiscard]] inline base::Duration read_nanoseconds(JsonValue json) {
  return base::Duration(read_integer(json));
}

[[nodiscard]] Value read_value(JsonValue json, int depth = 0);
/// "text" or {"bytes":"c328"}.
[[nodiscard]] std::string read_text(JsonValue json);
[[nodiscard]] bool read_boolean(JsonValue json);
[[nodiscard]] double read_real(JsonValue json);
[[nodiscard]] Fields read_fields(JsonValue json);

template <std::unsigned_integral T>
[[nodiscard]] T read_unsigned(JsonValue json) {
  const std::uint64_t number = read_count(json);
  if (!std::in_range<T>(number)) throw Malformed{fmt::format("{} is too large", number)};
  return static_cast<T>(number);
}

/// Reads an array of what `read_item` reads.
template <typename Read>
[[nodiscard]] auto read_list(JsonValue json, Read read_item) {
  if (json.type() != json_type::array) throw Malformed{"expected an array"};
  std::vector<std::invoke_result_t<Read, JsonValue>> items;
  for (auto item : json.get_array()) items.push_back(read_item(item.value()));
  return items;
}

/// How to read one member of an object.
struct Member {
  std::string_view name;
  std::function<void(JsonValue)> read;
  bool may_lack = false;  ///< documents that are older than the member do not have it
};

/// Reads an object that has exactly these members, in any order, but for those that may lack.
void read_object(JsonValue json, std::initializer_list<Member> members);
void read_object(simdjson::ondemand::object object, std::initializer_list<Member> members);

/// A Member's reader that stores what `read` returns in `target`.
template <typename T, typename Read>
[[nodiscard]] std::function<void(JsonValue)> into(T& target, Read read) {
  return [&target, read](JsonValue json) { target = read(json); };
}

/// Throws unless the whole document has been read.
void expect_end(simdjson::ondemand::document& document);

[[nodiscard]] std::unexpected<base::Error> malformed_json(const simdjson::simdjson_error& error);

/// Runs simdjson's parser over `text`, which has SIMDJSON_PADDING readable bytes after its end,
/// and `read` over the document. Errors: usage; `where` is left for the caller.
template <typename Read>
[[nodiscard]] auto read_document(simdjson::ondemand::parser& parser, std::string_view text,
                                 Read read)
    -> base::Result<std::invoke_result_t<Read, simdjson::ondemand::document&>> {
  try {
    simdjson::ondemand::document document =
        parser.iterate(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
    return read(document);
  } catch (const Malformed& malformed) {
    return base::usage_error(malformed.what, {}, malformed.next_step);
  } catch (const simdjson::simdjson_error& error) {
    return malformed_json(error);
  }
}

}  // namespace eris::model::json
