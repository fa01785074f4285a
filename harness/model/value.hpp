// Value: what operations write and read, and what keys are: nil, a boolean, an integer, text, or a
// list of values.
//
// Why a type of its own: a history holds millions of them. A Value is 24 bytes, copies without
// allocating, and compares structurally; text and lists are shared and never change.
// Thread rule: immutable after construction, so values may be shared between threads.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace eris::model {

class Value {
 public:
  using List = std::vector<Value>;

  Value() = default;  ///< nil
  explicit Value(bool boolean) : data_(boolean) {}
  Value(std::int64_t integer) : data_(integer) {}       // NOLINT(google-explicit-constructor)
  Value(int integer) : data_(std::int64_t{integer}) {}  // NOLINT(google-explicit-constructor)
  explicit Value(std::string_view text) : data_(std::make_shared<const std::string>(text)) {}
  explicit Value(const char* text) : Value(std::string_view(text)) {}
  explicit Value(List list) : data_(std::make_shared<const List>(std::move(list))) {}

  [[nodiscard]] bool is_nil() const { return data_.index() == 0; }
  [[nodiscard]] bool is_boolean() const { return data_.index() == 1; }
  [[nodiscard]] bool is_integer() const { return data_.index() == 2; }
  [[nodiscard]] bool is_text() const { return data_.index() == 3; }
  [[nodiscard]] bool is_list() const { return data_.index() == 4; }

  /// Each needs the matching is_…(); anything else is a bug and asserts.
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] const List& list() const;

  [[nodiscard]] std::size_t hash() const;

  /// A total order: by kind in the order nil, boolean, integer, text, list; then by content.
  friend std::strong_ordering operator<=>(const Value& a, const Value& b);
  friend bool operator==(const Value& a, const Value& b) { return (a <=> b) == 0; }

 private:
  std::variant<std::monostate, bool, std::int64_t, std::shared_ptr<const std::string>,
               std::shared_ptr<const List>>
      data_;
};

/// As people read it: nil, true, 42, "text", [1 2]. Text shows with quotes, lists as in EDN.
[[nodiscard]] std::string to_text(const Value& value);

/// Named values in a fixed order: evidence, beacons, statistics.
using Fields = std::vector<std::pair<std::string, Value>>;

/// The value of the first field with this name, or nullptr.
[[nodiscard]] const Value* find(const Fields& fields, std::string_view name);

}  // namespace eris::model

template <>
struct std::hash<eris::model::Value> {
  std::size_t operator()(const eris::model::Value& value) const noexcept { return value.hash(); }
};
