#include "harness/formats/utf8.hpp"

#include <charconv>
#include <cstdint>

#include "harness/formats/malformed.hpp"

namespace eris::formats {

namespace {

std::uint32_t read_unit(const char*& digits) {
  std::uint32_t unit = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = digits[i];
    std::uint32_t digit = 16;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A') + 10;
    if (digit == 16) throw Malformed{digits, "expected four hexadecimal digits after \\u"};
    unit = unit * 16 + digit;
  }
  digits += 4;
  return unit;
}

void append_code_point(std::string& text, std::uint32_t point) {
  const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | (point >> 6));
    return put(0x80 | (point & 0x3F));
  }
  if (point < 0x10000) {
    put(0xE0 | (point >> 12));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
  }
  put(0x80 | ((point >> 6) & 0x3F));
  put(0x80 | (point & 0x3F));
}

}  // namespace

void append_code_unit(std::string& text, const char*& digits) {
  std::uint32_t point = read_unit(digits);
  const bool is_high = point >= 0xD800 && point < 0xDC00;
  if (is_high && digits[0] == '\\' && digits[1] == 'u') {
    const char* second = digits + 2;
    const std::uint32_t low = read_unit(second);
    if (low >= 0xDC00 && low < 0xE000) {
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      digits = second;
    }
  }
  // Half of a pair means nothing; U+FFFD says so.
  if (point >= 0xD800 && point < 0xE000) point = 0xFFFD;
  append_code_point(text, point);
}

}  // namespace eris::formats
