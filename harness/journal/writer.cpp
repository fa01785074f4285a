#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/assert.hpp"
#include "harness/journal/journal.hpp"
#include "harness/model/document_codec.hpp"
#include "harness/model/event_codec.hpp"

namespace eris::journal {

using namespace model;  // NOLINT(google-build-using-namespace): the vocabulary of every line

namespace {

/// How much of the file is reserved and mapped at a time: some ten thousand events, so that the
/// system calls for a new window cost nothing per event, and an idle run little disk. A multiple of
/// every page size there is.
constexpr std::size_t window_bytes_min = 1u << 20;

/// A shared, writable mapping of a stretch of a file; unmapped when it goes.
class Window {
 public:
  Window() = default;
  Window(char* begin, std::size_t size) : begin_(begin), size_(size) {}
  Window(Window&& other) noexcept { *this = std::move(other); }
  Window& operator=(Window&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Window() {
    if (begin_ != nullptr) ::munmap(begin_, size_);
  }
  [[nodiscard]] char* begin() const { return begin_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  char* begin_ = nullptr;
  std::size_t size_ = 0;
};

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace

struct Writer::State {
  FileDescriptor file;
  std::filesystem::path path;
  Window window{};
  std::size_t window_offset = 0;  ///< of the window's first byte in the file
  std::size_t length = 0;         ///< bytes of whole lines written so far
  EventIndex next_index = 0;
  std::string line{};  ///< kept, so that no event allocates

  base::Result<void> write_line();
  base::Result<void> make_room(std::size_t bytes);
  base::Result<void> reserve_disk(std::size_t offset, std::size_t bytes) const;
  base::Result<void> finish();
  [[nodiscard]] auto failed(std::string_view what, int code) const {
    return base::system_error(what, code, path.string());
  }
};

/// Takes the disk blocks now: a page written through a mapping on a full disk would be a SIGBUS.
base::Result<void> Writer::State::reserve_disk(std::size_t offset, std::size_t bytes) const {
  int code = EINTR;
  while (code == EINTR)
    code = ::posix_fallocate(file.number(), static_cast<off_t>(offset), static_cast<off_t>(bytes));
  if (code == 0) return {};
  return base::system_error(
      fmt::format("cannot reserve {} bytes of disk for the journal", bytes), code, path.string(),
      code == ENOSPC || code == EDQUOT ? "free some space, or choose another run directory" : "");
}

base::Result<void> Writer::State::make_room(std::size_t bytes) {
  if (length + bytes <= window_offset + window.size()) return {};
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t offset = length / page * page;
  const std::size_t needed = length - offset + bytes;
  const std::size_t size = (needed + window_bytes_min - 1) / window_bytes_min * window_bytes_min;
  ERIS_CHECK_OK(reserve_disk(offset, size));
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.number(),
                        static_cast<off_t>(offset));
  if (mapped == MAP_FAILED) return failed("cannot map the journal", errno);
  window = Window(static_cast<char*>(mapped), size);
  window_offset = offset;
  return {};
}

/// Writes `line` and a newline. The newline goes last, after all other bytes: a process may be
/// killed between any two instructions, and a line counts from the moment its newline is there.
base::Result<void> Writer::State::write_line() {
  ERIS_CHECK_OK(make_room(line.size() + 1));
  char* at = window.begin() + (length - window_offset);
  std::memcpy(at, line.data(), line.size());
  std::atomic_signal_fence(std::memory_order_seq_cst);
  *static_cast<volatile char*>(at + line.size()) = '\n';
  length += line.size() + 1;
  return {};
}

base::Result<void> Writer::State::finish() {
  window = Window();
  if (::ftruncate(file.number(), static_cast<off_t>(length)) != 0)
    return failed("cannot cut the journal to its length", errno);
  if (::fsync(file.number()) != 0) return failed("cannot sync the journal", errno);
  if (!file.close()) return failed("cannot close the journal", errno);
  return {};
}

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;

Writer& Writer::operator=(Writer&& other) noexcept {
  if (this != &other) {
    if (state_) static_cast<void>(close());
    state_ = std::move(other.state_);
  }
  return *this;
}

Writer::~Writer() {
  if (state_) static_cast<void>(close());
}

base::Result<Writer> Writer::create(const std::filesystem::path& path, const Header& header) {
  const int number = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (number < 0) return base::system_error("cannot create the journal", errno, path.string());
  auto state = std::make_unique<State>(FileDescriptor(number), path);
  state->line = header_to_json(header);
  if (auto written = state->write_line(); !written) {
    ::unlink(path.c_str());  // ours, and empty: it would pass for a run that was recorded
    return std::unexpected(std::move(written).error());
  }
  return Writer(std::move(state));
}

base::Result<EventIndex> Writer::append(base::Instant time, const Event& event) {
  ERIS_ASSERT(state_ != nullptr, "a journal is not written after close()");
  state_->line.clear();
  append_event(state_->line, state_->next_index, time, event);
  ERIS_CHECK_OK(state_->write_line());
  return state_->next_index++;
}

base::Result<void> Writer::close() {
  if (!state_) return {};
  const std::unique_ptr<State> state = std::move(state_);
  return state->finish();
}

}  // namespace eris::journal
