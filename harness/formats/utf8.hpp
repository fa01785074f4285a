// Characters written as \u0041, as EDN and JSON have them. Internal to harness/formats.
// Thread rule: pure functions.
#pragma once

#include <string>

namespace eris::formats {

/// Appends the character whose four hexadecimal digits stand at `digits`, and moves `digits` past
/// them; past a second \uXXXX too where the two are a surrogate pair. Throws Malformed. The text
/// ends with a NUL.
void append_code_unit(std::string& text, const char*& digits);

}  // namespace eris::formats
