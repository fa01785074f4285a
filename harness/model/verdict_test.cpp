#include "harness/model/verdict.hpp"

#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/json.hpp"
#include "harness/model/testing/generators.hpp"

namespace eris::model {
namespace {

constexpr std::array all{Verdict::valid, Verdict::vacuous, Verdict::unknown, Verdict::environment,
                         Verdict::invalid};

CheckResult result_of(Verdict verdict) {
  return {.checker = "test", .verdict = verdict};
}

TEST(Verdict, MergingKeepsTheMoreSevere) {
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < all.size(); ++j)
      EXPECT_EQ(merge(all[i], all[j]), all[std::max(i, j)]);
}

TEST(Verdict, HasTheExitCodesOfTheManual) {
  EXPECT_EQ(exit_code(Verdict::valid), 0);
  EXPECT_EQ(exit_code(Verdict::invalid), 1);
  EXPECT_EQ(exit_code(Verdict::unknown), 2);
  EXPECT_EQ(exit_code(Verdict::vacuous), 3);
  EXPECT_EQ(exit_code(Verdict::environment), 4);
}

TEST(Verdict, ReadsBackItsNames) {
  for (const Verdict verdict : all) EXPECT_EQ(parse_verdict(to_text(verdict)), verdict);
  EXPECT_EQ(parse_verdict("Valid"), std::nullopt);
  EXPECT_EQ(parse_verdict(""), std::nullopt);
}

TEST(Judgement, OfNothingIsUnknown) {
  EXPECT_EQ(judge({}).verdict, Verdict::unknown);
}

TEST(Judgement, IsAsBadAsItsWorstResult) {
  EXPECT_EQ(judge({result_of(Verdict::valid)}).verdict, Verdict::valid);
  EXPECT_EQ(
      judge({result_of(Verdict::valid), result_of(Verdict::invalid), result_of(Verdict::unknown)})
          .verdict,
      Verdict::invalid);
  EXPECT_EQ(judge({result_of(Verdict::vacuous), result_of(Verdict::unknown)}).verdict,
            Verdict::unknown);
}

rc::Gen<Finding> any_finding() {
  return rc::gen::exec([] {
    Finding finding;
    finding.property = *testing::any_text();
    finding.anomaly = *testing::any_text();
    finding.key = *testing::any_value();
    finding.sentence = *testing::any_text();
    finding.explanation = *rc::gen::container<std::vector<std::string>>(testing::any_text());
    const int steps = *rc::gen::inRange(0, 4);
    for (int i = 0; i < steps; ++i)
      finding.witness.push_back({.operation = *testing::any_count(), .role = *testing::any_text()});
    finding.searched_operations = *testing::any_count();
    if (*rc::gen::arbitrary<bool>())
      finding.at = base::Duration(*rc::gen::arbitrary<std::int64_t>());
    for (int nodes = *rc::gen::inRange(0, 3); nodes > 0; --nodes)
      finding.nodes.emplace_back(*rc::gen::arbitrary<std::uint32_t>());
    return finding;
  });
}

RC_GTEST_PROP(Judgement, ReadsBackFromJson, ()) {
  std::vector<CheckResult> results;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i)
    results.push_back({.checker = *testing::any_text(),
                       .verdict = *rc::gen::elementOf(all),
                       .reason = *testing::any_text(),
                       .findings = *rc::gen::container<std::vector<Finding>>(2, any_finding()),
                       .statistics = *testing::any_fields()});
  const Judgement judgement = judge(std::move(results));
  const auto parsed = parse_judgement(to_json(judgement));
  if (!parsed) RC_FAIL(base::to_text(parsed.error()));
  RC_ASSERT(*parsed == judgement);
}

TEST(Judgement, RefusesWhatIsNoJudgement) {
  const auto what = [](std::string_view json) {
    return base::to_text(parse_judgement(json).error());
  };
  EXPECT_EQ(what(R"({"verdict":"vallid","results":[]})"),
            "unknown verdict 'vallid'; did you mean 'valid'?");
  EXPECT_EQ(what(R"({"verdict":"valid"})"), "member 'results' is missing");
  EXPECT_EQ(what(R"({"verdict":"valid","results":[]} {})"),
            "something follows the end of the JSON object");
  EXPECT_EQ(what(R"({"verdict":"valid","results":{}})"), "expected an array");
  EXPECT_FALSE(parse_judgement(""));
}

}  // namespace
}  // namespace eris::model
