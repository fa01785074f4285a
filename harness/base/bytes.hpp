// Little-endian integers in byte strings: the one way in which messages, frames and logs write
// numbers, so that a log or a packet means the same on every machine.
// Thread rule: pure functions.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "harness/base/assert.hpp"

namespace eris::base {

/// All bytes of the integer, the lowest first. On a machine that keeps integers so, a plain copy.
template <std::unsigned_integral T>
[[nodiscard]] constexpr std::array<char, sizeof(T)> bytes_of(T value) {
  if constexpr (std::endian::native != std::endian::little) value = std::byteswap(value);
  return std::bit_cast<std::array<char, sizeof(T)>>(value);
}

/// Appends all bytes of the integer's type, the lowest first.
template <std::unsigned_integral T>
void put_integer(std::string& out, T value) {
  const auto bytes = bytes_of(value);
  out.append(bytes.data(), bytes.size());
}

/// Reads at `offset`; the bytes must be there.
template <std::unsigned_integral T>
[[nodiscard]] T get_integer(std::string_view bytes, std::size_t offset) {
  ERIS_ASSERT(offset <= bytes.size() && bytes.size() - offset >= sizeof(T),
              "a number is read only where its bytes are");
  T value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  if constexpr (std::endian::native != std::endian::little) value = std::byteswap(value);
  return value;
}

}  // namespace eris::base
