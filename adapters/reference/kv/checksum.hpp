// Checksums for records: a disk may hand back one that a power loss cut short.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/reference/kv/bytes.hpp"
#include "adapters/reference/kv/hash.hpp"
#include "harness/base/bytes.hpp"

namespace eris::kv {

inline constexpr std::size_t checksum_bytes = sizeof(std::uint32_t);

[[nodiscard]] inline std::uint32_t checksum(std::string_view bytes) {
  const std::uint64_t hash = hash_bytes(0, bytes);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

/// What was written, with its checksum behind it.
[[nodiscard]] inline std::string with_checksum(Writer&& body) {
  body.u32(checksum(body.written()));
  return std::move(body).take();
}

/// What stands before the checksum; nothing where that is wrong or missing.
[[nodiscard]] inline std::optional<std::string_view> checked(std::string_view bytes) {
  if (bytes.size() <= checksum_bytes) return std::nullopt;
  const std::size_t body_bytes = bytes.size() - checksum_bytes;
  const std::string_view body = bytes.substr(0, body_bytes);
  if (base::get_integer<std::uint32_t>(bytes, body_bytes) != checksum(body)) return std::nullopt;
  return body;
}

}  // namespace eris::kv
