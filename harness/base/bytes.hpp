// Little-endian integers in byte strings: the one way in which messages, frames and logs write
// numbers, so that a log or a packet means the same on every machine.
// Thread rule: pure functions.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/assert.hpp"

namespace eris::base {

/// Appends all bytes of the integer's type, the lowest first.
template <std::unsigned_integral T>
void put_integer(std::string& out, T value) {
  char bytes[sizeof(T)];
  for (std::size_t byte = 0; byte < sizeof(T); ++byte)
    bytes[byte] = static_cast<char>(static_cast<unsigned char>(value >> (8 * byte)));
  out.append(bytes, sizeof(T));
}

/// Reads at `offset`; the bytes must be there.
template <std::unsigned_integral T>
[[nodiscard]] T get_integer(std::string_view bytes, std::size_t offset) {
  ERIS_ASSERT(offset <= bytes.size() && bytes.size() - offset >= sizeof(T),
              "a number is read only where its bytes are");
  std::uint64_t value = 0;
  for (std::size_t byte = 0; byte < sizeof(T); ++byte)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[offset + byte]))
             << (8 * byte);
  return static_cast<T>(value);
}

}  // namespace eris::base
