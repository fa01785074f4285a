#include "harness/formats/formats.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/formats/importer.hpp"
#include "harness/formats/readers.hpp"
#include "harness/journal/journal.hpp"
#include "harness/journal/mapped_file.hpp"

namespace eris::formats {

namespace {

struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// Columns count characters, not bytes.
Place place_of(std::string_view text, const char* at) {
  const char* const end = std::clamp(at, text.data(), text.data() + text.size());
  const std::string_view before(text.data(), static_cast<std::size_t>(end - text.data()));
  const std::size_t newline = before.rfind('\n');
  const std::string_view line = before.substr(newline == std::string_view::npos ? 0 : newline + 1);
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return {.line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1,
          .column = static_cast<std::size_t>(std::ranges::count_if(line, is_first_byte)) + 1};
}

base::Result<Format> format_of(std::string_view text, std::string_view name,
                               const ReadOptions& options) {
  if (options.format) return *options.format;
  if (const auto guessed = guess_format(text)) return *guessed;
  return base::usage_error(
      text.empty() ? "the file is empty" : "cannot tell what format this is",
      fmt::format("{}:1:1", name),
      text.empty() ? "" : "say which with --format: journal, edn, text, json, csv or jsonl");
}

using Read = void (*)(std::string_view, Importer&);

Read reader_of(Format format) {
  switch (format) {
    case Format::edn:
      return read_edn;
    case Format::text:
      return read_text;
    case Format::json:
      return read_json;
    case Format::csv:
      return read_csv;
    case Format::jsonl:
      return read_jsonl;
    case Format::journal:
      break;
  }
  ERIS_ASSERT(false, "a journal has a reader of its own");
  return nullptr;
}

Imported imported_journal(model::History history, const ReadOptions& options) {
  return {.history = std::move(history),
          .format = Format::journal,
          .format_guessed = !options.format,
          .keyed = true,
          .object = options.object.value_or("")};
}

/// `text` has padding_bytes NUL bytes after its end.
base::Result<Imported> parse_padded(std::string_view text, std::string_view name, Format format,
                                    const ReadOptions& options) {
  Importer importer(format, options);
  try {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    const bool is_marked = text.starts_with(byte_order_mark);
    reader_of(format)(text.substr(is_marked ? byte_order_mark.size() : 0), importer);
    Imported imported = importer.finish();
    imported.format_guessed = !options.format;
    return imported;
  } catch (const Malformed& malformed) {
    const Place place = place_of(text, malformed.at);
    return base::usage_error(malformed.what,
                             fmt::format("{}:{}:{}", name, place.line, place.column),
                             malformed.next_step);
  }
}

}  // namespace

base::Result<Imported> read(const std::filesystem::path& path, const ReadOptions& options) {
  static_assert(padding_bytes <= journal::MappedFile::padding_bytes);
  const std::string name = path.string();
  ERIS_TRY(const journal::MappedFile file, journal::MappedFile::open(path, "history"));
  ERIS_TRY(const Format format, format_of(file.text(), name, options));
  if (format != Format::journal) return parse_padded(file.text(), name, format, options);
  ERIS_TRY(model::History history, journal::read(path));
  return imported_journal(std::move(history), options);
}

base::Result<Imported> parse(std::string_view text, std::string_view name,
                             const ReadOptions& options) {
  ERIS_TRY(const Format format, format_of(text, name, options));
  if (format == Format::journal) {
    ERIS_TRY(model::History history, journal::parse(text, name));
    return imported_journal(std::move(history), options);
  }
  std::string padded;
  padded.reserve(text.size() + padding_bytes);
  padded.append(text);
  padded.append(padding_bytes, '\0');
  return parse_padded(std::string_view(padded).substr(0, text.size()), name, format, options);
}

}  // namespace eris::formats
