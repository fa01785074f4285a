#include "harness/journal/mapped_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace eris::journal {

MappedFile::~MappedFile() {
  if (begin_ != nullptr) ::munmap(begin_, mapped_bytes_);
}

base::Result<MappedFile> MappedFile::map(int file, std::size_t bytes, const std::string& name,
                                         std::string_view noun) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t mapped_bytes = (bytes + page - 1) / page * page + page;
  void* space =
      ::mmap(nullptr, mapped_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED)
    return base::system_error(fmt::format("cannot map the {}", noun), errno, name);
  MappedFile mapped(static_cast<char*>(space), mapped_bytes, bytes);
  if (bytes > 0 && ::mmap(space, bytes, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED)
    return base::system_error(fmt::format("cannot map the {}", noun), errno, name);
  ::madvise(space, bytes, MADV_SEQUENTIAL);
  return mapped;
}

base::Result<MappedFile> MappedFile::open(const std::filesystem::path& path,
                                          std::string_view noun) {
  const std::string name = path.string();
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
    return base::usage_error(fmt::format("there is no such {}", noun), name);
  if (file < 0) return base::system_error(fmt::format("cannot open the {}", noun), errno, name);
  struct stat status{};
  auto mapped = [&]() -> base::Result<MappedFile> {
    if (::fstat(file, &status) != 0)
      return base::system_error(fmt::format("cannot look at the {}", noun), errno, name);
    if (!S_ISREG(status.st_mode))
      return base::usage_error(fmt::format("a {} is a regular file, and this is none", noun), name,
                               S_ISDIR(status.st_mode) ? "name the file inside it" : "");
    return map(file, static_cast<std::size_t>(status.st_size), name, noun);
  }();
  ::close(file);
  return mapped;
}

}  // namespace eris::journal
