// Shared by the tests of harness/live.
// Thread rule: call while the test program has one thread.
#pragma once

#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace eris::live::testing {

/// Why live tests cannot run on this machine; empty when they can.
[[nodiscard]] std::string reason_to_skip();

/// Runs test code in a sandbox; its failures are the test's. Messages go to this one's stdout.
void in_sandbox(const std::function<void()>& test);

}  // namespace eris::live::testing

/// First line of a test that needs namespaces.
#define ERIS_SKIP_WITHOUT_NAMESPACES()                                                     \
  if (const std::string reason = ::eris::live::testing::reason_to_skip(); !reason.empty()) \
  GTEST_SKIP() << reason
