// Reads the lines that make up nearly all of a journal without a JSON parser.
//
// Why: a run's operations come by the million, in exactly the form that the encoder writes. Reading
// that form directly takes a fraction of the time that any general parser needs.
// Invariant: what scan_operation() returns is what the general decoder would have returned.
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "harness/model/event.hpp"

namespace eris::model {

/// The event of an operation's line, if it is as the encoder writes it and simple: no error, no
/// escaped characters, nothing but ASCII. Otherwise nothing, which does not mean that the line is
/// malformed.
[[nodiscard]] std::optional<Event> scan_operation(std::string_view line);

}  // namespace eris::model
