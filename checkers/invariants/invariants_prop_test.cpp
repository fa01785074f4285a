// Random lives of a few nodes, judged in one pass and by the rules' definitions.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <ostream>
#include <string>

#include <fmt/format.h>

#include <gtest/gtest.h>

#include "checkers/invariants/brute_force.hpp"
#include "checkers/invariants/invariants.hpp"
#include "checkers/testing/timeline.hpp"
#include "harness/base/rng.hpp"

namespace eris::checkers::invariants {
namespace {

std::uint64_t case_count() {
  const char* text = std::getenv("ERIS_RANDOM_CASES");
  return text == nullptr ? 3'000 : std::strtoull(text, nullptr, 10);
}

/// Few values, so that they meet; mostly rising, so that histories are not broken from the start.
class RandomNodes {
 public:
  explicit RandomNodes(std::uint64_t seed) : rng_(seed) {}

  std::string timeline() {
    std::string text;
    for (std::uint64_t events = 1 + rng_.below(60); events > 0; --events) {
      moment_ += 1 + (rng_.chance(0.1) ? rng_.below(300) : rng_.below(30));
      text += line() + "\n";
    }
    return text;
  }

 private:
  std::string line() {
    const std::uint64_t node = 1 + rng_.below(3);
    if (rng_.chance(0.05)) {
      const std::uint64_t from = moment_;
      moment_ += 1 + rng_.below(200);
      return fmt::format("f{} {} n1 n2 [{} {}]", ++faults_,
                         rng_.chance(0.3)   ? "wipe"
                         : rng_.chance(0.5) ? "pause"
                                            : "cut",
                         from, moment_);
    }
    if (rng_.chance(0.05))
      return fmt::format("n{} {} [{}]", node, rng_.chance(0.5) ? "started" : "exited", moment_);
    return beacon(node);
  }

  std::string beacon(std::uint64_t node) {
    std::string text = fmt::format("n{} beacon [{}]", node, moment_);
    term_ += rng_.chance(0.3) ? 1 : 0;
    const std::uint64_t back = rng_.chance(0.05) ? rng_.below(3) : 0;
    if (rng_.chance(0.9)) text += fmt::format(" term={}", term_ - std::min(back, term_));
    if (rng_.chance(0.3)) text += " role=leader";
    if (rng_.chance(0.05)) text += " ballot=3.n1";
    if (rng_.chance(0.5))
      text += rng_.chance(0.4) ? " voted_for=" : fmt::format(" voted_for=n{}", 1 + rng_.below(2));
    if (rng_.chance(0.5)) text += rng_.chance(0.7) ? " durable=true" : " durable=false";
    if (rng_.chance(0.5)) text += fmt::format(" commit={}", rng_.below(2) + moment_ / 200);
    if (rng_.chance(0.5)) text += fmt::format(" applied={}", rng_.below(2) + moment_ / 200);
    if (rng_.chance(0.5)) text += fmt::format(" state_hash=h{}", rng_.chance(0.1) ? 1 : 2);
    return text;
  }

  base::Rng rng_;
  std::uint64_t moment_ = 0;
  std::uint64_t term_ = 0;
  std::uint64_t faults_ = 0;
};

std::map<std::string, Tally> breaches_in_one_pass(const model::History& history) {
  std::map<std::string, Tally> tallies;
  const Breaches breaches = find_breaches(history);
  for (const Breaches::Rule& rule : breaches.rules())
    tallies[rule.first.rule] = {rule.first.event, rule.count};
  return tallies;
}

TEST(InvariantsProperty, OnePassAgreesWithTheDefinitions) {
  std::map<std::string, std::uint64_t> broken;
  std::uint64_t kept = 0;
  for (std::uint64_t seed = 1; seed <= case_count(); ++seed) {
    const std::string text = RandomNodes(seed).timeline();
    const auto history = checkers::testing::parse_timeline(text);
    ASSERT_TRUE(history.has_value()) << base::to_text(history.error());
    const auto expected = breaches_by_definition(*history);
    ASSERT_EQ(breaches_in_one_pass(*history), expected) << "seed " << seed << "\n" << text;
    kept += expected.empty() ? 1 : 0;
    for (const auto& [rule, tally] : expected) ++broken[rule];
  }
  EXPECT_EQ(broken.size(), 8u) << "each rule must be broken somewhere to be compared";
  EXPECT_GT(kept, case_count() / 50);
  for (const auto& [rule, histories] : broken) RecordProperty(rule, std::to_string(histories));
}

}  // namespace

/// Shows in gtest's messages.
void PrintTo(const Tally& tally, std::ostream* out) {
  *out << tally.count << " times, first at event " << tally.first;
}

}  // namespace eris::checkers::invariants
