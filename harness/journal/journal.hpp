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

namespace eris::journal {

/// Where a run records what happens: a file (Writer), or memory alone where thousands of simulated
/// runs are judged and thrown away (MemoryJournal).
class Sink {
 public:
  virtual ~Sink() = default;
  /// Gives the event the next index and keeps it. Errors: environment (disk full).
  [[nodiscard]] virtual base::Result<model::EventIndex> append(base::Instant time,
                                                               const model::Event& event) = 0;
};

class Writer final : public Sink {
 public:
  /// Creates the file (it must not exist) and writes the header. Errors: environment.
  [[nodiscard]] static base::Result<Writer> create(const std::filesystem::path& path,
                                                   const model::Header& header);
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer() override;  ///< closes; errors are lost, so call close() where they matter

  [[nodiscard]] base::Result<model::EventIndex> append(base::Instant time,
                                                       const model::Event& event) override;

  /// Cuts the file to its length and syncs it.
  [[nodiscard]] base::Result<void> close();

 private:
  struct State;
  explicit Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Reads a journal back. A torn last line (no newline at its end) and trailing NUL bytes are
/// dropped with a remark; anything else that is malformed is a usage error with file:line.
[[nodiscard]] base::Result<model::History> read(const std::filesystem::path& path);

/// As read, from memory. `name` is for messages.
[[nodiscard]] base::Result<model::History> parse(std::string_view text, std::string_view name);

}  // namespace eris::journal
