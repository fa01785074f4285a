// A directory for one test's files, removed with all that is in it when the test ends.
// Thread rule: one owner.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <unistd.h>

#include "harness/base/assert.hpp"

namespace eris::model::testing {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "eris-model-XXXXXX").string();
    ERIS_ASSERT(::mkdtemp(name.data()) != nullptr, "a test can make a temporary directory");
    path_ = name;
  }
  ~ScratchDirectory() {
    std::error_code ignored;  // a leftover in the temporary directory harms no test
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  friend std::filesystem::path operator/(const ScratchDirectory& directory,
                                         const std::filesystem::path& name) {
    return directory.path() / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace eris::model::testing
