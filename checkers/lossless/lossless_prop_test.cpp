// What sets, queues and logs have lost, against brute force, on random small histories.
#include <cstdio>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/lossless/brute_force.hpp"
#include "checkers/lossless/lossless.hpp"
#include "checkers/lossless/testing/random_lossless.hpp"
#include "checkers/testing/random_history.hpp"

namespace eris::checkers::lossless {
namespace {

using model::CheckResult;
using model::History;
using model::Verdict;

std::string said(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + "; ";
  return text;
}

void compare(const std::string& object, const History& history,
             std::map<std::string, std::size_t>& tally) {
  const CheckResult result = make_lossless_checker(object)->check(history, {});
  std::set<std::string> found;
  for (const model::Finding& finding : result.findings) found.insert(finding.anomaly);
  const std::set<std::string> expected = brute_force_anomalies(object, history);
  ASSERT_EQ(said(found), said(expected)) << result.reason << "\n"
                                         << checkers::testing::to_timeline(history);
  ASSERT_EQ(result.verdict == Verdict::invalid, !expected.empty()) << result.reason;
  ++tally[std::string(to_text(result.verdict))];
  for (const std::string& name : expected) ++tally[name];
}

void compare_many(const std::string& object, std::uint64_t seed, const char* rarest) {
  base::Rng rng(seed);
  std::map<std::string, std::size_t> tally;
  const std::size_t cases = checkers::testing::random_cases(10'000);
  for (std::size_t i = 0; i < cases; ++i)
    ASSERT_NO_FATAL_FAILURE(compare(object, testing::random_lossless(object, rng), tally));
  std::printf("%s: %zu cases\n", object.c_str(), cases);
  for (const auto& [name, count] : tally) std::printf("  %8zu %s\n", count, name.c_str());
  EXPECT_GT(tally["valid"], cases / 20);
  EXPECT_GT(tally["lost element"], cases / 50);
  EXPECT_GT(tally["duplicate elements"], cases / 200);
  EXPECT_GT(tally["read of a value never written"], cases / 200);
  EXPECT_GT(tally[rarest], cases / 500) << rarest;
}

TEST(LosslessTwin, AgreesOnSets) {
  compare_many("set", 20'261'131, "read of a failed write");
}

TEST(LosslessTwin, AgreesOnQueues) {
  compare_many("queue", 20'261'132, "unknown");
}

TEST(LosslessTwin, AgreesOnLogs) {
  compare_many("log", 20'261'133, "inconsistent offset");
}

}  // namespace
}  // namespace eris::checkers::lossless
