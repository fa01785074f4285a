// LogFile: the write-ahead log on disk (log_format.hpp), and the lock on its directory.
//
// The directory holds `log`, for a moment `log.new`, and `lock`. A checkpoint writes a whole new
// log under the name log.new, syncs it, renames it over `log` and syncs the directory: after a
// crash there is the old log or the new one, never a mixture. Space is reserved ahead of the
// writes, so that a sync need not change the file's length each time. Invariant: after any error
// the object must not be used again. A failed sync in particular may have lost pages for good, and
// trying again would report success (Rebello et al., "Can Applications Recover from fsync
// Failures?", USENIX ATC 2020). Thread rule: one owner; every call blocks on the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/reference/node/file_descriptor.hpp"
#include "harness/base/result.hpp"
#include "harness/core/core.hpp"

namespace eris::node {

struct LogOptions {
  std::filesystem::path directory;  ///< must exist
  bool sync = true;                 ///< false: survives kill -9 of the process, not a power failure
  std::size_t reserve_bytes = 4 << 20;  ///< how much space is reserved at a time
};

class LogFile {
 public:
  struct Opened;
  /// Takes the directory's lock, reads the log or makes a first, empty one, and cuts off what a
  /// crash tore. Errors: environment (directory not writable, in use by another process, log
  /// corrupted).
  [[nodiscard]] static base::Result<Opened> open(const LogOptions& options);

  /// Writes one block; it is durable when this returns. Errors: environment.
  [[nodiscard]] base::Result<void> append(const std::vector<std::string>& records);
  /// Replaces everything, at once or not at all; durable when this returns. Errors: environment.
  [[nodiscard]] base::Result<void> replace(const core::Checkpoint& checkpoint);

 private:
  LogFile() = default;
  [[nodiscard]] base::Result<void> lock();
  [[nodiscard]] base::Result<Opened> recover() &&;
  [[nodiscard]] base::Result<void> sync_file(const FileDescriptor& file) const;
  [[nodiscard]] base::Result<void> sync_directory() const;
  [[nodiscard]] std::filesystem::path path() const { return options_.directory / "log"; }

  LogOptions options_;
  FileDescriptor lock_;
  FileDescriptor file_;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t end_bytes_ = 0;       ///< where the next block goes
  std::uint64_t reserved_bytes_ = 0;  ///< the file's length
};

struct LogFile::Opened {
  LogFile file;
  core::Recovered recovered;
  std::string
      remark;  ///< what a person should know, such as how many torn bytes were cut; or empty
};

}  // namespace eris::node
