// InlineString<N>: a short immutable name stored in place.
//
// Why: a history holds millions of function names ("read", "cas"). Kept in place they cost no
// allocation, compare as fast as integers, and need no global table of names.
// Invariant: unused bytes are zero, so that comparison may look at all of them, a word at a time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace eris::base {

template <std::size_t Capacity>
class InlineString {
 public:
  static constexpr std::size_t capacity = Capacity;

  constexpr InlineString() = default;

  /// Implicit from a literal, checked by the compiler.
  template <std::size_t Size>
  constexpr InlineString(const char (&literal)[Size]) {  // NOLINT(google-explicit-constructor)
    static_assert(Size - 1 <= Capacity, "name too long for an InlineString");
    std::copy_n(literal, Size - 1, bytes_.begin());
  }

  /// Text longer than the capacity is cut; ask `fits` first where that matters.
  constexpr explicit InlineString(std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), Capacity), bytes_.begin());
  }

  [[nodiscard]] static constexpr bool fits(std::string_view text) {
    return text.size() <= Capacity && text.find('\0') == std::string_view::npos;
  }

  [[nodiscard]] constexpr std::string_view view() const {
    return {bytes_.data(), static_cast<std::size_t>(std::find(bytes_.begin(), bytes_.end(), '\0') -
                                                    bytes_.begin())};
  }
  [[nodiscard]] constexpr bool empty() const { return bytes_[0] == '\0'; }

  constexpr auto operator<=>(const InlineString&) const = default;
  constexpr bool operator==(const InlineString& other) const { return words() == other.words(); }

 private:
  static constexpr std::size_t words_of = (Capacity + 8) / 8;  ///< at least one zero at the end

  [[nodiscard]] constexpr auto words() const {
    return std::bit_cast<std::array<std::uint64_t, words_of>>(bytes_);
  }

  std::array<char, 8 * words_of> bytes_{};
};

}  // namespace eris::base

template <std::size_t Capacity>
struct std::hash<eris::base::InlineString<Capacity>> {
  std::size_t operator()(const eris::base::InlineString<Capacity>& s) const noexcept {
    return std::hash<std::string_view>{}(s.view());
  }
};
