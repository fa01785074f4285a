// Words for what operations did, as sentences and proofs use them.
// Thread rule: pure functions.
#pragma once

#include <string>

#include "harness/model/operation.hpp"

namespace eris::checkers::linearizability {

/// "wrote 5", "read 4", "changed 4 to 5 by cas", "dequeued 7", "found the queue empty".
[[nodiscard]] std::string deed_of(const model::Operation& operation);

/// A long list by its ends: people look for what is wrong, not through hundreds of elements.
[[nodiscard]] std::string brief(const model::Value& value);

}  // namespace eris::checkers::linearizability
