#include "adapters/reference/quorum/process/adapter.hpp"

#include <algorithm>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::quorum {
namespace {

using testing::Contains;

TEST(QuorumSystem, TellsANodeItsOptions) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  const auto set = [&](std::string_view name, std::string_view value) {
    const auto option = std::ranges::find(type.schema.options, name, &model::OptionSchema::name);
    ASSERT_TRUE(options.set_from_text(*option, value).has_value());
  };
  set("bug", "no-write-back");
  set("mode", "abd");
  set("sloppy", "false");
  set("peer-port", "7101");
  const auto system = type.make(options, 3);
  ASSERT_TRUE(system.has_value()) << base::to_text(system.error());
  const adapters::NodeAddress self{.id = NodeId(1), .host = "10.0.0.1"};
  const auto arguments =
      (*system)
          ->launch({.self = self, .all = {self}, .data_directory = "/data", .seed = 9})
          .arguments;
  EXPECT_THAT(arguments, Contains("n1=10.0.0.1:7101:7000"));
  EXPECT_THAT(arguments, Contains("no-write-back"));
  EXPECT_THAT(arguments, testing::IsSupersetOf({"--mode", "abd", "--strict"}));
}

TEST(QuorumSystem, RefusesOptionsThatContradictEachOther) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  for (const model::OptionSchema& option : type.schema.options)
    if (option.name == "peer-port") {
      ASSERT_TRUE(options.set_from_text(option, "7000").has_value());
    }
  EXPECT_FALSE(type.make(options, 3).has_value());
}

TEST(QuorumSystem, UnderstandsWhatItsConflictsAllow) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  const auto conflict =
      std::ranges::find(type.schema.options, std::string("conflict"), &model::OptionSchema::name);
  ASSERT_TRUE(options.set_from_text(*conflict, "siblings").has_value());
  const auto sets = type.make(options, 5);
  ASSERT_TRUE(sets.has_value());
  EXPECT_EQ((*sets)->promised_consistency(), "lossless");
  EXPECT_THAT((*sets)->functions(), Contains(model::function::add));
  const auto registers = type.make(model::Options(type.schema.options), 5);
  ASSERT_TRUE(registers.has_value());
  EXPECT_EQ((*registers)->promised_consistency(), "convergent");
  EXPECT_THAT((*registers)->functions(), Contains(model::function::write));
}

}  // namespace
}  // namespace eris::quorum
