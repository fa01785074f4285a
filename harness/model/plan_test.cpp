#include "harness/model/plan.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/model/testing/generators.hpp"

namespace eris::model {
namespace {

using testing::catalogue;

constexpr std::string_view minimal = R"([system]
name = "raft"
[workload]
name = "register"
)";

constexpr std::string_view full = R"(name = "nightly"
seed = 7
engine = "sim"
nodes = 3
concurrency = 20
rate = 500
time-limit = "1m"
operation-timeout = "250ms"
ready-timeout = "10s"
quiet-period = "0s"

[system]
name = "raft"
fsync = false
heartbeat = "20ms"
segment = "1MiB"
bugs = ["stale-read"]

[workload]
name = "kv"
skew = 1

[[fault]]
name = "partition"
shape = "bridge"
start = "1s"
every = "10s"
for = "3s"
jitter = 0.5

[[fault]]
name = "kill"

[[schedule]]
fault = "partition"
at = "1500ms"
for = "2s"
do = "cut"
links = [["n1", "n2"], ["n2", "n1"]]
description = "n1 without n2"

[[schedule]]
fault = "kill"
at = "0s"
for = "300ms"
do = "kill"
nodes = ["n3"]

[check]
consistency = "sequential"
time-budget = "5s"
memory-budget = "512MiB"
threads = 2
)";

std::string refusal(std::string_view toml) {
  const auto plan = parse_plan(toml, "plan.toml", catalogue());
  return plan ? "accepted" : base::to_text(plan.error());
}

/// The minimal plan with lines before and after it.
std::string around(std::string_view before, std::string_view after = {}) {
  return std::string(before) + "\n" + std::string(minimal) + std::string(after);
}

/// The minimal plan with an injection whose action these lines say.
std::string scheduled(std::string_view action) {
  return around("", "[[schedule]]\nfault = \"kill\"\nat = \"1s\"\n" +
                        ("for = \"1s\"\n" + std::string(action)));
}

TEST(Plan, NeedsOnlyASystemAndAWorkload) {
  const auto plan = parse_plan(minimal, "plan.toml", catalogue());
  ASSERT_TRUE(plan) << base::to_text(plan.error());
  Plan expected;
  expected.system = *resolve(catalogue().systems, "system", "raft", {});
  expected.workload = *resolve(catalogue().workloads, "workload", "register", {});
  EXPECT_EQ(*plan, expected);
}

TEST(Plan, ReadsEveryKey) {
  const auto plan = parse_plan(full, "plan.toml", catalogue());
  ASSERT_TRUE(plan) << base::to_text(plan.error());
  EXPECT_EQ(plan->name, "nightly");
  EXPECT_EQ(plan->seed, 7u);
  EXPECT_EQ(plan->engine, "sim");
  EXPECT_EQ(plan->nodes, 3u);
  EXPECT_EQ(plan->concurrency, 20u);
  EXPECT_EQ(plan->rate, 500.0);
  EXPECT_EQ(plan->time_limit, 1min);
  EXPECT_EQ(plan->operation_timeout, 250ms);
  EXPECT_EQ(plan->ready_timeout, 10s);
  EXPECT_EQ(plan->quiet_period, 0s);
  EXPECT_FALSE(plan->system.options.boolean("fsync"));
  EXPECT_EQ(plan->system.options.duration("heartbeat"), 20ms);
  EXPECT_EQ(plan->system.options.integer("segment"), 1 << 20);
  EXPECT_EQ(plan->system.options.text_list("bugs"), std::vector<std::string>{"stale-read"});
  EXPECT_EQ(plan->workload.options.real("skew"), 1.0);
  ASSERT_EQ(plan->faults.size(), 2u);
  EXPECT_EQ(plan->faults[0].fault.options.text("shape"), "bridge");
  EXPECT_EQ(plan->faults[0].start, 1s);
  EXPECT_EQ(plan->faults[0].every, 10s);
  EXPECT_EQ(plan->faults[0].duration, 3s);
  EXPECT_EQ(plan->faults[0].jitter, 0.5);
  EXPECT_EQ(plan->faults[1].fault.name, "kill");
  EXPECT_EQ(plan->faults[1].every, FaultPlan{}.every);
  ASSERT_EQ(plan->schedule.size(), 2u);
  const base::NodeId n1(1), n2(2), n3(3);
  EXPECT_EQ(plan->schedule[0], (PlannedInjection{.fault = "partition",
                                                 .at = 1500ms,
                                                 .duration = 2s,
                                                 .action = Cut{{{n1, n2}, {n2, n1}}},
                                                 .description = "n1 without n2"}));
  EXPECT_EQ(plan->schedule[1].action, FaultAction(Kill{{n3}}));
  EXPECT_EQ(plan->check.consistency, "sequential");
  EXPECT_EQ(plan->check.time_budget, 5s);
  EXPECT_EQ(plan->check.memory_budget_bytes, 512ull << 20);
  EXPECT_EQ(plan->check.threads, 2u);
}

TEST(Plan, TakesTheLargestSeed) {
  const auto plan = parse_plan(around("seed = \"18446744073709551615\""), "plan.toml", catalogue());
  ASSERT_TRUE(plan) << base::to_text(plan.error());
  EXPECT_EQ(plan->seed, std::numeric_limits<std::uint64_t>::max());
}

TEST(Plan, MembersHaveTheDefaultsOfTheirSchema) {
  Plan plan;
  plan.system = *resolve(catalogue().systems, "system", "etcd", {});
  plan.workload = *resolve(catalogue().workloads, "workload", "kv", {});
  plan.faults = {{.fault = *resolve(catalogue().faults, "fault", "kill", {})}};
  const auto valid = validate(plan, catalogue());
  EXPECT_TRUE(valid) << base::to_text(valid.error());
}

struct Malformed {
  std::string toml;
  std::string message;
};

const std::vector<Malformed>& malformed_plans() {
  static const std::vector<Malformed> plans{
      // Unknown keys.
      {around("nodez = 3"), "plan.toml:1:1: unknown key 'nodez'; did you mean 'nodes'?"},
      {around("", "[[fault]]\nname = \"kill\"\nevry = \"5s\"\n"),
       "plan.toml:8:1: unknown key 'evry' in [[fault]]; did you mean 'every'?"},
      {around("", "key = 3\n"),
       "plan.toml:6:1: unknown key 'key' in [workload]; did you mean 'keys'?"},
      {"[system]\nname = \"raft\"\n  heart-beat = \"1s\"\n[workload]\nname = \"kv\"\n",
       "plan.toml:3:3: unknown key 'heart-beat' in [system]; did you mean 'heartbeat'?"},
      {around("", "[check]\nbudget = \"1s\"\n"),
       "plan.toml:7:1: unknown key 'budget' in [check]; "
       "one of: consistency, time-budget, memory-budget, threads"},
      {around("[faults]"), "plan.toml:1:2: unknown key 'faults'; did you mean 'fault'?"},
      {around("b = 1\na = 1"),
       "plan.toml:1:1: unknown key 'b'; one of: seed, system, workload, fault, schedule, check, "
       "name, "
       "engine, "
       "nodes, concurrency, rate, time-limit, operation-timeout, ready-timeout, quiet-period, "
       "quirks, fail-fast"},
      // Unknown names.
      {"[system]\nname = \"raftt\"\n[workload]\nname = \"kv\"\n",
       "plan.toml:2:8: unknown system 'raftt'; did you mean 'raft'?"},
      {"[system]\nname = \"raft\"\n[workload]\nname = \"regster\"\n",
       "plan.toml:4:8: unknown workload 'regster'; did you mean 'register'?"},
      {around("", "[[fault]]\nname = \"partitoin\"\n"),
       "plan.toml:7:8: unknown fault 'partitoin'; did you mean 'partition'?"},
      {around("", "[[fault]]\nname = \"meteor\"\n"),
       "plan.toml:7:8: unknown fault 'meteor'; one of: partition, kill"},
      {around("", "[[fault]]\nname = \"partition\"\nshape = \"halve\"\n"),
       "plan.toml:8:9: 'shape' cannot be 'halve'; did you mean 'halves'?"},
      {around("engine = \"life\""),
       "plan.toml:1:10: 'engine' cannot be 'life'; did you mean 'live'?"},
      {around("", "[check]\nconsistency = \"linearisable\"\n"),
       "plan.toml:7:15: unknown consistency 'linearisable'; did you mean 'linearizable'?"},
      // Wrong types.
      {around("nodes = \"5\""), "plan.toml:1:9: 'nodes' must be a whole number, not text"},
      {around("nodes = 2.5"), "plan.toml:1:9: 'nodes' must be a whole number, not a number"},
      {around("rate = true"), "plan.toml:1:8: 'rate' must be a number, not true or false"},
      {around("name = 5"), "plan.toml:1:8: 'name' must be text, not a whole number"},
      {around("time-limit = 20"),
       "plan.toml:1:14: 'time-limit' must be a duration such as \"250ms\", not a whole number"},
      {around("time-limit = 20:00:00"), "plan.toml:1:14: 'time-limit' cannot be a date or time"},
      {around("quiet-period = {}"), "plan.toml:1:16: 'quiet-period' cannot be a table"},
      {"system = \"raft\"\n[workload]\nname = \"kv\"\n",
       "plan.toml:1:10: 'system' must be a table, not text; write [system] on a line of its own"},
      {around("", "[fault]\nname = \"kill\"\n"),
       "plan.toml:6:1: 'fault' must be a list of tables, not a table; "
       "write [[fault]], with two brackets, once for each fault"},
      {around("fault = [\"kill\"]"),
       "plan.toml:1:10: a fault must be a table, not text; write [[fault]] on a line of its own"},
      {scheduled("do = \"kil\"\nnodes = [\"n1\"]\n"),
       "plan.toml:10:6: unknown action 'kil'; did you mean 'kill'?"},
      {scheduled("do = \"kill\"\nnodes = [\"n6\"]\n"),
       "plan.toml:10:6: there is no node n6: the cluster has 5 nodes"},
      {scheduled("do = \"restart\"\nnodes = [\"n1\"]\n"),
       "plan.toml:10:6: \"restart n1\" undoes an action; plan the action itself, and say with "
       "'for' "
       "when it ends"},
      {scheduled("do = \"kill\"\nnodes = []\n"),
       "plan.toml:10:6: it strikes nobody; name nodes or links"},
      {scheduled("do = \"kill\"\nnodes = [\"n1\"]\nlinks = []\n"),
       "plan.toml:10:6: 'kill' needs nodes and no links"},
      {around("", "[[schedule]]\nfault = \"kill\"\nat = \"1s\"\n"),
       "plan.toml:6:1: [[schedule]] has no 'for'"},
      {around("",
              "[[schedule]]\nfault = \"kill\"\nat = \"20s\"\nfor = \"1s\"\ndo = \"kill\"\n"
              "nodes = [\"n1\"]\n"),
       "plan.toml:8:6: it never strikes: 'at' is 20s and 'time-limit' 20s; lower 'at' or raise "
       "'time-limit'"},
      {around("",
              "[[schedule]]\nfault = \"kil\"\nat = \"1s\"\nfor = \"1s\"\ndo = \"kill\"\n"
              "nodes = [\"n1\"]\n"),
       "plan.toml:7:9: unknown fault 'kil'; did you mean 'kill'?"},
      {"[system]\nname = \"raft\"\nbugs = [\"stale-read\", 3]\n[workload]\nname = \"kv\"\n",
       "plan.toml:3:23: 'bugs' must hold text, not a whole number"},
      {"[system]\nname = 3\n[workload]\nname = \"kv\"\n",
       "plan.toml:2:8: 'name' must be text, not a whole number"},
      // Impossible values.
      {around("nodes = 0"), "plan.toml:1:9: 'nodes' must be at least 1, not 0"},
      {around("nodes = -3"), "plan.toml:1:9: 'nodes' must be at least 1, not -3"},
      {around("nodes = 5000000000"), "plan.toml:1:9: 'nodes' must be at most 100, not 5000000000"},
      {around("concurrency = 0"), "plan.toml:1:15: 'concurrency' must be at least 1, not 0"},
      {around("rate = -1"), "plan.toml:1:8: 'rate' must be at least 0, not -1"},
      {around("rate = inf"), "plan.toml:1:8: 'rate' must be finite"},
      {around("rate = nan"), "plan.toml:1:8: 'rate' must be finite"},
      {around("time-limit = \"0s\""), "plan.toml:1:14: 'time-limit' must be at least 1ns, not 0s"},
      {around("time-limit = \"20\""),
       "plan.toml:1:14: 'time-limit': '20' is not a duration; "
       "write a number and a unit: 250ms, 20s, 1.5m, 1h"},
      {around("time-limit = \"1000h\""),
       "plan.toml:1:14: 'time-limit' must be at most 720h, not 1000h"},
      {around("seed = -1"),
       "plan.toml:1:8: 'seed' must be a whole number from 0 to 18446744073709551615; "
       "write those above 9223372036854775807 in quotes"},
      {around("", "keys = 0\n"), "plan.toml:6:8: 'keys' must be at least 1, not 0"},
      {around("", "[[fault]]\nname = \"kill\"\njitter = 1.5\n"),
       "plan.toml:8:10: 'jitter' must be at most 1, not 1.5"},
      {around("", "[[fault]]\nname = \"kill\"\nevery = \"1s\"\nfor = \"2s\"\n"),
       "plan.toml:9:7: fault 'kill' lasts longer ('for' is 2s) than until its next injection "
       "('every' is 1s); lower 'for' or raise 'every'"},
      {around("", "[[fault]]\nname = \"kill\"\nevery = \"1s\"\n"),
       "plan.toml:6:1: fault 'kill' lasts longer ('for' is 2s) than until its next injection "
       "('every' is 1s); lower 'for' or raise 'every'"},
      {around("time-limit = \"5s\"", "[[fault]]\nname = \"kill\"\nstart = \"5s\"\n"),
       "plan.toml:8:9: fault 'kill' never strikes: 'start' is 5s and 'time-limit' 5s; "
       "lower 'start' or raise 'time-limit'"},
      {around("", "[check]\nmemory-budget = \"1KiB\"\n"),
       "plan.toml:7:17: 'memory-budget' must be at least 1MiB, not 1KiB"},
      {around("", "[check]\nthreads = -1\n"),
       "plan.toml:7:11: 'threads' must be at least 0, not -1"},
      // Missing parts.
      {"[workload]\nname = \"kv\"\n",
       "plan.toml: the plan has no [system]; add [system] and under it name = \"…\", "
       "one of: raft, etcd"},
      {"[system]\nname = \"raft\"\n",
       "plan.toml: the plan has no [workload]; add [workload] and under it name = \"…\", "
       "one of: register, kv"},
      {"[system]\nfsync = true\n[workload]\nname = \"kv\"\n",
       "plan.toml:1:1: [system] has no name; add name = \"…\", one of: raft, etcd"},
      {around("", "[[fault]]\nevery = \"5s\"\n"),
       "plan.toml:6:1: [[fault]] has no name; add name = \"…\", one of: partition, kill"},
      {"",
       "plan.toml: the plan has no [system]; add [system] and under it name = \"…\", "
       "one of: raft, etcd"},
  };
  return plans;
}

TEST(Plan, SaysWhereAndWhatIsWrong) {
  for (const Malformed& malformed : malformed_plans())
    EXPECT_EQ(refusal(malformed.toml), malformed.message) << malformed.toml;
}

TEST(Plan, SaysWhereTheTomlIsMalformed) {
  const std::vector<std::pair<std::string, std::string>> broken{
      {"nodes = \n", "plan.toml:1:9: malformed TOML: "},
      {"name = \"unclosed\n", "plan.toml:1:17: malformed TOML: "},
      {"[system\nname = \"raft\"\n", "plan.toml:1:8: malformed TOML: "},
      {"nodes = 3\nnodes = 5\n", "plan.toml:2:"},
      {"name = \"\xff\"\n", "plan.toml:1:"},
  };
  for (const auto& [toml, beginning] : broken) {
    EXPECT_TRUE(refusal(toml).starts_with(beginning)) << toml << "\n" << refusal(toml);
    EXPECT_NE(refusal(toml).find("malformed TOML: "), std::string::npos) << refusal(toml);
  }
}

TEST(Plan, MistakesAreUsageErrors) {
  for (const Malformed& malformed : malformed_plans()) {
    const auto plan = parse_plan(malformed.toml, "plan.toml", catalogue());
    ASSERT_FALSE(plan) << malformed.toml;
    EXPECT_EQ(plan.error().kind, base::ErrorKind::usage);
  }
}

class PlanMadeByHand : public ::testing::Test {
 protected:
  PlanMadeByHand() {
    plan.system = *resolve(catalogue().systems, "system", "raft", {});
    plan.workload = *resolve(catalogue().workloads, "workload", "register", {});
  }
  std::string refusal() const {
    const auto valid = validate(plan, catalogue());
    return valid ? "accepted" : base::to_text(valid.error());
  }
  Plan plan;
};

TEST_F(PlanMadeByHand, IsAcceptedWithItsDefaults) {
  EXPECT_EQ(refusal(), "accepted");
}

TEST_F(PlanMadeByHand, IsHeldToTheSameRanges) {
  plan.concurrency = 0;
  EXPECT_EQ(refusal(), "'concurrency' must be at least 1, not 0");
}

TEST_F(PlanMadeByHand, MustNameWhatExists) {
  plan.system.name = "rafd";
  EXPECT_EQ(refusal(), "unknown system 'rafd'; did you mean 'raft'?");
}

TEST_F(PlanMadeByHand, MustHaveTheOptionsOfItsEntries) {
  plan.workload.options = {};
  EXPECT_EQ(refusal(), "workload 'register' lacks its option 'keys'");
  plan.workload.options = resolve(catalogue().workloads, "workload", "kv", {})->options;
  EXPECT_EQ(refusal(), "workload 'register' has no option 'skew'; one of: keys");
}

TEST_F(PlanMadeByHand, HasFaultsThatCanStrike) {
  plan.faults = {{.fault = *resolve(catalogue().faults, "fault", "kill", {}), .start = 1h}};
  EXPECT_EQ(refusal(),
            "fault 1 ('kill'): fault 'kill' never strikes: 'start' is 1h and 'time-limit' 20s; "
            "lower 'start' or raise 'time-limit'");
}

TEST_F(PlanMadeByHand, IsCheckedByALevelThatExists) {
  plan.check.consistency = "perfect";
  EXPECT_EQ(refusal(),
            "check: unknown consistency 'perfect'; one of: linearizable, sequential, promised");
}

TEST(Plan, IsRefusedWhereItsEngineDoesNotHaveTheFault) {
  Catalogue with_clock = catalogue();
  with_clock.faults.push_back({.name = "clock", .engines = {"sim"}});
  Plan plan{.engine = "live",
            .system = {"etcd", Options(find(with_clock.systems, "etcd")->options)},
            .workload = {"kv", Options(find(with_clock.workloads, "kv")->options)},
            .faults = {{.fault = {"clock", {}}}}};
  const auto refused = validate(plan, with_clock);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(base::to_text(refused.error()),
            "fault 1 ('clock'): the live engine does not have the fault 'clock'; write engine = "
            "\"sim\" in the plan or --engine sim, or leave it out");
  plan.engine = "sim";
  EXPECT_TRUE(validate(plan, with_clock).has_value());
}

TEST(Resolve, BuildsAChoiceFromText) {
  const auto choice = resolve(catalogue().systems, "system", "raft",
                              {{"heartbeat", "20ms"}, {"bugs", "stale-read,lost-vote"}});
  ASSERT_TRUE(choice) << base::to_text(choice.error());
  EXPECT_EQ(choice->options.duration("heartbeat"), 20ms);
  EXPECT_EQ(choice->options.text_list("bugs").size(), 2u);
  EXPECT_TRUE(choice->options.boolean("fsync"));
}

TEST(Resolve, SaysWhatIsWrong) {
  const auto refusal = [](std::string_view name, std::string_view option, std::string_view text) {
    const auto choice =
        resolve(catalogue().faults, "fault", name, {{std::string(option), std::string(text)}});
    return choice ? "accepted" : base::to_text(choice.error());
  };
  EXPECT_EQ(refusal("partitoin", "shape", "halves"),
            "unknown fault 'partitoin'; did you mean 'partition'?");
  EXPECT_EQ(refusal("partition", "shap", "halves"),
            "fault 'partition' has no option 'shap'; did you mean 'shape'?");
  EXPECT_EQ(refusal("kill", "shape", "halves"), "fault 'kill' has no options, so no 'shape'");
  EXPECT_EQ(refusal("partition", "shape", "halve"),
            "fault 'partition': 'shape' cannot be 'halve'; did you mean 'halves'?");
}

}  // namespace
}  // namespace eris::model
