// inverse_power: 1/n^exponent by integer arithmetic alone.
//
// Why not std::pow: its last bits differ between C libraries, and a seed must mean the same run
// everywhere.
// Invariant: the same arguments give the same number on every machine.
// Thread rule: pure function.
#pragma once

#include <cstdint>

namespace eris::base {

/// What inverse_power() counts in: 2^-32.
inline constexpr unsigned inverse_power_bits = 32;

/// 1/n^exponent, rounded down to a whole number of 2^-32, for n >= 1 and an exponent of 0 to 16.
[[nodiscard]] std::uint64_t inverse_power(std::uint64_t n, double exponent);

}  // namespace eris::base
