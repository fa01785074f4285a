// Mask<Words>: a set of slots, 64 to the word.
//
// Why: a configuration of the search is little else than such sets, and most histories need one
// word. The width is a template argument so that those pay for one.
// Thread rule: plain value.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace eris::checkers::linearizability {

template <std::size_t Words>
struct Mask {
  std::array<std::uint64_t, Words> words{};

  static constexpr unsigned capacity = Words * 64;

  void set(unsigned slot) { words[slot / 64] |= bit(slot); }
  void clear(unsigned slot) { words[slot / 64] &= ~bit(slot); }
  [[nodiscard]] bool has(unsigned slot) const { return (words[slot / 64] & bit(slot)) != 0; }

  [[nodiscard]] bool empty() const {
    std::uint64_t all = 0;
    for (const std::uint64_t word : words) all |= word;
    return all == 0;
  }
  [[nodiscard]] unsigned count() const {
    unsigned total = 0;
    for (const std::uint64_t word : words) total += static_cast<unsigned>(std::popcount(word));
    return total;
  }
  [[nodiscard]] bool subset_of(const Mask& other) const {
    std::uint64_t outside = 0;
    for (std::size_t i = 0; i < Words; ++i) outside |= words[i] & ~other.words[i];
    return outside == 0;
  }

  Mask& operator|=(const Mask& other) {
    for (std::size_t i = 0; i < Words; ++i) words[i] |= other.words[i];
    return *this;
  }
  Mask& operator&=(const Mask& other) {
    for (std::size_t i = 0; i < Words; ++i) words[i] &= other.words[i];
    return *this;
  }
  /// Takes the members of `other` out.
  Mask& operator-=(const Mask& other) {
    for (std::size_t i = 0; i < Words; ++i) words[i] &= ~other.words[i];
    return *this;
  }
  friend Mask operator|(Mask a, const Mask& b) { return a |= b; }
  friend Mask operator&(Mask a, const Mask& b) { return a &= b; }
  friend Mask operator-(Mask a, const Mask& b) { return a -= b; }
  bool operator==(const Mask&) const = default;

  /// Calls visit(slot) for every member, ascending.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = 0; i < Words; ++i)
      for (std::uint64_t rest = words[i]; rest != 0; rest &= rest - 1)
        visit(static_cast<unsigned>(i * 64) + static_cast<unsigned>(std::countr_zero(rest)));
  }

 private:
  static constexpr std::uint64_t bit(unsigned slot) { return std::uint64_t{1} << (slot % 64); }
};

}  // namespace eris::checkers::linearizability
