#include "checkers/transactions/prefix.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::transactions {

using model::EventIndex;
using model::Status;

namespace {

/// The answer to the first transaction that has no place in the order.
EventIndex first_answer_left_out(const Ordering& order, const Transactions& transactions,
                                 const std::vector<bool>& effective) {
  EventIndex first = model::never;
  for (TransactionId id = 0; id < transactions.all.size(); ++id)
    if (effective[id] && transactions.all[id].status == Status::ok && !order.has(id))
      first = std::min(first, transactions.all[id].completed);
  return first;
}

}  // namespace

bool all_in_order(const Graph& graph, const Transactions& transactions,
                  const std::vector<bool>& effective, Allowance& allowance, Analysis& analysis) {
  Ordering order(graph);
  const auto note = [&] {
    if (analysis.anomalies.all().empty())
      analysis.proven_until = first_answer_left_out(order, transactions, effective);
  };
  try {
    order.run(allowance);
  } catch (const OutOfBudget&) {
    note();
    throw;
  }
  note();
  return order.complete();
}

std::size_t proven_transactions(const Transactions& transactions, const Analysis& analysis) {
  return static_cast<std::size_t>(
      std::ranges::count_if(transactions.all, [&](const Transaction& transaction) {
        return transaction.status == Status::ok && transaction.completed < analysis.proven_until;
      }));
}

std::string proven_text(const Transactions& transactions, const Analysis& analysis) {
  const std::size_t count = proven_transactions(transactions, analysis);
  if (count == 0) return "no part of it is proven";
  const auto next =
      std::ranges::find(transactions.all, analysis.proven_until, &Transaction::completed);
  const std::string end =
      next == transactions.all.end()
          ? std::string()
          : fmt::format(" before {}",
                        base::to_rounded_text(
                            transactions.history->operations[next->operation].completed_at));
  return fmt::format("the {} answered{} {} strict-serializable by {}",
                     count == 1 ? std::string("transaction") : base::count_of(count, "transaction"),
                     end, count == 1 ? "is" : "are", count == 1 ? "itself" : "themselves");
}

}  // namespace eris::checkers::transactions
