// Refuter: tries every order of a few operations.
// Thread rule: pure function.
#pragma once

#include <cstdint>
#include <span>

#include "checkers/certificates/domain.hpp"

namespace eris::checkers::certificates {

enum class Orders : std::uint8_t { none, some, too_many };

/// Whether the picks have an order that their times and the domain allow. `picks` ascend by
/// invocation. Gives up after as many tries of a pick at a place as `steps`.
[[nodiscard]] Orders orders_of(std::span<const Timed> picks, Domain& domain, std::uint64_t steps);

}  // namespace eris::checkers::certificates
