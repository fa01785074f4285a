#include "harness/live/testing/live_test_support.hpp"

#include <optional>
#include <string>

#include "harness/base/testing/scratch_directory.hpp"
#include "harness/live/doctor.hpp"
#include "harness/live/sandbox.hpp"

namespace eris::live::testing {

std::string reason_to_skip() {
  static const std::optional<base::Error> error = why_no_live_runs();
  return error ? base::to_text(*error) : std::string();
}

void in_sandbox(const std::function<void()>& test) {
  const base::testing::ScratchDirectory directory;
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
