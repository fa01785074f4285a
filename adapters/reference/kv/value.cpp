#include "adapters/reference/kv/value.hpp"

#include <fmt/format.h>

#include "adapters/reference/kv/hash.hpp"
#include "harness/base/assert.hpp"

namespace eris::kv {
namespace {

enum class Kind : std::uint8_t { nil, boolean, integer, text, list };

constexpr std::uint64_t empty_list_hash = 0x9ddfea08eb382d69ULL;

/// Into a value that is nil.
void decode_value_at(Reader& reader, int depth, Value& value) {
  switch (static_cast<Kind>(reader.u8())) {
    case Kind::nil:
      return;
    case Kind::boolean:
      value.data = reader.boolean();
      return;
    case Kind::integer:
      value.data = static_cast<std::int64_t>(reader.u64());
      return;
    case Kind::text:
      value.data.emplace<std::string>(reader.text());
      return;
    case Kind::list: {
      if (depth >= value_depth_max) break;
      auto& items = value.data.emplace<Value::List>();
      const std::uint32_t count = reader.count(1);
      for (std::uint32_t i = 0; i < count && reader.ok(); ++i)
        decode_value_at(reader, depth + 1, items.emplace_back());
      return;
    }
  }
  reader.fail();
}

}  // namespace

std::uint64_t extend_list_hash(std::uint64_t list_hash, const Value& element) {
  return mix(list_hash, hash(element));
}

std::uint64_t hash(const Value& value) {
  switch (static_cast<Kind>(value.data.index())) {
    case Kind::nil:
      return mix(0, 1);
    case Kind::boolean:
      return mix(1, std::get<bool>(value.data) ? 1 : 0);
    case Kind::integer:
      return mix(2, static_cast<std::uint64_t>(*value.integer()));
    case Kind::text:
      return hash_bytes(3, *value.text());
    case Kind::list: {
      std::uint64_t so_far = empty_list_hash;
      for (const Value& item : *value.list()) so_far = extend_list_hash(so_far, item);
      return so_far;
    }
  }
  ERIS_ASSERT(false, "a value is of one of five kinds");
}

void encode(Writer& writer, const Value& value) {
  writer.u8(static_cast<std::uint8_t>(value.data.index()));
  switch (static_cast<Kind>(value.data.index())) {
    case Kind::nil:
      return;
    case Kind::boolean:
      writer.boolean(std::get<bool>(value.data));
      return;
    case Kind::integer:
      writer.u64(static_cast<std::uint64_t>(*value.integer()));
      return;
    case Kind::text:
      writer.text(*value.text());
      return;
    case Kind::list:
      writer.u32(static_cast<std::uint32_t>(value.list()->size()));
      for (const Value& item : *value.list()) encode(writer, item);
      return;
  }
}

Value decode_value(Reader& reader) {
  Value value;
  decode_value_at(reader, 0, value);
  return value;
}

void decode_value(Reader& reader, Value& value) {
  decode_value_at(reader, 0, value);
}

std::string to_text(const Value& value) {
  switch (static_cast<Kind>(value.data.index())) {
    case Kind::nil:
      return "nil";
    case Kind::boolean:
      return std::get<bool>(value.data) ? "true" : "false";
    case Kind::integer:
      return fmt::format("{}", *value.integer());
    case Kind::text:
      return fmt::format("\"{}\"", *value.text());
    case Kind::list: {
      std::string text = "[";
      for (const Value& item : *value.list()) {
        if (text.size() > 1) text += ' ';
        text += to_text(item);
      }
      return text + "]";
    }
  }
  ERIS_ASSERT(false, "a value is of one of five kinds");
}

}  // namespace eris::kv
