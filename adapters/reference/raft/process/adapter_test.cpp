#include "adapters/reference/raft/process/adapter.hpp"

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::raft {
namespace {

using base::NodeId;
using testing::Contains;

TEST(System, TellsANodeItsOptions) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  const auto set = [&](std::string_view name, std::string_view value) {
    const auto option = std::ranges::find(type.schema.options, name, &model::OptionSchema::name);
    ASSERT_TRUE(options.set_from_text(*option, value).has_value());
  };
  set("bug", "stale-read");
  set("read-mode", "lease");
  set("peer-port", "7101");
  const auto system = type.make(options, 3);
  ASSERT_TRUE(system.has_value()) << base::to_text(system.error());
  const adapters::NodeAddress self{.id = NodeId(1), .host = "10.0.0.1"};
  const auto arguments =
      (*system)
          ->launch({.self = self, .all = {self}, .data_directory = "/data", .seed = 9})
          .arguments;
  EXPECT_THAT(arguments, Contains("n1=10.0.0.1:7101:7000"));
  EXPECT_THAT(arguments, Contains("stale-read"));
  EXPECT_THAT(arguments, Contains("--lease"));
}

TEST(System, RefusesOptionsThatContradictEachOther) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  for (const model::OptionSchema& option : type.schema.options)
    if (option.name == "peer-port") {
      ASSERT_TRUE(options.set_from_text(option, "7000").has_value());
    }
  EXPECT_FALSE(type.make(options, 3).has_value());
}

}  // namespace
}  // namespace eris::raft
