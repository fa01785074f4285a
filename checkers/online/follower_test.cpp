#include "checkers/online/follower.hpp"

#include <gtest/gtest.h>

namespace eris::checkers::online {
namespace {

TEST(Follower, FindsNothingInNothing) {
  Follower follower(*find_object("register"));
  follower.catch_up();
  EXPECT_FALSE(follower.violation().has_value());
}

}  // namespace
}  // namespace eris::checkers::online
