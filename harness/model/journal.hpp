// Journal: the append-only record of a run, JSON Lines, one event a line, header first.
//
// Why memory-mapped: every event must survive `kill -9` of the harness from the moment append()
// returns, and must cost well under a microsecond. Bytes copied into a shared mapping belong to
// the kernel at once, without a system call. The file grows by preallocated chunks, so that a full
// disk is an error from append() and not a signal; a harness that was killed leaves trailing NUL
// bytes, which the reader ignores.
// Thread rule: a writer has one owner (the run loop).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/model/event.hpp"
#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"

namespace eris::model {

class JournalWriter {
 public:
  /// Creates the file (it must not exist) and writes the header. Errors: environment.
  [[nodiscard]] static base::Result<JournalWriter> create(const std::filesystem::path& path,
                                                          const Header& header);
  JournalWriter(JournalWriter&&) noexcept;
  JournalWriter& operator=(JournalWriter&&) noexcept;
  ~JournalWriter();  ///< closes; errors are lost, so call close() where they matter

  /// Gives the event the next index and writes it. Errors: environment (disk full).
  [[nodiscard]] base::Result<EventIndex> append(base::Instant time, const Event& event);

  /// Cuts the file to its length and syncs it.
  [[nodiscard]] base::Result<void> close();

 private:
  struct State;
  explicit JournalWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Reads a journal back. A torn last line (no newline at its end) and trailing NUL bytes are
/// dropped with a remark; anything else that is malformed is a usage error with file:line.
[[nodiscard]] base::Result<History> read_journal(const std::filesystem::path& path);

/// As read_journal, from memory. `name` is for messages.
[[nodiscard]] base::Result<History> parse_journal(std::string_view text, std::string_view name);

/// One line without the newline, as append() writes it.
[[nodiscard]] std::string to_json_line(const Event& event);

/// The judgement as JSON text (results.json, --json), and back.
[[nodiscard]] std::string to_json(const Judgement& judgement);
[[nodiscard]] base::Result<Judgement> parse_judgement(std::string_view json);

/// Any fields as one JSON object, and back (what nodes print as beacons). Errors: usage.
[[nodiscard]] std::string to_json(const Fields& fields);
[[nodiscard]] base::Result<Fields> parse_fields(std::string_view json);

}  // namespace eris::model
