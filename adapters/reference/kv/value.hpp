// kv::Value: what the replicated store keeps: nil, a boolean, an integer, text, or a list of
// values.
//
// Why not model::Value: the reference cores may know only base and core. The kinds are the same, so
// the harness' values go in and come out unchanged.
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "adapters/reference/kv/bytes.hpp"

namespace eris::kv {

struct Value {
  using List = std::vector<Value>;
  std::variant<std::monostate, bool, std::int64_t, std::string, List> data;

  Value() = default;  ///< nil
  explicit Value(bool boolean) : data(boolean) {}
  explicit Value(std::int64_t integer) : data(integer) {}
  explicit Value(std::string text) : data(std::move(text)) {}
  explicit Value(List list) : data(std::move(list)) {}

  [[nodiscard]] bool is_nil() const { return data.index() == 0; }
  /// nullptr where the value is of another kind.
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data); }
  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&data); }
  [[nodiscard]] const List* list() const { return std::get_if<List>(&data); }
  [[nodiscard]] List* list() { return std::get_if<List>(&data); }

  bool operator==(const Value&) const = default;
};

/// Lists may be nested this deep; deeper encodings are refused.
inline constexpr int value_depth_max = 16;

/// The same on every node and machine. A list's hash is a fold over its elements, so that appending
/// needs only the hash so far (extend_list_hash).
[[nodiscard]] std::uint64_t hash(const Value& value);
[[nodiscard]] std::uint64_t extend_list_hash(std::uint64_t list_hash, const Value& element);

void encode(Writer& writer, const Value& value);
/// Fails the reader where the bytes are no value.
[[nodiscard]] Value decode_value(Reader& reader);
/// The same, into a value that is nil.
void decode_value(Reader& reader, Value& value);

/// For people: nil, true, 42, "text", [1 2].
[[nodiscard]] std::string to_text(const Value& value);

}  // namespace eris::kv
