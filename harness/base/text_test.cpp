#include "harness/base/text.hpp"

#include <gtest/gtest.h>

namespace eris::base {
namespace {

TEST(Text, ProposesTheNearestName) {
  const std::vector<std::string> faults{"partition", "kill", "pause"};
  EXPECT_EQ(nearest("partitoin", faults), "partition");
  EXPECT_EQ(nearest("kil", faults), "kill");
  EXPECT_EQ(nearest("part", faults), "partition");
  EXPECT_EQ(nearest("meteor", faults), std::nullopt);
}

TEST(Text, ListsTheChoicesWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("meteor", {"kill", "pause"}), "one of: kill, pause");
}

TEST(Text, SplitsAndJoins) {
  EXPECT_EQ(split("a,b,,c", ','), (std::vector<std::string>{"a", "b", "", "c"}));
  EXPECT_EQ(join_words({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(with_separators(1234567), "1,234,567");
  EXPECT_EQ(count_of(1, "operation"), "1 operation");
  EXPECT_EQ(trim("  x \n"), "x");
}

TEST(Text, ReadsSizes) {
  EXPECT_EQ(parse_bytes("2GiB"), 2ull << 30);
  EXPECT_EQ(parse_bytes("10MB"), 10'000'000u);
  EXPECT_EQ(parse_bytes("512"), 512u);
  EXPECT_FALSE(parse_bytes("two"));
  EXPECT_EQ(bytes_to_text(2ull << 30), "2GiB");
}

TEST(Text, NamesNodes) {
  EXPECT_EQ(to_text(NodeId(3)), "n3");
  EXPECT_EQ(parse_node("n12"), NodeId(12));
  EXPECT_EQ(parse_node("n0"), std::nullopt);
  EXPECT_EQ(parse_node("m1"), std::nullopt);
}

}  // namespace
}  // namespace eris::base
