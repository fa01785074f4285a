// ScratchDirectory: a directory for the files of one test, so that tests that run at the same time
// do not meet, and leave nothing behind.
// Invariant: it is new, and goes away with all that is in it at the end of its scope.
// Thread rule: one owner.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include <stdlib.h>

#include "harness/base/assert.hpp"

namespace eris::base::testing {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "eris-test-XXXXXX").string();
    ERIS_ASSERT(::mkdtemp(name.data()) != nullptr, "the temporary directory can be written to");
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

}  // namespace eris::base::testing
