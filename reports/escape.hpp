// Escaping: text from a tested system made safe for HTML, XML and scripts.
//
// Why: keys, values and errors in a history come from programs that are under test and may hold
// anything, bytes that are no text among it. Every byte of them that reaches a report passes here.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace eris::reports {

/// `text` with whatever is not UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// For HTML text and for attribute values in double or single quotes. Result is valid UTF-8.
[[nodiscard]] std::string escape_html(std::string_view text);

/// For XML 1.0 text and attribute values: as HTML, with the control characters that XML forbids
/// replaced by U+FFFD and line breaks kept as references.
[[nodiscard]] std::string escape_xml(std::string_view text);

/// JSON text made safe inside a <script> element: every '<' becomes its \u escape, so that neither
/// "</script" nor "<!--" can occur. JSON has '<' only inside strings, so its meaning is unchanged.
[[nodiscard]] std::string escape_script_json(std::string json);

}  // namespace eris::reports
