#include "adapters/reference/paxos/process/adapter.hpp"

#include <algorithm>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

namespace eris::paxos {
namespace {

using testing::Contains;

void set(model::Options& options, const adapters::SystemType& type, std::string_view name,
         std::string_view value) {
  const auto option = std::ranges::find(type.schema.options, name, &model::OptionSchema::name);
  ASSERT_NE(option, type.schema.options.end()) << name;
  ASSERT_TRUE(options.set_from_text(*option, value).has_value());
}

TEST(PaxosSystem, TellsANodeItsOptions) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  set(options, type, "bug", "ballot-reused");
  set(options, type, "read-mode", "lease");
  set(options, type, "alpha", "7");
  set(options, type, "peer-port", "7101");
  const auto system = type.make(options, 3);
  ASSERT_TRUE(system.has_value()) << base::to_text(system.error());
  const adapters::NodeAddress self{.id = NodeId(1), .host = "10.0.0.1"};
  const auto arguments =
      (*system)
          ->launch({.self = self, .all = {self}, .data_directory = "/data", .seed = 9})
          .arguments;
  EXPECT_THAT(arguments, Contains("n1=10.0.0.1:7101:7000"));
  EXPECT_THAT(arguments, Contains("ballot-reused"));
  EXPECT_THAT(arguments, Contains("--lease"));
  EXPECT_THAT(arguments, Contains("7"));
}

TEST(PaxosSystem, RefusesOptionsThatContradictEachOther) {
  const adapters::SystemType type = system_type();
  model::Options options(type.schema.options);
  set(options, type, "peer-port", "7000");
  EXPECT_FALSE(type.make(options, 3).has_value());
}

TEST(PaxosSystem, RunsInVirtualTimeToo) {
  const adapters::SystemType type = system_type();
  const auto system = type.make(model::Options(type.schema.options), 3);
  ASSERT_TRUE(system.has_value());
  EXPECT_NE((*system)->simulated(), nullptr);
}

}  // namespace
}  // namespace eris::paxos
