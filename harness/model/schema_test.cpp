#include "harness/model/schema.hpp"

#include <gtest/gtest.h>

namespace eris::model {
namespace {

using namespace std::chrono_literals;

const std::vector<OptionSchema>& schema() {
  static const std::vector<OptionSchema> options{
      {.name = "fsync", .kind = OptionKind::boolean, .default_value = true},
      {.name = "keys",
       .kind = OptionKind::integer,
       .default_value = std::int64_t{10},
       .minimum = 1,
       .maximum = 1000},
      {.name = "skew", .kind = OptionKind::real, .default_value = 0.5, .minimum = 0},
      {.name = "path", .kind = OptionKind::text, .default_value = std::string("etcd")},
      {.name = "heartbeat",
       .kind = OptionKind::duration,
       .default_value = base::Duration(50ms),
       .minimum = 0.001,
       .maximum = 10},
      {.name = "segment",
       .kind = OptionKind::bytes,
       .default_value = std::int64_t{65536},
       .minimum = 4096},
      {.name = "shape",
       .kind = OptionKind::choice,
       .default_value = std::string("halves"),
       .choices = {"halves", "bridge"}},
      {.name = "targets",
       .kind = OptionKind::text_list,
       .default_value = std::vector<std::string>{"leader"},
       .choices = {"leader", "minority"}},
  };
  return options;
}

std::string refusal(std::string_view name, OptionValue value) {
  Options options(schema());
  const auto set = options.set(*find(schema(), name), std::move(value));
  return set ? "accepted" : base::to_text(set.error());
}

std::string text_refusal(std::string_view name, std::string_view text) {
  Options options(schema());
  const auto set = options.set_from_text(*find(schema(), name), text);
  return set ? "accepted" : base::to_text(set.error());
}

TEST(Options, BeginWithTheDefaults) {
  const Options options(schema());
  EXPECT_TRUE(options.boolean("fsync"));
  EXPECT_EQ(options.integer("keys"), 10);
  EXPECT_EQ(options.real("skew"), 0.5);
  EXPECT_EQ(options.text("path"), "etcd");
  EXPECT_EQ(options.duration("heartbeat"), 50ms);
  EXPECT_EQ(options.integer("segment"), 65536);
  EXPECT_EQ(options.text("shape"), "halves");
  EXPECT_EQ(options.text_list("targets"), std::vector<std::string>{"leader"});
}

TEST(Options, TakeWhatPeopleWrite) {
  Options options(schema());
  const auto set = [&](std::string_view name, OptionValue value) {
    return options.set(*find(schema(), name), std::move(value)).has_value();
  };
  EXPECT_TRUE(set("heartbeat", std::string("100ms")));
  EXPECT_TRUE(set("segment", std::string("64KiB")));
  EXPECT_TRUE(set("skew", std::int64_t{2}));
  EXPECT_EQ(options.duration("heartbeat"), 100ms);
  EXPECT_EQ(options.integer("segment"), 65536);
  EXPECT_EQ(options.real("skew"), 2.0);
}

TEST(Options, RefuseOtherKinds) {
  EXPECT_EQ(refusal("fsync", std::string("yes")), "'fsync' must be true or false, not text");
  EXPECT_EQ(refusal("keys", 1.5), "'keys' must be a whole number, not a number");
  EXPECT_EQ(refusal("keys", std::string("3")), "'keys' must be a whole number, not text");
  EXPECT_EQ(refusal("skew", true), "'skew' must be a number, not true or false");
  EXPECT_EQ(refusal("heartbeat", std::int64_t{5}),
            "'heartbeat' must be a duration such as \"250ms\", not a whole number");
  EXPECT_EQ(
      refusal("heartbeat", std::string("fast")),
      "'heartbeat': 'fast' is not a duration; write a number and a unit: 250ms, 20s, 1.5m, 1h");
  EXPECT_EQ(refusal("segment", std::string("big")),
            "'segment': 'big' is not a size; write a number and a unit: 512, 64KiB, 2GiB, 10MB");
  EXPECT_EQ(refusal("targets", std::string("leader")),
            "'targets' must be a list of text, not text");
  EXPECT_EQ(refusal("path", std::string("\xff")), "'path' must be UTF-8");
}

TEST(Options, RefuseValuesOutOfRange) {
  EXPECT_EQ(refusal("keys", std::int64_t{0}), "'keys' must be at least 1, not 0");
  EXPECT_EQ(refusal("keys", std::int64_t{1001}), "'keys' must be at most 1000, not 1001");
  EXPECT_EQ(refusal("skew", -0.5), "'skew' must be at least 0, not -0.5");
  EXPECT_EQ(refusal("skew", std::numeric_limits<double>::quiet_NaN()), "'skew' must be finite");
  EXPECT_EQ(refusal("heartbeat", base::Duration(1us)), "'heartbeat' must be at least 1ms, not 1us");
  EXPECT_EQ(refusal("heartbeat", std::string("1m")), "'heartbeat' must be at most 10s, not 1m");
  EXPECT_EQ(refusal("segment", std::int64_t{512}), "'segment' must be at least 4KiB, not 512");
}

TEST(Options, RefuseUnknownChoices) {
  EXPECT_EQ(refusal("shape", std::string("halve")),
            "'shape' cannot be 'halve'; did you mean 'halves'?");
  EXPECT_EQ(refusal("targets", std::vector<std::string>{"leader", "minorty"}),
            "'targets' cannot be 'minorty'; did you mean 'minority'?");
}

TEST(Options, ReadText) {
  Options options(schema());
  const auto set = [&](std::string_view name, std::string_view text) {
    return options.set_from_text(*find(schema(), name), text).has_value();
  };
  EXPECT_TRUE(set("fsync", "false"));
  EXPECT_TRUE(set("keys", "42"));
  EXPECT_TRUE(set("skew", "1.25"));
  EXPECT_TRUE(set("heartbeat", "1.5s"));
  EXPECT_TRUE(set("segment", "2MiB"));
  EXPECT_TRUE(set("shape", "bridge"));
  EXPECT_TRUE(set("targets", "leader,minority"));
  EXPECT_FALSE(options.boolean("fsync"));
  EXPECT_EQ(options.integer("keys"), 42);
  EXPECT_EQ(options.real("skew"), 1.25);
  EXPECT_EQ(options.duration("heartbeat"), 1500ms);
  EXPECT_EQ(options.integer("segment"), 2 << 20);
  EXPECT_EQ(options.text("shape"), "bridge");
  EXPECT_EQ(options.text_list("targets"), (std::vector<std::string>{"leader", "minority"}));
  EXPECT_TRUE(set("targets", ""));
  EXPECT_TRUE(options.text_list("targets").empty());
}

TEST(Options, RefuseTextThatIsNotTheirKind) {
  EXPECT_EQ(text_refusal("fsync", "yes"), "'fsync' must be true or false, not 'yes'");
  EXPECT_EQ(text_refusal("keys", "4x"), "'keys' must be a whole number, not '4x'");
  EXPECT_EQ(text_refusal("keys", "99999999999999999999"),
            "'keys' must be a whole number, not '99999999999999999999'");
  EXPECT_EQ(text_refusal("skew", ""), "'skew' must be a number, not ''");
  EXPECT_EQ(text_refusal("skew", "inf"), "'skew' must be finite");
  EXPECT_EQ(text_refusal("keys", "0"), "'keys' must be at least 1, not 0");
}

TEST(Options, ReadBackTheirOwnText) {
  const Options defaults(schema());
  Options read(schema());
  for (const auto& [name, value] : defaults.values())
    EXPECT_TRUE(read.set_from_text(*find(schema(), name), to_text(value))) << name;
  EXPECT_EQ(read, defaults);
}

TEST(OptionsDeathTest, AskingForWhatTheSchemaDoesNotHaveIsABug) {
  const Options options(schema());
  EXPECT_DEATH(static_cast<void>(options.integer("kees")), "option that the schema does not have");
  EXPECT_DEATH(static_cast<void>(options.integer("path")), "for a kind that the schema does not");
}

}  // namespace
}  // namespace eris::model
