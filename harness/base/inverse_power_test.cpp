#include "harness/base/inverse_power.hpp"

#include <cmath>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::base {
namespace {

TEST(InversePower, IsWhatItsNameSaysToTheLastUnitOrTwo) {
  const double unit = std::pow(2.0, inverse_power_bits);
  for (const double exponent : {0.0, 0.5, 0.99, 1.0, 2.5, 10.0})
    for (const std::uint64_t n : {1, 2, 3, 7, 100, 1'023, 54'321, 1'000'000})
      EXPECT_NEAR(static_cast<double>(inverse_power(n, exponent)),
                  std::pow(static_cast<double>(n), -exponent) * unit, 2)
          << n << " to the power of " << exponent;
}

TEST(InversePower, OfExponentZeroIsOne) {
  for (const std::uint64_t n : {1, 2, 3, 1'000'000})
    EXPECT_EQ(inverse_power(n, 0), std::uint64_t{1} << inverse_power_bits);
}

TEST(InversePower, NeverGrowsWithItsBase) {
  for (std::uint64_t n = 1; n < 5'000; ++n)
    EXPECT_GE(inverse_power(n, 0.99), inverse_power(n + 1, 0.99)) << n;
}

// A change would make saved seeds mean other runs.
TEST(InversePower, IsFixedForever) {
  EXPECT_THAT((std::vector{inverse_power(2, 0.99), inverse_power(3, 0.99), inverse_power(10, 1.5),
                           inverse_power(999'983, 0.99)}),
              testing::ElementsAre(2'162'420'578, 1'447'470'825, 135'818'791, 4'931));
}

}  // namespace
}  // namespace eris::base
