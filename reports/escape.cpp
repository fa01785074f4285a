#include "reports/escape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace eris::reports {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// The lead byte of a UTF-8 sequence: its length, and which second bytes may follow (RFC 3629,
/// section 4, which so rules out overlong forms, surrogates and everything past U+10FFFF).
struct Lead {
  std::size_t length;
  unsigned char second_min;
  unsigned char second_max;
};

std::optional<Lead> classify(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return Lead{2, 0x80, 0xBF};
  if (lead == 0xE0) return Lead{3, 0xA0, 0xBF};
  if (lead == 0xED) return Lead{3, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return Lead{3, 0x80, 0xBF};
  if (lead == 0xF0) return Lead{4, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return Lead{4, 0x80, 0xBF};
  if (lead == 0xF4) return Lead{4, 0x80, 0x8F};
  return std::nullopt;
}

/// The length of the well-formed multi-byte sequence that begins `text`, or 0.
std::size_t sequence_length(std::string_view text) {
  const std::optional<Lead> lead = classify(static_cast<unsigned char>(text[0]));
  if (!lead || text.size() < lead->length) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if (second < lead->second_min || second > lead->second_max) return 0;
  for (std::size_t i = 2; i < lead->length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  return lead->length;
}

/// Copies `text`, with each ASCII character passed through `append_ascii(result, character)`.
template <typename AppendAscii>
std::string transform(std::string_view text, AppendAscii append_ascii) {
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      append_ascii(result, text[0]);
      text.remove_prefix(1);
    } else if (const std::size_t length = sequence_length(text); length > 0) {
      result += text.substr(0, length);
      text.remove_prefix(length);
    } else {
      result += replacement;
      text.remove_prefix(1);
    }
  }
  return result;
}

bool append_entity(std::string& result, char character) {
  switch (character) {
    case '&':
      result += "&amp;";
      return true;
    case '<':
      result += "&lt;";
      return true;
    case '>':
      result += "&gt;";
      return true;
    case '"':
      result += "&quot;";
      return true;
    case '\'':
      result += "&#39;";
      return true;
    default:
      return false;
  }
}

bool is_control(char character) {
  return static_cast<unsigned char>(character) < 0x20 || character == 0x7F;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  return transform(text, [](std::string& result, char character) { result += character; });
}

std::string escape_html(std::string_view text) {
  return transform(text, [](std::string& result, char character) {
    if (append_entity(result, character)) return;
    if (is_control(character) && character != '\n' && character != '\t')
      result += replacement;
    else
      result += character;
  });
}

std::string escape_xml(std::string_view text) {
  return transform(text, [](std::string& result, char character) {
    if (append_entity(result, character)) return;
    if (character == '\n')
      result += "&#10;";
    else if (character == '\t')
      result += "&#9;";
    else if (is_control(character))
      result += replacement;
    else
      result += character;
  });
}

std::string escape_script_json(std::string json) {
  constexpr std::string_view escaped = "\\u003c";
  for (std::size_t at = json.find('<'); at != std::string::npos;
       at = json.find('<', at + escaped.size()))
    json.replace(at, 1, escaped);
  return json;
}

}  // namespace eris::reports
