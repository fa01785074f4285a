// Writing JSON by hand, into a string that is used again and again.
//
// Why not a JSON library: the recorder stands between an operation's answer and the next request,
// so an event must be formatted in a fraction of a microsecond and without allocating.
// Invariant: what is written is valid JSON in valid UTF-8, whatever bytes a system answered with.
// Thread rule: pure functions on a buffer with one owner.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

#include "harness/model/value.hpp"

namespace eris::model::json {

/// "text" with what must be escaped. Bytes that are not UTF-8 become U+FFFD.
void append_string(std::string& out, std::string_view text);

/// As append_string, but exact: text that is not UTF-8 becomes {"bytes":"c328"}, in hexadecimal.
void append_text(std::string& out, std::string_view text);

/// null, true, 42, "text" (as append_text), [1,2].
void append_value(std::string& out, const Value& value);

/// {"name":value,…} in the order of the fields.
void append_fields(std::string& out, const Fields& fields);

void append_number(std::string& out, std::integral auto number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

/// The shortest form that reads back to the same number, always with a point or an exponent, so
/// that it stays apart from an integer. `number` must be finite.
void append_number(std::string& out, double number);

}  // namespace eris::model::json
