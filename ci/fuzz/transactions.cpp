// Transactions: brute force against the cycles of dependencies, at six models each; against the
// versions of registers, banks and long forks.
#include "checkers/transactions/transactions.hpp"

#include <fmt/format.h>

#include "checkers/testing/random_history.hpp"
#include "checkers/transactions/bank.hpp"
#include "checkers/transactions/brute_force.hpp"
#include "checkers/transactions/brute_force_reads.hpp"
#include "checkers/transactions/cyclic_versions.hpp"
#include "checkers/transactions/long_fork.hpp"
#include "checkers/transactions/testing/random_reads.hpp"
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

// ---- versions of registers

/// One key more often than not, and many reads of what somebody wrote some time.
model::History draw_versions(base::Rng& rng) {
  auto options = testing::random_options(rng, Flavour::rw_register);
  options.mutations = rng.below(8);
  options.keys = rng.chance(0.8) ? 1 : 2;
  options.reads = 0.6;
  return testing::random_transactions(options, rng);
}

std::optional<std::string> compare_versions(const model::History& history, base::Rng&) {
  const checkers::CheckContext context;
  checkers::Allowance allowance(context);
  const auto transactions = parse(history, Flavour::rw_register, allowance);
  if (!transactions) return "the history is not understood: " + to_text(transactions.error());
  for (const Scope scope : {Scope::plain, Scope::process}) {
    Anomalies others, found;
    const auto registers = find_registers(*transactions, others, allowance);
    if (!registers) return "the history is not understood: " + to_text(registers.error());
    find_cyclic_versions(*transactions, *registers, scope, allowance, found);
    const bool expected = brute_force_orders_versions(history, scope == Scope::process);
    if (found.all().empty() != expected)
      return fmt::format("versions{}: brute force says {}", suffix_of(scope),
                         expected ? "in order" : "cyclic");
  }
  return std::nullopt;
}

// ---- those that only look at reads

std::optional<std::string> compare_bank(const model::History& history, base::Rng&) {
  const auto result = make_bank_checker(Model::serializable)->check(history, {});
  const bool kept = brute_force_keeps_total(history);
  if ((result.verdict != Verdict::invalid) != kept)
    return fmt::format("the checker says {}, brute force that the total {}",
                       to_text(result.verdict), kept ? "is kept" : "is not kept");
  if (!kept && brute_force_allows_bank(history))
    return "the checker says invalid, brute force serializable";
  return std::nullopt;
}

std::optional<std::string> compare_forks(const model::History& history, base::Rng&) {
  const auto result = make_long_fork_checker(Model::serializable)->check(history, {});
  if ((result.verdict == Verdict::invalid) == brute_force_finds_long_fork(history))
    return std::nullopt;
  return fmt::format("the checker says {}, brute force the opposite", to_text(result.verdict));
}

/// Where all is serializable nothing forks, whatever the keys.
std::optional<std::string> no_fork_if_serial(const model::History& history, base::Rng&) {
  const auto result = make_long_fork_checker(Model::serializable)->check(history, {});
  if (result.verdict != Verdict::invalid) return std::nullopt;
  if (!brute_force_allows(history, Flavour::rw_register, Level::serializable, Order::any))
    return std::nullopt;
  return "the checker finds a long fork, brute force says serializable";
}

}  // namespace

void add_transaction_targets(std::vector<Target>& targets) {
  const auto add = [&](const char* name, auto draw, auto compare_case) {
    targets.push_back({name, draw, compare_case, checkers::testing::to_timeline});
  };
  add("cyclic-versions", draw_versions, compare_versions);
  add("bank", testing::random_bank, compare_bank);
  add("long-fork", testing::random_sights, compare_forks);
  add(
      "long-fork-serial",
      [](base::Rng& rng) {
        auto options = testing::random_options(rng, Flavour::rw_register);
        options.keys_rotate_after = 1;
        return testing::random_transactions(options, rng);
      },
      no_fork_if_serial);
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
