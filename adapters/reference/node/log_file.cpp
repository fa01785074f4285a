#include "adapters/reference/node/log_file.hpp"

#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "adapters/reference/node/log_format.hpp"
#include "harness/base/text.hpp"

namespace eris::node {
namespace {

constexpr int file_mode = 0644;

base::Result<FileDescriptor> open_file(const std::filesystem::path& path, int flags) {
  const int number = ::open(path.c_str(), flags | O_CLOEXEC, file_mode);
  if (number < 0)
    return base::system_error("cannot open the file", errno, path.string(),
                              "give a data directory that this user may write to");
  return FileDescriptor(number);
}

base::Result<void> write_at(const FileDescriptor& file, std::string_view bytes,
                            std::uint64_t offset, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::system_error("cannot write", errno, path.string());
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

base::Result<std::string> read_whole(const FileDescriptor& file,
                                     const std::filesystem::path& path) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0)
    return base::system_error("cannot read", errno, path.string());
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::pread(file.get(), bytes.data() + filled, bytes.size() - filled,
                                  static_cast<off_t>(filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::system_error("cannot read", errno, path.string());
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

base::Result<LogFile::Opened> LogFile::open(const LogOptions& options) {
  LogFile log;
  log.options_ = options;
  ERIS_CHECK_OK(log.lock());
  // A checkpoint that was under way when the process died: `log` is still the truth.
  std::error_code nothing_there;
  std::filesystem::remove(options.directory / "log.new", nothing_there);
  if (!std::filesystem::exists(log.path())) ERIS_CHECK_OK(log.replace(core::Checkpoint{}));
  return std::move(log).recover();
}

base::Result<void> LogFile::lock() {
  const std::filesystem::path path = options_.directory / "lock";
  ERIS_TRY(lock_, open_file(path, O_RDWR | O_CREAT));
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  if (errno == EWOULDBLOCK)
    return base::environment_error("the data directory is in use by another process",
                                   options_.directory.string(),
                                   "stop that process, or give another directory");
  return base::system_error("cannot lock", errno, path.string());
}

base::Result<LogFile::Opened> LogFile::recover() && {
  ERIS_TRY(file_, open_file(path(), O_RDWR));
  ERIS_TRY(const std::string bytes, read_whole(file_, path()));
  ERIS_TRY(ParsedLog parsed, parse_log(bytes, path().string()));
  next_sequence_ = parsed.next_sequence;
  end_bytes_ = parsed.valid_bytes;
  reserved_bytes_ = parsed.valid_bytes;
  // Cut even reserved zeros: a block behind them would otherwise look like one behind damage.
  if (bytes.size() != parsed.valid_bytes) {
    if (::ftruncate(file_.get(), static_cast<off_t>(parsed.valid_bytes)) != 0)
      return base::system_error("cannot cut off the torn end", errno, path().string());
    ERIS_CHECK_OK(sync_file(file_));
  }
  std::string remark;
  if (parsed.torn_bytes > 0)
    remark = fmt::format("{}: cut off {} at its end, torn by a crash and never acknowledged",
                         path().string(), base::count_of(parsed.torn_bytes, "byte"));
  return Opened{.file = std::move(*this),
                .recovered = std::move(parsed.recovered),
                .remark = std::move(remark)};
}

base::Result<void> LogFile::append(const std::vector<std::string>& records) {
  const std::string block = encode_records(next_sequence_, records);
  const std::uint64_t end = end_bytes_ + block.size();
  if (end > reserved_bytes_) {
    const std::uint64_t reserve = end + options_.reserve_bytes;
    // Reserving is for speed. Where it fails, the write below says whether the disk is full.
    if (::posix_fallocate(file_.get(), 0, static_cast<off_t>(reserve)) == 0)
      reserved_bytes_ = reserve;
  }
  ERIS_CHECK_OK(write_at(file_, block, end_bytes_, path()));
  ERIS_CHECK_OK(sync_file(file_));
  end_bytes_ = end;
  ++next_sequence_;
  return {};
}

base::Result<void> LogFile::replace(const core::Checkpoint& checkpoint) {
  const std::filesystem::path fresh = options_.directory / "log.new";
  const std::string block = encode_checkpoint(checkpoint);
  ERIS_TRY(FileDescriptor file, open_file(fresh, O_RDWR | O_CREAT | O_TRUNC));
  ERIS_CHECK_OK(write_at(file, block, 0, fresh));
  ERIS_CHECK_OK(sync_file(file));
  if (::rename(fresh.c_str(), path().c_str()) != 0)
    return base::system_error("cannot put the new log in place", errno, path().string());
  ERIS_CHECK_OK(sync_directory());
  file_ = std::move(file);
  next_sequence_ = 1;
  end_bytes_ = block.size();
  reserved_bytes_ = block.size();
  return {};
}

base::Result<void> LogFile::sync_file(const FileDescriptor& file) const {
  if (options_.sync && ::fdatasync(file.get()) != 0)
    return base::system_error("cannot sync the log", errno, path().string());
  return {};
}

base::Result<void> LogFile::sync_directory() const {
  if (!options_.sync) return {};
  ERIS_TRY(const FileDescriptor directory, open_file(options_.directory, O_RDONLY | O_DIRECTORY));
  if (::fsync(directory.get()) != 0)
    return base::system_error("cannot sync the directory", errno, options_.directory.string());
  return {};
}

}  // namespace eris::node
