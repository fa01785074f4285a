// Rng: the only source of randomness in Eris.
//
// Why not <random>: its distributions differ between standard libraries, and a seed must mean the
// same run everywhere. The generator is xoshiro256** (Blackman and Vigna, 2018), seeded through
// splitmix64.
// All randomness of a run comes from one seed. `stream(name)` splits off an independent generator
// that depends on the seed and the name only, so that adding a fault does not reshuffle a workload.
// Thread rule: one owner; give each thread its own stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/time.hpp"

namespace eris::base {

class Rng {
 public:
  explicit Rng(std::uint64_t seed);

  /// An independent generator named `name`. Does not advance this one.
  [[nodiscard]] Rng stream(std::string_view name) const;

  /// Uniform over all 64-bit values.
  std::uint64_t next();
  /// Uniform in [0, bound). `bound` must be positive.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [low, high], both included.
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// Uniform in [0, 1).
  double unit();
  /// True with this probability.
  bool chance(double probability);
  /// Uniform in [low, high].
  Duration duration(Duration low, Duration high);

  template <typename T>
  const T& pick(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(below(items.size()))];
  }
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
  }

  /// The seed or derived seed that this generator began with.
  [[nodiscard]] std::uint64_t seed() const { return seed_; }

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_;
};

/// Draws 0…count−1 with probability proportional to 1/(rank+1)^exponent (binary search in the
/// cumulative weights).
class Zipf {
 public:
  Zipf(std::size_t count, double exponent);
  [[nodiscard]] std::size_t draw(Rng& rng) const;

 private:
  std::vector<double> cumulative_;
};

}  // namespace eris::base
