#include "harness/base/rng.hpp"

#include <algorithm>
#include <bit>

#include "harness/base/assert.hpp"
#include "harness/base/inverse_power.hpp"

namespace eris::base {

namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

Rng::Rng(std::uint64_t seed) : seed_(seed) {
  std::uint64_t expander = seed;
  for (std::uint64_t& word : state_) word = splitmix64(expander);
}

Rng Rng::stream(std::string_view name) const {
  std::uint64_t mixed = seed_ ^ std::rotl(fnv1a(name), 17);
  return Rng(splitmix64(mixed));
}

std::uint64_t Rng::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Rng::below(std::uint64_t bound) {
  ERIS_ASSERT(bound > 0, "a draw needs at least one outcome");
  // Rejection keeps the draw exactly uniform: values above the last whole multiple are redrawn.
  // The threshold is below the bound, so that hardly any draw needs it to be worked out.
  for (;;) {
    const std::uint64_t value = next();
    if (value >= bound || value >= (0 - bound) % bound) return value % bound;
  }
}

std::int64_t Rng::between(std::int64_t low, std::int64_t high) {
  ERIS_ASSERT(low <= high, "an empty range has nothing to draw");
  const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (span == ~std::uint64_t{0}) return static_cast<std::int64_t>(next());
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + below(span + 1));
}

double Rng::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

bool Rng::chance(double probability) {
  return unit() < probability;
}

Duration Rng::duration(Duration low, Duration high) {
  return Duration(between(low.count(), high.count()));
}

// Sums of whole numbers below 2^53, which doubles hold exactly: the same on every machine.
Zipf::Zipf(std::size_t count, double exponent) {
  ERIS_ASSERT(count > 0 && count <= std::size_t{1} << 20, "a draw needs outcomes, within reason");
  cumulative_.reserve(count);
  double total = 0;
  for (std::size_t rank = 0; rank < count; ++rank) {
    total += static_cast<double>(inverse_power(rank + 1, exponent));
    cumulative_.push_back(total);
  }
}

std::size_t Zipf::draw(Rng& rng) const {
  const double point = rng.unit() * cumulative_.back();
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
  return std::min(static_cast<std::size_t>(found - cumulative_.begin()), cumulative_.size() - 1);
}

}  // namespace eris::base
