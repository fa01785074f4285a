#include "harness/model/value.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include <fmt/format.h>

#include "harness/base/assert.hpp"

namespace eris::model {

namespace {

constexpr std::size_t size_max = std::numeric_limits<std::uint32_t>::max();

}  // namespace

Value::Value(std::string_view text) {
  if (text.size() <= in_place) {
    std::memcpy(reinterpret_cast<char*>(this), text.data(), text.size());
    tail_ |= tagged(Kind::short_text) | (std::uint64_t{text.size()} << 48);
    return;
  }
  ERIS_ASSERT(text.size() <= size_max, "text has fewer than 2^32 characters");
  auto* block = new (::operator new(sizeof(Block) + text.size())) Block;
  block->size = static_cast<std::uint32_t>(text.size());
  std::memcpy(reinterpret_cast<char*>(block + 1), text.data(), text.size());
  head_ = reinterpret_cast<std::uint64_t>(block);
  tail_ = tagged(Kind::text, text.size());
}

Value::Value(List list) : tail_(tagged(Kind::list)) {
  if (list.empty()) return;
  ERIS_ASSERT(list.size() <= size_max, "a list has fewer than 2^32 elements");
  auto* block = new (::operator new(sizeof(Block) + list.size() * sizeof(Value))) Block;
  block->size = static_cast<std::uint32_t>(list.size());
  std::uninitialized_move(list.begin(), list.end(), reinterpret_cast<Value*>(block + 1));
  head_ = reinterpret_cast<std::uint64_t>(block);
  tail_ = tagged(Kind::list, list.size());
}

void Value::free_block() noexcept {
  Block* const its = block();
  if (kind() == Kind::list) std::destroy_n(reinterpret_cast<Value*>(its + 1), its->size);
  its->~Block();
  ::operator delete(its);
}

void Value::wrong_kind(const char* why) {
  base::assertion_failed("kind()", __FILE__, __LINE__, why);
}

bool Value::boolean() const {
  if (!is_boolean()) wrong_kind("asked a value for a boolean it does not hold");
  return head_ != 0;
}

std::string_view Value::text() const {
  if (kind() == Kind::short_text)
    return {reinterpret_cast<const char*>(this), static_cast<std::uint8_t>(tail_ >> 48)};
  if (kind() != Kind::text) wrong_kind("asked a value for text it does not hold");
  return {reinterpret_cast<const char*>(block() + 1), size()};
}

std::size_t Value::hash() const {
  const auto mix = [](std::size_t seed, std::size_t part) {
    return (seed ^ part) * 0x9e3779b97f4a7c15 + (seed >> 7);
  };
  if (is_integer()) return mix(2, head_);
  if (is_boolean()) return mix(1, head_);
  if (is_text()) return mix(3, std::hash<std::string_view>{}(text()));
  std::size_t hash = is_list() ? 4 : 0;
  if (is_list())
    for (const Value& item : list()) hash = mix(hash, item.hash());
  return hash;
}

bool Value::same_content(const Value& a, const Value& b) {
  if (a.kind() == Kind::text) return a.text() == b.text();
  return std::ranges::equal(a.list(), b.list());
}

std::strong_ordering operator<=>(const Value& a, const Value& b) {
  if (const auto kinds = a.rank() <=> b.rank(); kinds != 0) return kinds;
  if (a.is_boolean()) return a.boolean() <=> b.boolean();
  if (a.is_integer()) return a.integer() <=> b.integer();
  if (a.is_text()) return a.text() <=> b.text();
  if (!a.is_list()) return std::strong_ordering::equal;
  const auto these = a.list(), those = b.list();
  return std::lexicographical_compare_three_way(these.begin(), these.end(), those.begin(),
                                                those.end());
}

std::string to_text(const Value& value) {
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  if (value.is_integer()) return std::to_string(value.integer());
  if (value.is_text()) return fmt::format("\"{}\"", value.text());
  if (value.is_list()) {
    std::string text = "[";
    for (const Value& item : value.list()) {
      if (text.size() > 1) text += ' ';
      text += to_text(item);
    }
    return text + "]";
  }
  return "nil";
}

const Value* find(const Fields& fields, std::string_view name) {
  for (const auto& [field_name, value] : fields)
    if (field_name == name) return &value;
  return nullptr;
}

}  // namespace eris::model
