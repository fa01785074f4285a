// Parts: the operations of one key, by the part of the object that each is about.
// Thread rule: pure function.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "checkers/objects/object.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::linearizability {

/// Indices of the history's operations, ascending.
using Parts = std::map<model::Value, std::vector<std::uint32_t>>;

/// Empty where some operations are about all of the object, or where its only part is the whole.
[[nodiscard]] Parts parts_of(const model::History& history,
                             std::span<const std::uint32_t> operations,
                             const SequentialObject& object);

}  // namespace eris::checkers::linearizability
