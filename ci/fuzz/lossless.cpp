// What promises less must not be broken where more is kept: of sets and queues that brute force
// finds linearizable nothing is lost, and serializable transactions make no long fork.
#include "checkers/lossless/lossless.hpp"

#include <fmt/format.h>

#include "checkers/testing/random_history.hpp"
#include "checkers/testing/random_objects.hpp"
#include "checkers/transactions/brute_force.hpp"
#include "checkers/transactions/long_fork.hpp"
#include "checkers/transactions/testing/random_transactions.hpp"
#include "ci/fuzz/target.hpp"
#include "ci/fuzz/twin.hpp"

namespace eris::fuzz {

namespace {

using namespace checkers;
using model::History;
using model::Status;
using model::Verdict;

std::optional<std::string> unless_invalid(const model::CheckResult& result, const char* kept) {
  if (result.verdict != Verdict::invalid) return std::nullopt;
  return fmt::format("{} finds {}, but brute force says {}", result.checker,
                     result.findings.empty() ? result.reason : result.findings.front().sentence,
                     kept);
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
         return unless_invalid(lossless::make_lossless_checker(object)->check(history, {}),
                               "linearizable");
       },
       testing::to_timeline});
}

}  // namespace

void add_lossless_targets(std::vector<Target>& targets) {
  add_lossless(targets, "set", "grow-only-set");
  add_lossless(targets, "queue", "queue");
  targets.push_back(
      {"long-fork",
       [](base::Rng& rng) {
         using namespace transactions;
         return transactions::testing::random_transactions(
             transactions::testing::random_options(rng, Flavour::rw_register), rng);
       },
       [](const History& history, base::Rng&) {
         using namespace transactions;
         if (!brute_force_allows(history, Flavour::rw_register, Level::serializable, Order::any))
           return std::optional<std::string>();
         return unless_invalid(make_long_fork_checker(Model::serializable)->check(history, {}),
                               "serializable");
       },
       testing::to_timeline});
}

}  // namespace eris::fuzz
