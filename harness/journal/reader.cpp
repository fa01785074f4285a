#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "harness/journal/journal.hpp"
#include "harness/journal/mapped_file.hpp"
#include "harness/model/document_codec.hpp"
#include "harness/model/event_codec.hpp"

namespace eris::journal {

using namespace model;  // NOLINT(google-build-using-namespace): the vocabulary of every line

namespace {

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
  static_assert(EventDecoder::padding_bytes <= MappedFile::padding_bytes);
  ERIS_TRY(const MappedFile file, MappedFile::open(path, "journal"));
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
