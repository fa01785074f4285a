#include "adapters/etcd/base64.hpp"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace eris::adapters::etcd {
namespace {

TEST(Base64, MatchesTheVectorsOfRfc4648) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
}

RC_GTEST_PROP(Base64, ReadsBackWhatItWrote, (const std::string& bytes)) {
  RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
}

TEST(Base64, CarriesBytesThatAreNotText) {
  const std::string bytes("\0\xff\x80\n", 4);
  EXPECT_EQ(to_base64(bytes), "AP+ACg==");
  EXPECT_EQ(from_base64("AP+ACg=="), bytes);
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  EXPECT_FALSE(from_base64("Zg"));        // padding missing
  EXPECT_FALSE(from_base64("Zg="));       // padding short
  EXPECT_FALSE(from_base64("Z==="));      // padding long
  EXPECT_FALSE(from_base64("Zg==Zg=="));  // padding inside
  EXPECT_FALSE(from_base64("Zm9-"));      // the other alphabet
  EXPECT_FALSE(from_base64("Zh=="));      // stray bits in the last digit
  EXPECT_FALSE(from_base64("===="));
}

}  // namespace
}  // namespace eris::adapters::etcd
