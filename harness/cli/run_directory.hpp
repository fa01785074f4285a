// RunDirectory: the folder in which everything about one run is kept.
//
//   plan.toml      the resolved plan          journal.jsonl  every event, in order
//   nodes/         output of each node        results.json   what the checkers said
//   report.html, report.txt, report.json, junit.xml
//
// Thread rule: plain value; the functions touch the file system.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/model/plan.hpp"

namespace eris::cli {

struct RunDirectory {
  std::filesystem::path path;

  [[nodiscard]] std::filesystem::path plan() const { return path / "plan.toml"; }
  [[nodiscard]] std::filesystem::path journal() const { return path / "journal.jsonl"; }
  [[nodiscard]] std::filesystem::path nodes() const { return path / "nodes"; }
  [[nodiscard]] std::filesystem::path data() const { return path / "data"; }
  [[nodiscard]] std::filesystem::path results() const { return path / "results.json"; }
  [[nodiscard]] std::filesystem::path html() const { return path / "report.html"; }
  [[nodiscard]] std::filesystem::path text() const { return path / "report.txt"; }
  [[nodiscard]] std::filesystem::path json() const { return path / "report.json"; }
  [[nodiscard]] std::filesystem::path junit() const { return path / "junit.xml"; }
};

/// Makes a fresh run directory: `asked` if it is not empty (it must not hold a run already), else
/// eris-runs/TIME-NAME-SEED below the current directory, with eris-runs/latest pointing to it.
/// Errors: environment, usage.
[[nodiscard]] base::Result<RunDirectory> create_run_directory(const std::string& asked,
                                                              const model::Plan& plan);

/// The journal meant by a path that a user typed: a run directory, or a journal itself.
/// Errors: usage.
[[nodiscard]] base::Result<std::filesystem::path> find_journal(const std::filesystem::path& path);

/// As find_journal, but also Jepsen's own directories: the history.edn, history.txt or jepsen.log
/// that lies in one. Errors: usage.
[[nodiscard]] base::Result<std::filesystem::path> find_history(const std::filesystem::path& path);

/// Errors: environment (disk full, no permission), naming the file.
[[nodiscard]] base::Result<void> write_file(const std::filesystem::path& path,
                                            std::string_view text);
[[nodiscard]] base::Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace eris::cli
