// What the encodings of requests, messages and records share, beside the bytes of bytes.hpp: lists
// of nodes, variants, and what is said of bytes that cannot be decoded.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/reference/kv/bytes.hpp"
#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::kv {

[[nodiscard]] inline std::unexpected<base::Error> malformed(std::string_view subject,
                                                            std::string_view bytes) {
  return base::usage_error("malformed " + std::string(subject) + " of " +
                           std::to_string(bytes.size()) + " bytes");
}

inline void encode_nodes(Writer& writer, const std::vector<base::NodeId>& nodes) {
  writer.u32(static_cast<std::uint32_t>(nodes.size()));
  for (const base::NodeId node : nodes) writer.id(node);
}

[[nodiscard]] inline std::vector<base::NodeId> decode_nodes(Reader& reader) {
  std::vector<base::NodeId> nodes(reader.count(sizeof(base::NodeId::value)));
  for (base::NodeId& node : nodes) node = reader.id<base::NodeId>();
  return nodes;
}

/// One byte for which alternative it is, then what `write` makes of a Writer and that.
template <typename Variant, typename Write>
void encode_alternative(Writer& writer, const Variant& variant, Write write) {
  writer.u8(static_cast<std::uint8_t>(variant.index()));
  std::visit([&](const auto& alternative) { write(writer, alternative); }, variant);
}

/// Makes the alternative that the byte names, and has `read` fill it from the Reader; fails the
/// reader where there is none.
template <typename Variant, typename Read>
void decode_alternative(Reader& reader, Variant& variant, Read read) {
  const std::uint8_t kind = reader.u8();
  const bool is_known = [&]<std::size_t... Kind>(std::index_sequence<Kind...>) {
    return ((kind == Kind && (read(reader, variant.template emplace<Kind>()), true)) || ...);
  }(std::make_index_sequence<std::variant_size_v<Variant>>());
  if (!is_known) reader.fail();
}

}  // namespace eris::kv
