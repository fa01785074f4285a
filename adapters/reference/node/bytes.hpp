// Little-endian integers in byte strings: the one way in which frames, the log and the client
// protocol write numbers, so that a log or a packet means the same on every machine.
// Thread rule: pure functions.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/assert.hpp"

namespace eris::node {

template <std::unsigned_integral T>
void put(std::string& out, T value) {
  for (std::size_t byte = 0; byte < sizeof(T); ++byte)
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * byte))));
}

/// Reads at `offset`; the bytes must be there.
template <std::unsigned_integral T>
[[nodiscard]] T get(std::string_view bytes, std::size_t offset) {
  ERIS_ASSERT(offset <= bytes.size() && bytes.size() - offset >= sizeof(T),
              "a number is read only where its bytes are");
  std::uint64_t value = 0;
  for (std::size_t byte = 0; byte < sizeof(T); ++byte)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[offset + byte]))
             << (8 * byte);
  return static_cast<T>(value);
}

}  // namespace eris::node
