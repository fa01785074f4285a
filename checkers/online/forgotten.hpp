// Forgotten: remembers which keys are not followed any more, in memory that does not grow.
//
// Why: a key that was let go of must not be taken for a new one when it turns up again, since
// nothing is known of its state then. A Bloom filter (Bloom 1970) answers "certainly never here" or
// "perhaps"; a key that is perhaps forgotten is not followed, which is counted and blames nobody.
// Invariant: a key that was added is always found.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace eris::checkers::online {

class Forgotten {
 public:
  void add(std::size_t hash) {
    if (bits_.empty()) bits_.assign(words, 0);
    for (unsigned i = 0; i < probes; ++i) bits_[word(hash, i)] |= bit(hash, i);
  }
  [[nodiscard]] bool perhaps_holds(std::size_t hash) const {
    if (bits_.empty()) return false;
    for (unsigned i = 0; i < probes; ++i)
      if ((bits_[word(hash, i)] & bit(hash, i)) == 0) return false;
    return true;
  }
  [[nodiscard]] std::size_t bytes() const { return bits_.size() * sizeof(std::uint64_t); }

 private:
  static constexpr std::size_t words = std::size_t{1} << 17;  ///< 1 MiB: 1 % wrong at 800,000 keys
  static constexpr unsigned probes = 4;

  /// The finaliser of splitmix64, once for each probe.
  static std::uint64_t mixed(std::size_t hash, unsigned probe) {
    std::uint64_t x = hash + (probe + 1) * 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
  }
  static std::size_t word(std::size_t hash, unsigned probe) {
    return (mixed(hash, probe) >> 6) & (words - 1);
  }
  static std::uint64_t bit(std::size_t hash, unsigned probe) {
    return std::uint64_t{1} << (mixed(hash, probe) & 63);
  }

  std::vector<std::uint64_t> bits_;
};

}  // namespace eris::checkers::online
