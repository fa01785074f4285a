// The flags of every verb that reads a history, ours or not, and what they ask for.
// Thread rule: the main thread only.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/base/result.hpp"
#include "harness/formats/formats.hpp"

namespace CLI {
class App;
}

namespace eris::cli {

struct HistoryFlags {
  std::string path;
  std::optional<std::string> format, object;
  std::optional<bool> keyed;
  std::string nil_reads = "initial";
  std::optional<std::string> failed_cas;
};

/// `flags` must outlive `verb`.
void add_history_flags(CLI::App& verb, HistoryFlags& flags);

struct FoundHistory {
  std::filesystem::path path;  ///< of the file
  formats::Imported imported;
};

/// Reads the history that the flags mean, and says on stderr what was guessed. Errors: usage,
/// environment.
[[nodiscard]] base::Result<FoundHistory> read_history(const HistoryFlags& flags);

}  // namespace eris::cli
