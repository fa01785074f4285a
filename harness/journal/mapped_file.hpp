// MappedFile: a file's bytes for reading, without a copy of them, followed by zeros.
//
// Why the zeros: parsers that look several bytes at a time, or that end at a NUL, need no check for
// the end. The bytes from a file's end to the end of its last page are zeros, but a file may fill
// that page; so the file is laid over the front of an anonymous mapping that is a page longer.
// A file that is cut while it is mapped would be a SIGBUS. Of a journal only the writer's close()
// cuts anything, and only zeros that its reader does not look at twice.
// Thread rule: safe to read from many threads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/result.hpp"

namespace eris::journal {

class MappedFile {
 public:
  /// How many zero bytes follow the text, at least.
  static constexpr std::size_t padding_bytes = 4096;

  /// `noun` is what the file should be, for messages: "journal". Errors: usage (no such file, not
  /// a regular one), environment.
  static base::Result<MappedFile> open(const std::filesystem::path& path, std::string_view noun);
  MappedFile(MappedFile&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)),
        mapped_bytes_(other.mapped_bytes_),
        file_bytes_(other.file_bytes_) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();
  [[nodiscard]] std::string_view text() const { return {begin_, file_bytes_}; }

 private:
  MappedFile(char* begin, std::size_t mapped_bytes, std::size_t file_bytes)
      : begin_(begin), mapped_bytes_(mapped_bytes), file_bytes_(file_bytes) {}
  static base::Result<MappedFile> map(int file, std::size_t bytes, const std::string& name,
                                      std::string_view noun);

  char* begin_;
  std::size_t mapped_bytes_;
  std::size_t file_bytes_;
};

}  // namespace eris::journal
