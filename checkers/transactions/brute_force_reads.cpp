#include "checkers/transactions/brute_force_reads.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace eris::checkers::transactions {

namespace {

using model::History;
using model::Operation;
using model::Status;
using model::Value;

using Balances = std::map<Value, std::int64_t>;

Balances balances_of(const Operation& read) {
  Balances balances;
  for (const Value& pair : read.result.list()) balances[pair.list()[0]] += pair.list()[1].integer();
  return balances;
}

class Bank {
 public:
  explicit Bank(const History& history) {
    for (const Operation& operation : history.operations) {
      const bool transfer = operation.function == model::function::transfer;
      if (operation.status == Status::ok || (transfer && operation.status == Status::info))
        waiting_.push_back(&operation);
    }
  }

  /// Tries whatever may come next.
  bool possible() {
    if (std::ranges::none_of(waiting_, [](const Operation* operation) {
          return operation != nullptr && operation->status == Status::ok;
        }))
      return true;
    for (const Operation*& next : waiting_) {
      if (next == nullptr) continue;
      const Operation* const operation = next;
      next = nullptr;
      const bool found = operation->function == model::function::transfer ? transfer(*operation)
                                                                          : read(*operation);
      next = operation;
      if (found) return true;
    }
    return false;
  }

 private:
  bool transfer(const Operation& operation) {
    const Balances moved = moved_;
    const Value::Elements parts = operation.argument.list();
    moved_[parts[0]] -= parts[2].integer();
    moved_[parts[1]] += parts[2].integer();
    const bool found = possible();
    moved_ = moved;
    return found;
  }

  bool read(const Operation& operation) {
    Balances at_start = balances_of(operation);
    for (const auto& [account, amount] : moved_)
      if (!at_start.contains(account)) return false;
    for (auto& [account, balance] : at_start)
      if (const auto moved = moved_.find(account); moved != moved_.end()) balance -= moved->second;
    if (start_) return *start_ == at_start && possible();
    start_ = std::move(at_start);
    const bool found = possible();
    start_.reset();
    return found;
  }

  std::vector<const Operation*> waiting_;
  std::optional<Balances> start_;  ///< what the accounts held, once a read has told
  Balances moved_;
};

/// Of a transaction that only reads: which keys it read, and if it saw something.
std::map<Value, bool> sights_of(const Operation& operation) {
  std::map<Value, bool> sights;
  if (operation.status != Status::ok || operation.result.is_nil()) return sights;
  for (const Value& step : operation.result.list()) {
    if (step.list()[0].text() != "r") return {};
    sights[step.list()[1]] = !step.list()[2].is_nil();
  }
  return sights;
}

bool forked(const std::map<Value, bool>& one, const std::map<Value, bool>& other) {
  bool one_more = false, other_more = false;
  for (const auto& [key, seen] : one) {
    const auto at = other.find(key);
    if (at == other.end()) return false;
    one_more |= seen && !at->second;
    other_more |= !seen && at->second;
  }
  return one.size() == other.size() && one_more && other_more;
}

}  // namespace

bool brute_force_allows_bank(const History& history) {
  return Bank(history).possible();
}

bool brute_force_keeps_total(const History& history) {
  std::set<std::pair<std::set<Value>, std::int64_t>> shown;
  for (const Operation& operation : history.operations) {
    if (operation.function != model::function::read || operation.status != Status::ok) continue;
    std::set<Value> accounts;
    std::int64_t total = 0;
    for (const auto& [account, balance] : balances_of(operation))
      accounts.insert(account), total += balance;
    shown.emplace(accounts, total);
  }
  return shown.size() <= 1;
}

bool brute_force_finds_long_fork(const History& history) {
  for (const Operation& one : history.operations)
    for (const Operation& other : history.operations)
      if (forked(sights_of(one), sights_of(other))) return true;
  return false;
}

}  // namespace eris::checkers::transactions
