// What the tests of nodes share: a directory that goes away, and waiting for a condition.
// Thread rule: as its user.
#pragma once

#include <chrono>
#include <concepts>
#include <filesystem>
#include <string>
#include <thread>

#include <stdlib.h>
#include <unistd.h>

#include "harness/base/assert.hpp"

namespace eris::node {

/// A fresh directory, removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "eris-test-XXXXXX").string();
    ERIS_ASSERT(::mkdtemp(name.data()) != nullptr, "a temporary directory can be made");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A loopback address that no other process of this machine uses; `node` is below 256.
[[nodiscard]] inline std::string test_address(unsigned node) {
  const auto own = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(224 + own / 256 % 32) + "." + std::to_string(own % 256) + "." +
         std::to_string(node);
}

/// Asks again every millisecond until the condition holds; false when it never did in `deadline`.
template <std::predicate Condition>
[[nodiscard]] bool eventually(Condition condition,
                              std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace eris::node
