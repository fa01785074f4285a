// Prefetch: operations of a history that will be looked at soon.
//
// Why: a history of a million operations is larger than any cache, and an operation reaches over
// more than a line of it. A processor that follows the history by itself stops at the end of every
// page of memory, which is every 39 operations.
// Thread rule: pure hints.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/model/operation.hpp"

namespace eris::checkers::linearizability {

/// How far ahead, for who walks over all operations: more than a page.
inline constexpr std::size_t stream_distance = 48;

/// Nothing where there is no such operation.
inline void prefetch(const std::vector<model::Operation>& operations, std::size_t index) {
  if (index >= operations.size()) return;
  const auto* bytes = reinterpret_cast<const char*>(&operations[index]);
  __builtin_prefetch(bytes);
  __builtin_prefetch(bytes + 64);
}

}  // namespace eris::checkers::linearizability
