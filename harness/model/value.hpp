// Value: what operations write and read, and what keys are: nil, a boolean, an integer, text, or a
// list of values.
//
// Why a type of its own: a history holds millions of them. A Value is 16 bytes and copies without
// allocating; integers and short text are held in place, longer text and lists are shared and never
// change. A list is the beginning of a block of memory, so that a list and what it was when it was
// shorter can lie in the same block (value_pool.hpp).
// Invariant: bytes that mean nothing are zero, so that equal scalars are equal bit by bit.
// Thread rule: immutable after construction, so values may be shared between threads.
#pragma once

#include <atomic>
#include <bit>
#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eris::model {

class Value {
 public:
  using List = std::vector<Value>;             ///< what a list is made from
  using Elements = std::span<const Value>;     ///< what a list holds; lives as long as the value
  static constexpr std::size_t in_place = 14;  ///< text up to here needs no memory of its own

  Value() = default;  ///< nil
  explicit Value(bool boolean) : head_(boolean ? 1 : 0), tail_(tagged(Kind::boolean)) {}
  Value(std::int64_t integer)  // NOLINT(google-explicit-constructor)
      : head_(static_cast<std::uint64_t>(integer)), tail_(tagged(Kind::integer)) {}
  Value(int integer) : Value(std::int64_t{integer}) {}  // NOLINT(google-explicit-constructor)
  explicit Value(std::string_view text);
  explicit Value(const char* text) : Value(std::string_view(text)) {}
  explicit Value(List list);

  Value(const Value& other) noexcept : head_(other.head_), tail_(other.tail_) { retain(); }
  Value(Value&& other) noexcept
      : head_(std::exchange(other.head_, 0)), tail_(std::exchange(other.tail_, 0)) {}
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    Value taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Value() { release(); }

  [[nodiscard]] bool is_nil() const { return kind() == Kind::nil; }
  [[nodiscard]] bool is_boolean() const { return kind() == Kind::boolean; }
  [[nodiscard]] bool is_integer() const { return kind() == Kind::integer; }
  [[nodiscard]] bool is_text() const { return kind() == Kind::short_text || kind() == Kind::text; }
  [[nodiscard]] bool is_list() const { return kind() == Kind::list; }

  /// Each needs the matching is_…(); anything else is a bug and asserts.
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::int64_t integer() const {
    if (!is_integer()) wrong_kind("asked a value for an integer it does not hold");
    return static_cast<std::int64_t>(head_);
  }
  /// Lives as long as this very value: short text lies in it.
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] Elements list() const {
    if (!is_list()) wrong_kind("asked a value for a list it does not hold");
    return {elements(), size()};
  }

  [[nodiscard]] std::size_t hash() const;

  /// A total order: by kind in the order nil, boolean, integer, text, list; then by content.
  friend std::strong_ordering operator<=>(const Value& a, const Value& b);
  friend bool operator==(const Value& a, const Value& b) {
    if (a.head_ == b.head_ && a.tail_ == b.tail_) return true;
    // Scalars that differ anywhere differ; so do lists and texts of different lengths.
    return a.tail_ == b.tail_ && a.holds_block() && same_content(a, b);
  }

 private:
  friend class ValuePool;

  enum class Kind : std::uint8_t { nil, boolean, integer, short_text, text, list };
  static_assert(std::endian::native == std::endian::little,
                "the kind is the last byte, behind the characters of short text");

  /// Comes before the characters or the values of a block.
  struct Block {
    std::atomic<std::uint32_t> owners{1};
    std::uint32_t size = 0;  ///< how many are there; a list may be the beginning of them
  };

  static constexpr std::uint64_t tagged(Kind kind, std::uint64_t size = 0) {
    return (static_cast<std::uint64_t>(kind) << 56) | size;
  }
  [[nodiscard]] Kind kind() const { return static_cast<Kind>(tail_ >> 56); }
  /// The kinds that order alike are one.
  [[nodiscard]] Kind rank() const { return kind() == Kind::short_text ? Kind::text : kind(); }
  /// Of a list or a longer text.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(tail_); }
  [[nodiscard]] bool holds_block() const { return kind() >= Kind::text && head_ != 0; }
  [[nodiscard]] Block* block() const { return reinterpret_cast<Block*>(head_); }
  [[nodiscard]] const Value* elements() const {
    return head_ == 0 ? nullptr : reinterpret_cast<const Value*>(block() + 1);
  }

  void swap(Value& other) noexcept {
    std::swap(head_, other.head_);
    std::swap(tail_, other.tail_);
  }
  void retain() const noexcept {
    if (holds_block()) block()->owners.fetch_add(1, std::memory_order_relaxed);
  }
  void release() noexcept {
    if (holds_block() && block()->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) free_block();
  }
  void free_block() noexcept;
  [[noreturn]] static void wrong_kind(const char* why);
  static bool same_content(const Value& a, const Value& b);

  std::uint64_t head_ = 0;  ///< the integer, the boolean, the block, or the first characters
  std::uint64_t tail_ = 0;  ///< the kind in the last byte; a size, or the other characters
};
static_assert(sizeof(Value) == 16);

/// As people read it: nil, true, 42, "text", [1 2]. Text shows with quotes, lists as in EDN.
[[nodiscard]] std::string to_text(const Value& value);

/// The elements, to be changed and made a list again.
[[nodiscard]] inline Value::List copy_of(Value::Elements elements) {
  return {elements.begin(), elements.end()};
}

/// Named values in a fixed order: evidence, beacons, statistics.
using Fields = std::vector<std::pair<std::string, Value>>;

/// The value of the first field with this name, or nullptr.
[[nodiscard]] const Value* find(const Fields& fields, std::string_view name);

}  // namespace eris::model

template <>
struct std::hash<eris::model::Value> {
  std::size_t operator()(const eris::model::Value& value) const noexcept { return value.hash(); }
};
