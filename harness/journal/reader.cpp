#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/journal/journal.hpp"
#include "harness/model/document_codec.hpp"
#include "harness/model/event_codec.hpp"

namespace eris::journal {

using namespace model;  // NOLINT(google-build-using-namespace): the vocabulary of every line

namespace {

/// A file mapped for reading, followed by at least EventDecoder::padding_bytes of zeros.
///
/// The bytes from a file's end to the end of its last page are zeros, but a file may fill that
/// page. So the file is laid over the front of an anonymous mapping that is a page longer.
/// A file that is cut while it is mapped would be a SIGBUS; only a writer's close() cuts a
/// journal, and only zeros that this reader does not look at twice.
class MappedFile {
 public:
  static base::Result<MappedFile> open(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)),
        mapped_bytes_(other.mapped_bytes_),
        file_bytes_(other.file_bytes_) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (begin_ != nullptr) ::munmap(begin_, mapped_bytes_);
  }
  [[nodiscard]] std::string_view text() const { return {begin_, file_bytes_}; }

 private:
  MappedFile(char* begin, std::size_t mapped_bytes, std::size_t file_bytes)
      : begin_(begin), mapped_bytes_(mapped_bytes), file_bytes_(file_bytes) {}
  static base::Result<MappedFile> map(int file, std::size_t bytes, const std::string& name);

  char* begin_;
  std::size_t mapped_bytes_;
  std::size_t file_bytes_;
};

base::Result<MappedFile> MappedFile::map(int file, std::size_t bytes, const std::string& name) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  static_assert(EventDecoder::padding_bytes <= 4096);
  const std::size_t mapped_bytes = (bytes + page - 1) / page * page + page;
  void* space =
      ::mmap(nullptr, mapped_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) return base::system_error("cannot map the journal", errno, name);
  MappedFile mapped(static_cast<char*>(space), mapped_bytes, bytes);
  if (bytes > 0 && ::mmap(space, bytes, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED)
    return base::system_error("cannot map the journal", errno, name);
  ::madvise(space, bytes, MADV_SEQUENTIAL);
  return mapped;
}

base::Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const std::string name = path.string();
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
    return base::usage_error("there is no such journal", name);
  if (file < 0) return base::system_error("cannot open the journal", errno, name);
  struct stat status{};
  auto mapped = [&]() -> base::Result<MappedFile> {
    if (::fstat(file, &status) != 0)
      return base::system_error("cannot look at the journal", errno, name);
    if (!S_ISREG(status.st_mode))
      return base::usage_error("a journal is a regular file, and this is none", name,
                               S_ISDIR(status.st_mode) ? "name the file inside it" : "");
    return map(file, static_cast<std::size_t>(status.st_size), name);
  }();
  ::close(file);
  return mapped;
}

/// What is left of a journal's text when its unfinished end is cut off.
struct WholeLines {
  std::string_view text;
  std::vector<std::string> remarks;
};

WholeLines whole_lines(std::string_view text) {
  WholeLines whole;
  const std::size_t last = text.find_last_not_of('\0');
  const std::size_t content_bytes = last == std::string_view::npos ? 0 : last + 1;
  if (content_bytes < text.size())
    whole.remarks.push_back(
        "the recorder did not close the journal: dropped the unused space at its end");
  text = text.substr(0, content_bytes);
  const std::size_t newline = text.rfind('\n');
  const std::size_t whole_bytes = newline == std::string_view::npos ? 0 : newline + 1;
  if (whole_bytes < text.size())
    whole.remarks.push_back(fmt::format("dropped a torn last line of {}",
                                        base::count_of(text.size() - whole_bytes, "byte")));
  whole.text = text.substr(0, whole_bytes);
  return whole;
}

class LineReader {
 public:
  LineReader(std::string_view text, std::string_view name) : rest_(text), name_(name) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  std::string_view next() {
    const auto* newline = static_cast<const char*>(std::memchr(rest_.data(), '\n', rest_.size()));
    ERIS_ASSERT(newline != nullptr, "every line left in a journal ends with a newline");
    const std::string_view line(rest_.data(), static_cast<std::size_t>(newline - rest_.data()));
    rest_.remove_prefix(line.size() + 1);
    ++number_;
    return line;
  }
  /// Says where: "FILE:LINE".
  [[nodiscard]] base::Error at_line(base::Error error) const {
    error.where = fmt::format("{}:{}", name_, number_);
    return error;
  }

 private:
  std::string_view rest_;
  std::string_view name_;
  std::size_t number_ = 0;
};

/// Nearly all events are operations, two lines each; how long lines are is told by those in the
/// middle. Memory reserved beyond need is never touched, and so costs none.
std::size_t estimated_operations(std::string_view text) {
  constexpr std::size_t sample_bytes_max = 64 * 1024;
  const std::string_view sample = text.substr(text.size() / 2, sample_bytes_max);
  const auto lines = static_cast<std::size_t>(std::ranges::count(sample, '\n')) + 1;
  return text.size() / sample.size() * lines / 2 * 9 / 8;
}

/// `text` has EventDecoder::padding_bytes readable bytes after its end.
base::Result<History> parse_padded(std::string_view text, std::string_view name) {
  WholeLines whole = whole_lines(text);
  if (whole.text.empty())
    return base::usage_error("the journal ends before its header does", std::string(name),
                             "the run was killed before it began; there is nothing to check");
  HistoryBuilder builder;
  for (std::string& remark : whole.remarks) builder.remark(std::move(remark));
  builder.reserve(estimated_operations(whole.text));
  LineReader lines(whole.text, name);
  auto header = parse_header(lines.next());
  if (!header) return std::unexpected(lines.at_line(std::move(header).error()));
  builder.set_header(std::move(*header));
  EventDecoder decoder;
  while (!lines.at_end()) {
    auto event = decoder.decode(lines.next());
    if (!event) return std::unexpected(lines.at_line(std::move(event).error()));
    if (auto added = builder.add(std::move(*event)); !added)
      return std::unexpected(lines.at_line(std::move(added).error()));
  }
  return builder.finish();
}

}  // namespace

base::Result<History> read(const std::filesystem::path& path) {
  ERIS_TRY(const MappedFile file, MappedFile::open(path));
  return parse_padded(file.text(), path.string());
}

base::Result<History> parse(std::string_view text, std::string_view name) {
  std::string padded;
  padded.reserve(text.size() + EventDecoder::padding_bytes);
  padded.append(text);
  padded.append(EventDecoder::padding_bytes, '\0');
  return parse_padded(std::string_view(padded).substr(0, text.size()), name);
}

}  // namespace eris::journal
