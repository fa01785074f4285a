// Hashes that must agree between nodes, runs and machines: the log's chain and the store's state.
//
// Why not std::hash: it differs between libraries. These detect divergence, not tampering: 64 bits,
// a multiply and a shift for each word (the finaliser of splitmix64).
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/base/bytes.hpp"

namespace eris::kv {

/// Folds one word into a hash; mix(a, b) and mix(b, a) differ.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t so_far, std::uint64_t word) {
  std::uint64_t x = (so_far ^ (so_far >> 29)) * 0x9e3779b97f4a7c15ULL + word;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Folds bytes and their length into a hash: words of eight bytes, the last filled up with zeros.
[[nodiscard]] inline std::uint64_t hash_bytes(std::uint64_t so_far, std::string_view bytes) {
  so_far = mix(so_far, bytes.size());
  while (bytes.size() >= sizeof(std::uint64_t)) {
    so_far = mix(so_far, base::get_integer<std::uint64_t>(bytes, 0));
    bytes.remove_prefix(sizeof(std::uint64_t));
  }
  if (bytes.empty()) return so_far;
  char last[sizeof(std::uint64_t)] = {};
  bytes.copy(last, bytes.size());
  return mix(so_far, base::get_integer<std::uint64_t>({last, sizeof(last)}, 0));
}

}  // namespace eris::kv
