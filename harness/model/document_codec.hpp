// The journal's header as JSON and back; the form is described in docs/journal-format.md.
// Invariant: parse_header(header_to_json(header)) == header, with no catalogue at hand: option
// values carry their types.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/model/history.hpp"

namespace eris::model {

/// The version of the journal's form that this Eris writes, and the newest that it reads.
inline constexpr std::int64_t journal_version = 1;

/// One line without its newline.
[[nodiscard]] std::string header_to_json(const Header& header);

/// Errors: usage, when it is no header or one of a newer version; `where` is left for the caller.
[[nodiscard]] base::Result<Header> parse_header(std::string_view line);

}  // namespace eris::model
