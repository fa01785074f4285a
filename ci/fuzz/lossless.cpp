// Sets, queues and logs against brute force. And what promises less must not be broken where more
// is kept: of sets and queues that brute force finds linearizable nothing is lost.
#include "checkers/lossless/lossless.hpp"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checkers/lossless/brute_force.hpp"
#include "checkers/lossless/testing/random_lossless.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/testing/random_objects.hpp"
#include "ci/fuzz/target.hpp"
#include "ci/fuzz/twin.hpp"

namespace eris::fuzz {

namespace {

using namespace checkers;
using model::History;
using model::Verdict;

std::optional<std::string> unless_invalid(const model::CheckResult& result) {
  if (result.verdict != Verdict::invalid) return std::nullopt;
  return fmt::format("{} finds {}, but brute force says linearizable", result.checker,
                     result.findings.empty() ? result.reason : result.findings.front().sentence);
}

/// All that is wrong, by name.
std::optional<std::string> compare(const History& history, const std::string& object) {
  const auto result = lossless::make_lossless_checker(object)->check(history, {});
  std::set<std::string> found;
  for (const model::Finding& finding : result.findings) found.insert(finding.anomaly);
  const std::set<std::string> expected = lossless::brute_force_anomalies(object, history);
  if (found == expected && (result.verdict == Verdict::invalid) == !expected.empty())
    return std::nullopt;
  return fmt::format("the checker finds [{}], brute force [{}]", fmt::join(found, ", "),
                     fmt::join(expected, ", "));
}

void add_lossless(std::vector<Target>& targets, const std::string& object,
                  const std::string& drawn_as) {
  targets.push_back(
      {"lossless-" + object,
       [drawn_as](base::Rng& rng) {
         return testing::random_object_history(testing::random_object_options(rng, drawn_as), rng);
       },
       [object, drawn_as](const History& history, base::Rng&) {
         if (!linearizable_by_brute_force(history, *find_object(drawn_as)))
           return std::optional<std::string>();
         return unless_invalid(lossless::make_lossless_checker(object)->check(history, {}));
       },
       testing::to_timeline});
}

}  // namespace

void add_lossless_targets(std::vector<Target>& targets) {
  add_lossless(targets, "set", "grow-only-set");
  add_lossless(targets, "queue", "queue");
  for (const std::string& object : lossless::objects())
    targets.push_back(
        {"lost-" + object,
         [object](base::Rng& rng) { return lossless::testing::random_lossless(object, rng); },
         [object](const History& history, base::Rng&) { return compare(history, object); },
         testing::to_timeline});
}

}  // namespace eris::fuzz
