// Bank and long fork against brute force, on random small histories.
#include <cstdio>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/testing/random_history.hpp"
#include "checkers/transactions/bank.hpp"
#include "checkers/transactions/brute_force_reads.hpp"
#include "checkers/transactions/long_fork.hpp"
#include "checkers/transactions/testing/random_reads.hpp"

namespace eris::checkers::transactions {
namespace {

using checkers::testing::random_cases;
using model::CheckResult;
using model::History;
using model::Verdict;

TEST(BankTwin, AgreesOnTotalsAndBlamesNoSerialBank) {
  base::Rng rng(20'261'141);
  const auto checker = make_bank_checker(Model::serializable);
  const std::size_t cases = random_cases(10'000);
  std::size_t kept = 0, serial = 0;
  for (std::size_t i = 0; i < cases; ++i) {
    const History history = testing::random_bank(rng);
    const CheckResult result = checker->check(history, {});
    const bool expected = brute_force_keeps_total(history);
    const bool allowed = brute_force_allows_bank(history);
    ASSERT_EQ(result.verdict != Verdict::invalid, expected)
        << result.reason << "\n"
        << checkers::testing::to_timeline(history);
    ASSERT_TRUE(!allowed || result.verdict != Verdict::invalid)
        << result.reason << "\n"
        << checkers::testing::to_timeline(history);
    ASSERT_NE(result.verdict, Verdict::unknown) << result.reason;
    kept += expected ? 1 : 0;
    serial += allowed ? 1 : 0;
  }
  std::printf("%zu cases: the total kept in %zu, serializable %zu\n", cases, kept, serial);
  EXPECT_GT(cases - kept, cases / 20);
  EXPECT_GT(serial, cases / 5);
}

TEST(LongForkTwin, AgreesOnReadersOfGroups) {
  base::Rng rng(20'261'142);
  const auto checker = make_long_fork_checker(Model::serializable);
  const std::size_t cases = random_cases(10'000);
  std::size_t forked = 0, vacuous = 0;
  for (std::size_t i = 0; i < cases; ++i) {
    const History history = testing::random_sights(rng);
    const CheckResult result = checker->check(history, {});
    const bool expected = brute_force_finds_long_fork(history);
    ASSERT_EQ(result.verdict == Verdict::invalid, expected)
        << result.reason << "\n"
        << checkers::testing::to_timeline(history);
    ASSERT_NE(result.verdict, Verdict::unknown) << result.reason;
    forked += expected ? 1 : 0;
    vacuous += result.verdict == Verdict::vacuous ? 1 : 0;
  }
  std::printf("%zu cases: %zu forked, %zu without readers\n", cases, forked, vacuous);
  EXPECT_GT(forked, cases / 40);
  EXPECT_GT(cases - forked - vacuous, cases / 20);
}

}  // namespace
}  // namespace eris::checkers::transactions
