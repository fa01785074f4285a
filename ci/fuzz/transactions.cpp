// Transactions: brute force against the cycles of dependencies, at six models each.
#include "checkers/transactions/transactions.hpp"

#include <fmt/format.h>

#include "checkers/testing/random_history.hpp"
#include "checkers/transactions/brute_force.hpp"
#include "checkers/transactions/testing/random_transactions.hpp"
#include "ci/fuzz/target.hpp"

namespace eris::fuzz {

namespace {

using namespace checkers::transactions;
using model::Verdict;

struct Promise {
  Model model;
  Level level;
  Order order;
};

constexpr Promise promises[] = {
    {Model::serializable, Level::serializable, Order::any},
    {Model::strong_session_serializable, Level::serializable, Order::session},
    {Model::strict_serializable, Level::serializable, Order::realtime},
    {Model::snapshot_isolation, Level::snapshot_isolation, Order::any},
    {Model::strong_session_snapshot_isolation, Level::snapshot_isolation, Order::session},
    {Model::strong_snapshot_isolation, Level::snapshot_isolation, Order::realtime},
};

std::optional<std::string> compare_model(const model::History& history, const std::string& object,
                                         Model model, bool expected) {
  const auto result = make_transaction_checker(model, object)->check(history, {});
  if (result.verdict == Verdict::unknown) return std::nullopt;
  if ((result.verdict != Verdict::invalid) == expected) return std::nullopt;
  return fmt::format("{}: the checker says {}, brute force says {}", name_of(model),
                     to_text(result.verdict), expected ? "allowed" : "not allowed");
}

std::optional<std::string> compare(const model::History& history, Flavour flavour) {
  const std::string object = flavour == Flavour::list_append ? "list-append" : "rw-register";
  for (const Promise& promise : promises)
    if (auto complaint =
            compare_model(history, object, promise.model,
                          brute_force_allows(history, flavour, promise.level, promise.order)))
      return complaint;
  if (flavour == Flavour::list_append) return std::nullopt;
  for (const Model model : {Model::read_atomic, Model::transactional_causal})
    if (auto complaint = compare_model(
            history, object, model,
            brute_force_allows_registers(history, model == Model::transactional_causal)))
      return complaint;
  return std::nullopt;
}

}  // namespace

void add_transaction_targets(std::vector<Target>& targets) {
  for (const Flavour flavour : {Flavour::list_append, Flavour::rw_register})
    targets.push_back(
        {flavour == Flavour::list_append ? "list-append" : "rw-register",
         [flavour](base::Rng& rng) {
           return testing::random_transactions(testing::random_options(rng, flavour), rng);
         },
         [flavour](const model::History& history, base::Rng&) { return compare(history, flavour); },
         checkers::testing::to_timeline});
}

}  // namespace eris::fuzz
