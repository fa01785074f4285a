#include "harness/base/inverse_power.hpp"

#include <array>
#include <bit>

#include "harness/base/assert.hpp"

namespace eris::base {

namespace {

// ISO C++ has no integer of 128 bits; the compilers that Eris is built with have.
__extension__ using Wide = unsigned __int128;

/// Bits behind the point: of logarithms, and of mantissas in [1, 2).
constexpr unsigned log_bits = 48;
constexpr unsigned mantissa_bits = 63;
constexpr std::uint64_t one = std::uint64_t{1} << mantissa_bits;
constexpr double exponent_max = 16;

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>(Wide{a} * b >> mantissa_bits);
}

/// To the base of 2, bit by bit: squaring a mantissa doubles its logarithm.
std::uint64_t logarithm(std::uint64_t n) {
  const auto whole = static_cast<unsigned>(std::bit_width(n)) - 1;
  std::uint64_t mantissa = n << (mantissa_bits - whole);
  std::uint64_t result = whole;
  for (unsigned bit = 0; bit < log_bits; ++bit) {
    const Wide square = Wide{mantissa} * mantissa >> mantissa_bits;
    const bool doubled = square >= Wide{one} << 1;
    mantissa = static_cast<std::uint64_t>(doubled ? square >> 1 : square);
    result = result << 1 | (doubled ? 1 : 0);
  }
  return result;
}

/// The largest number whose square is not above this one.
std::uint64_t square_root(Wide square) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = one; bit != 0; bit >>= 1)
    if (Wide{root | bit} * (root | bit) <= square) root |= bit;
  return root;
}

/// 2^-1/2, 2^-1/4, …
std::array<std::uint64_t, log_bits> make_roots() {
  std::array<std::uint64_t, log_bits> roots{};
  std::uint64_t root = one >> 1;
  for (std::uint64_t& each : roots) each = root = square_root(Wide{root} << mantissa_bits);
  return roots;
}

/// 2^-exponent, where the exponent has `log_bits` behind its point.
std::uint64_t halved(Wide exponent) {
  static const std::array<std::uint64_t, log_bits> roots = make_roots();
  if (exponent >> log_bits > inverse_power_bits) return 0;
  std::uint64_t mantissa = one;
  for (unsigned bit = 0; bit < log_bits; ++bit)
    if ((exponent >> (log_bits - 1 - bit) & 1) != 0) mantissa = times(mantissa, roots.at(bit));
  return mantissa >> (mantissa_bits - inverse_power_bits) >>
         static_cast<unsigned>(exponent >> log_bits);
}

}  // namespace

std::uint64_t inverse_power(std::uint64_t n, double exponent) {
  ERIS_ASSERT(n > 0, "nothing divides by 0");
  ERIS_ASSERT(exponent >= 0 && exponent <= exponent_max, "powers grow, within reason");
  constexpr unsigned exponent_bits = 32;
  // Multiplying a double by a power of two is exact, and cutting it off is the same everywhere.
  const auto power =
      static_cast<std::uint64_t>(exponent * static_cast<double>(std::uint64_t{1} << exponent_bits));
  return halved(Wide{logarithm(n)} * power >> exponent_bits);
}

}  // namespace eris::base
