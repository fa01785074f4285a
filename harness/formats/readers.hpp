// The readers of this folder, one for each syntax. Each takes a text apart into records and gives
// them to the importer in order.
// Errors: throw Malformed.
// Internal to harness/formats. Thread rule: pure but for the importer.
#pragma once

#include <cstddef>
#include <string_view>

#include "harness/formats/importer.hpp"

namespace eris::formats {

/// Readable bytes, all NUL, that each reader needs after its text.
inline constexpr std::size_t padding_bytes = 64;

void read_edn(std::string_view text, Importer& importer);
void read_text(std::string_view text, Importer& importer);
void read_json(std::string_view text, Importer& importer);
void read_csv(std::string_view text, Importer& importer);
void read_jsonl(std::string_view text, Importer& importer);

}  // namespace eris::formats
