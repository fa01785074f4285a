#include "harness/base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::base {
namespace {

using namespace std::chrono_literals;

TEST(Time, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("250ms"), Duration(250ms));
  EXPECT_EQ(parse_duration("1.5s"), Duration(1500ms));
  EXPECT_EQ(parse_duration("2m"), Duration(2min));
  EXPECT_EQ(parse_duration("1h"), Duration(1h));
  EXPECT_EQ(parse_duration("80us"), Duration(80us));
  EXPECT_EQ(parse_duration("0"), Duration(0));
}

TEST(Time, RefusesWhatIsNotADuration) {
  for (const char* text : {"", "s", "20", "20 s", "-1s", "1e300s", "5x", "nan"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

RC_GTEST_PROP(Time, TextReadsBackExactly, ()) {
  const Duration duration(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000));
  // Beyond 2^53 ns a double cannot hold every nanosecond; the range above stays far below.
  RC_ASSERT(parse_duration(to_text(duration)).value() == duration);
}

}  // namespace
}  // namespace eris::base
