#include "harness/model/value.hpp"

#include <fmt/format.h>

#include "harness/base/assert.hpp"

namespace eris::model {

bool Value::boolean() const {
  ERIS_ASSERT(is_boolean(), "asked a value for a boolean it does not hold");
  return std::get<bool>(data_);
}

std::int64_t Value::integer() const {
  ERIS_ASSERT(is_integer(), "asked a value for an integer it does not hold");
  return std::get<std::int64_t>(data_);
}

const std::string& Value::text() const {
  ERIS_ASSERT(is_text(), "asked a value for text it does not hold");
  return *std::get<std::shared_ptr<const std::string>>(data_);
}

const Value::List& Value::list() const {
  ERIS_ASSERT(is_list(), "asked a value for a list it does not hold");
  return *std::get<std::shared_ptr<const List>>(data_);
}

std::size_t Value::hash() const {
  const auto mix = [](std::size_t seed, std::size_t part) {
    return (seed ^ part) * 0x9e3779b97f4a7c15 + (seed >> 7);
  };
  if (is_boolean()) return mix(1, boolean() ? 1 : 0);
  if (is_integer()) return mix(2, static_cast<std::size_t>(integer()));
  if (is_text()) return mix(3, std::hash<std::string>{}(text()));
  std::size_t hash = data_.index();
  if (is_list())
    for (const Value& item : list()) hash = mix(hash, item.hash());
  return hash;
}

std::strong_ordering operator<=>(const Value& a, const Value& b) {
  if (const auto kinds = a.data_.index() <=> b.data_.index(); kinds != 0) return kinds;
  if (a.is_boolean()) return a.boolean() <=> b.boolean();
  if (a.is_integer()) return a.integer() <=> b.integer();
  if (a.is_text()) return a.text() <=> b.text();
  if (a.is_list()) return a.list() <=> b.list();
  return std::strong_ordering::equal;
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
