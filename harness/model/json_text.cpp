#include "harness/model/json_text.hpp"

#include <array>
#include <cmath>
#include <cstdint>

#include <simdjson.h>

#include "harness/base/assert.hpp"

namespace eris::model::json {

namespace {

constexpr std::string_view hexadecimal = "0123456789abcdef";
constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// What each byte needs: 0 nothing, 1 an escape, 2 a look at its neighbours (not ASCII).
constexpr std::array<std::uint8_t, 256> needs = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) table[byte] = 1;
  table['"'] = table['\\'] = 1;
  for (std::size_t byte = 0x80; byte < 0x100; ++byte) table[byte] = 2;
  return table;
}();

std::uint8_t needs_of(std::string_view text) {
  std::uint8_t all = 0;
  for (const char c : text) all |= needs[static_cast<std::uint8_t>(c)];
  return all;
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default: {
      const auto byte = static_cast<std::uint8_t>(c);
      out += "\\u00";
      out += hexadecimal[byte >> 4];
      out += hexadecimal[byte & 15];
    }
  }
}

/// `text` is UTF-8.
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (needs[static_cast<std::uint8_t>(c)] == 1)
      append_escape(out, c);
    else
      out += c;
  }
}

/// The length of the well-formed character at the front of `text`, or 0.
std::size_t character_length(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
    if (simdjson::validate_utf8(text.data(), length)) return length;
  return 0;
}

std::string with_replacements(std::string_view text) {
  std::string mended;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    mended += length == 0 ? replacement_character : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return mended;
}

void append_bytes(std::string& out, std::string_view bytes) {
  out += R"({"bytes":")";
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += hexadecimal[byte >> 4];
    out += hexadecimal[byte & 15];
  }
  out += "\"}";
}

void append_quoted(std::string& out, std::string_view utf8, std::uint8_t all_needs) {
  out += '"';
  if ((all_needs & 1) == 0)
    out += utf8;
  else
    append_escaped(out, utf8);
  out += '"';
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  const std::uint8_t all_needs = needs_of(text);
  if ((all_needs & 2) != 0 && !simdjson::validate_utf8(text))
    append_quoted(out, with_replacements(text), all_needs);
  else
    append_quoted(out, text, all_needs);
}

void append_text(std::string& out, std::string_view text) {
  const std::uint8_t all_needs = needs_of(text);
  if ((all_needs & 2) != 0 && !simdjson::validate_utf8(text))
    append_bytes(out, text);
  else
    append_quoted(out, text, all_needs);
}

void append_value(std::string& out, const Value& value) {
  if (value.is_integer()) return append_number(out, value.integer());
  if (value.is_text()) return append_text(out, value.text());
  if (value.is_list()) {
    std::string_view separator = "[";
    if (value.list().empty()) out += separator;
    for (const Value& item : value.list()) {
      out += separator;
      append_value(out, item);
      separator = ",";
    }
    out += ']';
    return;
  }
  if (value.is_boolean())
    out += value.boolean() ? "true" : "false";
  else
    out += "null";
}

void append_fields(std::string& out, const Fields& fields) {
  std::string_view separator;
  out += '{';
  for (const auto& [name, value] : fields) {
    out += separator;
    append_string(out, name);
    out += ':';
    append_value(out, value);
    separator = ",";
  }
  out += '}';
}

void append_number(std::string& out, double number) {
  ERIS_ASSERT(std::isfinite(number), "JSON has no infinite numbers");
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace eris::model::json
