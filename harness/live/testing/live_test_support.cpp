#include "harness/live/testing/live_test_support.hpp"

#include <optional>
#include <string>
#include <thread>

#include <stdlib.h>

#include "harness/base/assert.hpp"
#include "harness/live/doctor.hpp"
#include "harness/live/sandbox.hpp"

namespace eris::live::testing {

ScratchDirectory::ScratchDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "eris-test-XXXXXX";
  ERIS_ASSERT(::mkdtemp(name.data()) != nullptr, "a temporary directory can be made");
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return condition();
}

std::string reason_to_skip() {
  static const std::optional<base::Error> error = why_no_live_runs();
  return error ? base::to_text(*error) : std::string();
}

void in_sandbox(const std::function<void()>& test) {
  const ScratchDirectory directory;
  const auto code = run_in_sandbox({.run_directory = directory.path()}, [&] {
    test();
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  if (!code)
    ADD_FAILURE() << base::to_text(code.error());
  else
    EXPECT_EQ(*code, 0) << "the test failed inside the sandbox; see above";
}

}  // namespace eris::live::testing
