// The pool of counts against plain vectors of them.
#include "checkers/linearizability/usage.hpp"

#include <gtest/gtest.h>

#include "harness/base/rng.hpp"

namespace eris::checkers::linearizability {
namespace {

using Counts = std::vector<std::uint32_t>;

constexpr std::uint32_t classes = 3;

void expect_counts(const UsagePool& pool, UsageId usage, const Counts& counts) {
  std::uint32_t total = 0;
  for (std::uint32_t c = 0; c < classes; ++c) {
    EXPECT_EQ(pool.count(usage, c), counts[c]);
    total += counts[c];
  }
  EXPECT_EQ(pool.total(usage), total);
}

TEST(UsagePool, CountsTheSameAfterItHasForgottenOthers) {
  base::Rng rng(20'261'121);
  UsagePool pool({5, 50, 500});
  std::vector<std::pair<UsageId, Counts>> held{{0, Counts(classes, 0)}};
  for (int step = 0; step < 5'000 && !::testing::Test::HasFailure(); ++step) {
    auto [usage, counts] = held[rng.below(held.size())];
    const auto used = static_cast<std::uint32_t>(rng.below(classes));
    const std::uint64_t price = pool.price(usage);
    usage = pool.with(usage, used);
    ++counts[used];
    EXPECT_GT(pool.price(usage), price);
    for (const auto& [other, its] : held) EXPECT_EQ(other == usage, its == counts);
    held.emplace_back(usage, std::move(counts));
    if (held.size() < 40) continue;
    while (held.size() > 4) held.erase(held.begin() + static_cast<long>(rng.below(held.size())));
    std::vector<UsageId*> kept;
    for (auto& [each, its] : held) kept.push_back(&each);
    pool.keep(kept);
    EXPECT_LE(pool.size(), held.size() + 1) << "none used, and those";
    for (const auto& [each, its] : held) expect_counts(pool, each, its);
  }
}

TEST(UsagePool, KnowsThatNoneAreUsedWhateverItForgot) {
  UsagePool pool({1, 1});
  UsageId one = pool.with(0, 1);
  pool.keep({});
  EXPECT_EQ(pool.size(), 1u);
  EXPECT_EQ(pool.total(0), 0u);
  one = pool.with(0, 1);
  EXPECT_EQ(pool.count(one, 1), 1u);
  EXPECT_TRUE(pool.no_more_than(0, one));
}

}  // namespace
}  // namespace eris::checkers::linearizability
