// base64 as RFC 4648 section 4 has it: how etcd's JSON gateway carries keys and values.
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eris::adapters::etcd {

/// With padding, without line breaks.
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Nothing where the text is not canonical base64: a foreign character, a wrong length, misplaced
/// padding, or stray bits in the last digit.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace eris::adapters::etcd
