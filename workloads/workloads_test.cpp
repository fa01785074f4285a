#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "workloads/workload.hpp"

namespace eris::workloads {
namespace {

namespace function = model::function;

struct Setting {
  std::string name;
  model::OptionValue value;
};

model::Options options_of(const WorkloadType& type, const std::vector<Setting>& settings) {
  model::Options options(type.schema.options);
  for (const Setting& setting : settings) {
    const auto schema =
        std::ranges::find(type.schema.options, setting.name, &model::OptionSchema::name);
    if (schema == type.schema.options.end() || !options.set(*schema, setting.value))
      ADD_FAILURE() << "cannot set " << setting.name;
  }
  return options;
}

std::unique_ptr<Workload> make(std::string_view name, const std::vector<Setting>& settings,
                               std::uint64_t seed = 1) {
  const WorkloadType* type = find_workload(name);
  return type->make(options_of(*type, settings), base::Rng(seed));
}

constexpr base::ProcessId someone{3};

/// What a correct store would answer to the operations in turn.
class Store {
 public:
  model::Outcome answer(const model::Op& op) {
    model::Value& held = values_[op.key];
    if (op.function == function::read) return {model::Status::ok, held, {}};
    if (op.function == function::cas) {
      if (held != op.argument.list()[0]) return {model::Status::fail, {}, "differs"};
      held = op.argument.list()[1];
    } else {
      held = op.function == function::remove ? model::Value() : op.argument;
    }
    return {model::Status::ok, {}, {}};
  }

 private:
  std::map<model::Value, model::Value> values_;
};

std::vector<model::Op> play(Workload& workload, std::size_t count) {
  Store store;
  std::vector<model::Op> asked;
  for (std::size_t i = 0; i < count; ++i) {
    asked.push_back(*workload.next(someone));
    workload.completed(asked.back(), store.answer(asked.back()));
  }
  return asked;
}

/// The value that an operation would install, or nil.
model::Value installed_by(const model::Op& op) {
  if (op.function == function::cas) return op.argument.list()[1];
  if (op.function == function::write || op.function == function::append) return op.argument;
  return {};
}

double share_of(const std::vector<model::Op>& ops, const model::Function& wanted) {
  return static_cast<double>(std::ranges::count(ops, wanted, &model::Op::function)) /
         static_cast<double>(ops.size());
}

TEST(WorkloadRegistry, DescribesEveryWorkload) {
  std::set<std::string> names;
  for (const WorkloadType& type : registry()) {
    EXPECT_TRUE(names.insert(type.schema.name).second);
    EXPECT_GT(type.schema.explanation.size(), 200u);
    for (const model::OptionSchema& option : type.schema.options) EXPECT_FALSE(option.help.empty());
  }
  EXPECT_EQ(names, (std::set<std::string>{"kv", "register", "set"}));
  EXPECT_EQ(find_workload("regsiter"), nullptr);
}

TEST(WorkloadRegistry, RequiresTheFunctionsThatHaveAWeight) {
  const WorkloadType* kv = find_workload("kv");
  const auto used = kv->functions(options_of(
      *kv, {{"write", std::int64_t{0}}, {"cas", std::int64_t{0}}, {"delete", std::int64_t{0}}}));
  EXPECT_EQ(used, (std::vector{function::read, function::append, function::increment}));
  const WorkloadType* registers = find_workload("register");
  EXPECT_EQ(registers->functions(options_of(*registers, {})),
            (std::vector{function::read, function::write, function::cas}));
}

TEST(Register, KeepsTheMixRoughly) {
  const auto asked = play(*make("register", {}), 20'000);
  EXPECT_NEAR(share_of(asked, function::read), 0.5, 0.02);
  EXPECT_NEAR(share_of(asked, function::write), 0.3, 0.02);
  EXPECT_NEAR(share_of(asked, function::cas), 0.2, 0.02);
}

/// Sets have no readers: who stays with a node is not what they are to show.
bool has_readers(const WorkloadType& type) {
  return std::ranges::find(type.schema.options, "readers", &model::OptionSchema::name) !=
         type.schema.options.end();
}

TEST(Workloads, KeepSomeProcessesToReadingSoThatTheyStayWithANodeThatIsCutOff) {
  for (const WorkloadType& type : registry()) {
    if (!has_readers(type)) continue;
    std::map<std::uint64_t, bool> changes;
    const auto workload = make(type.schema.name, {});
    for (std::uint64_t i = 0; i < 5'000; ++i) {
      const auto op = *workload->next(base::ProcessId(i % 10));
      if (op.function != function::read) changes[i % 10] = true;
    }
    EXPECT_EQ(changes.size(), 8u) << type.schema.name;
    EXPECT_TRUE(changes[0]) << "a single client does everything";
  }
}

TEST(Workloads, LetEveryProcessDoEverythingWithoutReaders) {
  for (const WorkloadType& type : registry()) {
    if (!has_readers(type)) continue;
    std::set<std::uint64_t> changing;
    const auto workload = make(type.schema.name, {{"readers", std::int64_t{0}}});
    for (std::uint64_t i = 0; i < 5'000; ++i)
      if (workload->next(base::ProcessId(i % 10))->function != function::read)
        changing.insert(i % 10);
    EXPECT_EQ(changing.size(), 10u) << type.schema.name;
  }
}

TEST(Register, ComparesWithTheLastValueSeenSoThatAlmostAllSucceedWithoutContention) {
  const auto workload = make("register", {{"operations-per-key", std::int64_t{0}}});
  Store store;
  std::size_t compared = 0;
  for (int i = 0; i < 5'000; ++i) {
    const model::Op op = *workload->next(someone);
    const model::Outcome outcome = store.answer(op);
    workload->completed(op, outcome);
    if (op.function != function::cas) continue;
    ++compared;
    ASSERT_EQ(outcome.status, model::Status::ok);
  }
  EXPECT_GT(compared, 500u);
}

TEST(Register, WritesInsteadOfComparingWhileNoValueIsKnown) {
  const auto workload = make("register", {{"cas", std::int64_t{1000}}});
  for (int i = 0; i < 100; ++i) EXPECT_NE(workload->next(someone)->function, function::cas);
}

TEST(Register, RetiresAKeyAfterItsOperationsAndReadsItAtTheEnd) {
  const auto workload =
      make("register", {{"keys", std::int64_t{1}}, {"operations-per-key", std::int64_t{10}}});
  const auto asked = play(*workload, 25);
  for (std::size_t i = 0; i < asked.size(); ++i)
    EXPECT_EQ(asked[i].key, model::Value("r" + std::to_string(i / 10)));
  std::vector<std::string> read;
  for (const model::Op& op : workload->final_reads()) {
    EXPECT_EQ(op.function, function::read);
    read.emplace_back(op.key.text());
  }
  EXPECT_EQ(read, (std::vector<std::string>{"r0", "r0", "r0", "r1", "r1", "r1", "r2", "r2", "r2"}));
}

TEST(Register, ReadsNothingAtTheEndOfARunThatAskedNothing) {
  EXPECT_TRUE(make("register", {})->final_reads().empty());
}

TEST(KeyValue, KeepsFunctionsToTheFamiliesTheyWorkOn) {
  const std::map<model::Function, std::string> families{{function::write, "k"},
                                                        {function::cas, "k"},
                                                        {function::remove, "k"},
                                                        {function::append, "l"},
                                                        {function::increment, "c"}};
  std::set<char> read;
  std::set<model::Function> used;
  for (const model::Op& op : play(*make("kv", {}), 5'000)) {
    used.insert(op.function);
    if (op.function == function::read)
      read.insert(op.key.text().front());
    else
      EXPECT_TRUE(op.key.text().starts_with(families.at(op.function)));
  }
  EXPECT_EQ(read, (std::set<char>{'k', 'l', 'c'}));
  EXPECT_EQ(used.size(), 6u);
}

TEST(KeyValue, ZipfHasHotKeysAndUniformHasNone) {
  const auto hottest = [](const std::string& distribution) {
    std::map<model::Value, int> uses;
    for (const model::Op& op : play(*make("kv", {{"distribution", distribution},
                                                 {"exponent", 1.2},
                                                 {"operations-per-key", std::int64_t{0}}}),
                                    20'000))
      ++uses[op.key];
    return std::ranges::max_element(uses, {}, [](const auto& use) { return use.second; })->second;
  };
  EXPECT_GT(hottest("zipf"), 2'000);
  EXPECT_LT(hottest("uniform"), 600);
}

TEST(KeyValue, ReadsKeysOfEveryFamilyAtTheEnd) {
  const auto workload = make("kv", {});
  play(*workload, 2'000);
  std::set<char> families;
  for (const model::Op& op : workload->final_reads()) families.insert(op.key.text().front());
  EXPECT_EQ(families, (std::set<char>{'k', 'l', 'c'}));
}

RC_GTEST_PROP(Workloads, NeverInstallTheSameValueTwice, (std::uint64_t seed)) {
  const auto workload = make(*rc::gen::element<std::string>("register", "kv"), {}, seed);
  std::set<model::Value> installed;
  for (const model::Op& op : play(*workload, 500))
    if (const model::Value value = installed_by(op); !value.is_nil())
      RC_ASSERT(installed.insert(value).second);
}

RC_GTEST_PROP(Workloads, RepeatThemselvesForTheSameSeed, (std::uint64_t seed)) {
  const auto name = *rc::gen::element<std::string>("register", "kv");
  RC_ASSERT(play(*make(name, {}, seed), 300) == play(*make(name, {}, seed), 300));
}

RC_GTEST_PROP(Workloads, LeaveOutWhatHasNoWeight, (std::uint64_t seed)) {
  const auto name = *rc::gen::element<std::string>("register", "kv");
  const auto asked = play(*make(name, {{"cas", std::int64_t{0}}}, seed), 300);
  RC_ASSERT(std::ranges::count(asked, function::cas, &model::Op::function) == 0);
}

}  // namespace
}  // namespace eris::workloads
