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

std::size_t succeeded_before(const model::History& history, EventIndex until) {
  return static_cast<std::size_t>(
      std::ranges::count_if(history.operations, [&](const model::Operation& operation) {
        return operation.status == Status::ok && operation.completed < until;
      }));
}

std::string proven_text(const model::History& history, EventIndex until, std::string_view model) {
  const std::size_t count = succeeded_before(history, until);
  if (count == 0) return "no part of it is proven";
  const model::Operation* next = nullptr;
  for (const model::Operation& operation : history.operations)
    if (operation.completed >= until && operation.completed != model::never &&
        (next == nullptr || operation.completed < next->completed))
      next = &operation;
  const std::string end =
      next == nullptr ? std::string() : " before " + base::to_rounded_text(next->completed_at);
  return fmt::format("the {} that succeeded{} {} {} by {}", base::count_of(count, "transaction"),
                     end, count == 1 ? "is" : "are", model, count == 1 ? "itself" : "themselves");
}

}  // namespace eris::checkers::transactions
