// Formats: histories that others recorded, read as a History, and ours written so that others read
// them.
//
// Why: a checker is worth more the more histories it can judge. Jepsen's and Elle's are read as
// they are; anybody else needs only a table of operations.
// What is kept: operations, their times, their order; what a nemesis did, as notes. A History read
// from a foreign file has a header without a plan: nobody knows what was promised.
// Meaning (docs/histories.md):
//   - ok took effect, fail did not, info or no completion may take effect at any later time, or
//     never. The order is that of the file (of a table: of its call and return).
//   - A process goes on under another number after an unknown outcome, since that operation is
//     still open.
//   - A failed cas tells nothing of what was there, unless the format says that the comparison was
//     made (ReadOptions::failed_cas_compared).
// Thread rule: pure functions but for read(), which reads a file once, by mapping it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/model/history.hpp"
#include "harness/model/schema.hpp"

namespace eris::formats {

enum class Format {
  journal,  ///< a run's journal.jsonl
  edn,      ///< Jepsen's history.edn
  text,     ///< Jepsen's history.txt, or a jepsen.log
  json,     ///< elle-cli's JSON: maps as in EDN, in an array or one a line
  csv,      ///< a table of operations
  jsonl,    ///< the same as JSON Lines
};

/// One of Format with its name and meaning, for flags and explanations. In the order of Format.
[[nodiscard]] const std::vector<model::EntrySchema>& registry();
[[nodiscard]] std::string_view to_text(Format format);
/// Errors: usage, with "did you mean".
[[nodiscard]] base::Result<Format> parse_format(std::string_view name);

/// What the text seems to be, by its beginning; nothing for what is none of them.
[[nodiscard]] std::optional<Format> guess_format(std::string_view text);

struct ReadOptions {
  std::optional<Format> format;       ///< nothing: guessed
  std::optional<bool> keyed;          ///< values are [key value] pairs; nothing: guessed
  std::optional<std::string> object;  ///< what the operations act on; nothing: guessed
  /// A read of nil says nothing, instead of saying that nothing was there. Knossos' own sample
  /// histories mean that.
  bool nil_read_is_any = false;
  /// A cas that failed without an error found another value than it expected. Nothing: only in
  /// Jepsen's text lines, whose tests mean that; else it may have failed for any reason.
  std::optional<bool> failed_cas_compared;
};

struct Imported {
  model::History history;  ///< its remarks tell what was done to make sense of the file
  Format format = Format::journal;
  bool format_guessed = false;
  bool keyed = false;
  bool keyed_guessed = false;
  std::string object;      ///< as checkers::objects name them; empty if nobody can tell
  std::string object_why;  ///< for a guess: what it rests on. Empty for what was given.
};

/// Errors: usage (malformed, with file:line:column; a format that cannot be guessed), environment.
[[nodiscard]] base::Result<Imported> read(const std::filesystem::path& path,
                                          const ReadOptions& options);

/// As read, from memory. `name` is for messages.
[[nodiscard]] base::Result<Imported> parse(std::string_view text, std::string_view name,
                                           const ReadOptions& options);

/// Takes what is written, piece by piece.
using Sink = std::function<void(std::string_view)>;

/// Writes the operations of a history: edn as Knossos and Elle read it, json as elle-cli does, or
/// jsonl, a table. Nodes, faults and notes stay behind. Errors: usage, for another format.
[[nodiscard]] base::Result<void> write(const model::History& history, Format format,
                                       const Sink& sink);

}  // namespace eris::formats
